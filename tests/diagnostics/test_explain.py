"""Every code is explained, and the examples give the findings that they should."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archgen.checking.judgment import Judgment
from archgen.diagnostics.codes import rules, titles
from archgen.diagnostics.explain import Example, as_text, explain
from archgen.pipeline import check, load
from conftest import ROOT, archgen

# Parts that examples leave out.
BASE = {
    "version": "version: 1",
    "name": "name: Example",
    "clouds": "clouds: {aws: {region: eu-west-1, availability_zones: [eu-west-1a]}}",
    "phases": "phases: {mvp: {name: MVP}, growth: {name: Growth}}",
    "environments": "environments:\n  dev: {name: Dev, aws: {account: main, cidr: 10.10.0.0/16}}\n"
    "  prod: {name: Prod, aws: {account: main, cidr: 10.20.0.0/16}}",
    "components": "components: {}",
}


def model(example: Example) -> str:
    if example.language == "yaml whole":
        return f"{example.text}\n"
    given = set(re.findall(r"(?m)^([a-z_]+):", example.text))
    return "\n".join([*(text for key, text in BASE.items() if key not in given), example.text, ""])


def judged(example: Example, folder: Path) -> Judgment | set[str]:
    """The judgment of an example, or the codes of the problems that make it unreadable."""
    file = folder / "architecture.yaml"
    file.write_text(model(example), encoding="utf-8")
    (folder / "docs").mkdir(exist_ok=True)
    (folder / "docs/design.md").write_text("## 6) Database\n\n- Backups are kept for 30 days.\n", encoding="utf-8")
    (folder / "legacy/aws").mkdir(parents=True, exist_ok=True)
    (folder / "legacy/aws/variables.tf").write_text('variable "range" {\n  type = string\n}\n', encoding="utf-8")
    loaded = load(file)
    if loaded.project is None:
        return {d.code for d in loaded.diagnostics}
    return check(loaded.project, "2026-11-25").judgment


def codes(example: Example, folder: Path, *, with_missing: bool) -> set[str]:
    judgment = judged(example, folder)
    if isinstance(judgment, set):
        return judgment
    missing = {m.fact.code for m in judgment.missing} if with_missing else set()
    return {d.code for d in judgment.findings} | missing


def test_the_explanation_of_a_rule_says_how_to_accept_a_finding(tmp_path: Path) -> None:
    """The waiver that it shows, with its placeholders filled in, accepts the finding of the rule's bad example."""
    text = as_text(explain("HA209"))
    waiver = text[text.index("rules:\n") :].replace("\n    ", "\n")
    for placeholder, value in {
        "NAME": "later",
        "PATH": "components",
        "TEAM": "ops",
        "YYYY-MM-DD": "2027-01-31",
    }.items():
        assert placeholder in waiver
        waiver = waiver.replace(placeholder, value)
    bad = Example("yaml", f"{explain('HA209').bad.text}\nteams: {{ops: {{name: Ops, contact: ops@shop.example}}}}")
    assert "HA209" in codes(bad, tmp_path, with_missing=False)
    assert "HA209" not in codes(Example("yaml", f"{bad.text}\n{waiver}"), tmp_path, with_missing=False)
    assert "To accept" not in as_text(explain("ARC-C006"))


def test_every_code_has_an_explanation_and_every_explanation_a_code() -> None:
    source = ROOT / "src/archgen"
    general = {path.stem for path in (source / "diagnostics/explanations").glob("*.md")}
    of_rules = {path.stem for path in (source / "rules/explanations").glob("*.md")}
    assert general == {code for code in titles() if code not in rules()}
    assert of_rules == set(rules())


@pytest.mark.slow
@pytest.mark.parametrize("code", sorted(titles()))
def test_the_examples_do_what_they_say(code: str, tmp_path: Path) -> None:
    explanation = explain(code)
    assert len(explanation.why) > 40
    assert explanation.bad.text != explanation.good.text
    if explanation.bad.language.startswith("yaml"):
        bad, good = (codes(e, tmp_path, with_missing=code == "ARC-X005") for e in (explanation.bad, explanation.good))
        assert bad - good == {code}  # examples are short, and both leave out the same other things
        assert good <= bad or code.startswith("ARC-")
        assert not any(found.startswith("ARC-") for found in good)
    if explanation.unknown:
        judgment = judged(explanation.unknown, tmp_path)
        assert isinstance(judgment, Judgment)
        assert any(code in missing.about for missing in judgment.missing)
        assert not {d.code for d in judgment.findings if d.code == code or d.code.startswith("ARC-")}


def test_the_command(tmp_path: Path) -> None:
    result = archgen("explain", "arc-m002", cwd=tmp_path)
    assert result.code == 0
    assert result.out.startswith("ARC-M002: Unknown key")
    assert "contcat" in result.out
    for hostile in (("explain", "\x1b[31mARC\x07"), ("explain", "\x9b2J"), ("\x1b]0;x\x07",), ("validate", "--\u202e")):
        echoed = archgen(*hostile, cwd=tmp_path)
        assert echoed.code == 2
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", echoed.err), echoed.err
    wrong = archgen("explain", "ARC-M0O2", cwd=tmp_path)
    assert wrong.code == 2
    assert re.search(r"did you mean 'ARC-M0[01]2'", wrong.err)
