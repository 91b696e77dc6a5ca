"""Bad input: every file in cases/input and every cases/rules/*/bad.yaml gives exactly the text next to it."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archgen.commands.main import main
from archgen.diagnostics.codes import families, family_of, titles
from archgen.diagnostics.diagnostic import Diagnostic, Span, did_you_mean
from archgen.diagnostics.report import render, summary
from archgen.pipeline import check, load
from archgen.project import Loaded
from conftest import CASES, MINIMAL, ROOT, archgen, tree

INPUT = sorted((CASES / "input").glob("*.yaml"))
RULES = sorted(path for path in (CASES / "rules").iterdir() if path.is_dir())


def said(model: Path, code: str | None = None) -> str:
    """The diagnostics of a model as text; those of one rule, if its code is given."""
    loaded = load(model)
    found = check(loaded.project, "2026-11-25").findings if loaded.project else loaded.diagnostics
    found = [d for d in found if code in (None, d.code)]
    text = render(found, loaded.files.lines)
    return f"{text}\n\n{summary(found)}\n" if found else ""


def test_the_families_of_codes_are_known_without_the_rules() -> None:
    assert families() == list(dict.fromkeys(map(family_of, titles())))


@pytest.mark.parametrize("case", INPUT, ids=lambda path: path.stem)
def test_bad_input(case: Path, expect) -> None:
    loaded = load(case)
    assert loaded.project is None
    assert loaded.diagnostics
    expect(case.with_suffix(".txt"), said(case))


@pytest.mark.parametrize("case", RULES, ids=lambda path: path.name)
def test_rules(case: Path, expect) -> None:
    assert said(case / "good.yaml", case.name) == ""
    loaded = load(case / "bad.yaml")
    assert loaded.project
    expect(case / "bad.txt", said(case / "bad.yaml", case.name))


@pytest.mark.parametrize("case", [*INPUT, None], ids=lambda path: path.stem if path else "missing")
def test_bad_input_ends_with_2_and_writes_nothing(
    case: Path | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if case:
        (tmp_path / "architecture.yaml").write_bytes(case.read_bytes())
    before = tree(tmp_path)
    monkeypatch.chdir(tmp_path)
    for command in (["validate"], ["build"], ["diagram", "network", "-o", "x.svg"]):
        assert main(command) == 2
        assert re.search(r"error\[ARC-[A-Z]\d{3}\]", capsys.readouterr().err)
    assert tree(tmp_path) == before


@pytest.mark.slow
def test_findings_end_with_1(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_bytes((CASES / "rules" / "NET101" / "bad.yaml").read_bytes())
    assert archgen("validate", cwd=tmp_path).code == 1
    assert archgen("build", "--no-site", cwd=tmp_path).code == 1
    assert not (tmp_path / "docs").exists()


def test_every_code_of_the_source_is_listed_and_every_listed_one_is_used() -> None:
    used: set[str] = set()
    code = re.compile(r'"((?:ARC-[A-Z]|CI|DATA|DR|DRF|HA|K8S|NET|OPS|PAR|REF|SEC|TF)\d{3})"')
    for file in (ROOT / "src").rglob("*.py"):
        if file.name != "codes.py":
            used |= set(code.findall(file.read_text(encoding="utf-8")))
    assert used == set(titles())


def test_nothing_printed_can_drive_a_terminal() -> None:
    diagnostic = Diagnostic("ARC-M002", "unknown \x1b[31m key", "see \x1b]8;;http://x\x07", span=Span("m", 1, 1, 1, 9))
    text = render([diagnostic], {"m": ["a: \x1b[2J \x9b\u202e"]})
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_did_you_mean() -> None:
    assert did_you_mean("retension_days", ["retention_days", "size"]) == "did you mean 'retention_days'?"
    assert did_you_mean("xyz", ["alpha", "beta"]) == "use one of: alpha, beta"
    assert did_you_mean("rto", ["rpo_minutes", "rto_minutes"]) == "did you mean 'rto_minutes'?"
    assert did_you_mean("rto", ["rto_minimum", "rto_minutes"]) == "use one of: rto_minimum, rto_minutes"
    many = ["karpenter", *(f"name-{n}" for n in range(100))]
    assert did_you_mean("bartender", many, otherwise="search for it") == "search for it"
    # Among many names, two swapped letters of a short one.
    assert did_you_mean("ksm", ["kms", *many]) == "did you mean 'kms'?"
    assert did_you_mean("kmx", ["kms", *many], otherwise="search for it") == "search for it"


LINES = MINIMAL.splitlines()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, len(LINES) - 1),
    st.sampled_from(["drop", "double", "dedent", "junk", "swap"]),
    st.sampled_from(
        ["", "x", "null", "yes", "[", "{", "&a", "- 1", "012", '"', "1.5", "when: {aws: {x: 1}}", "in: [aws]"]
    ),
)
def test_any_one_line_edit_is_read_or_diagnosed_at_a_place(tmp_path: Path, number: int, how: str, junk: str) -> None:
    lines = list(LINES)
    match how:
        case "drop":
            del lines[number]
        case "double":
            lines.insert(number, lines[number])
        case "dedent":
            lines[number] = lines[number].lstrip()
        case "junk":
            lines[number] = f"{lines[number].split(':')[0]}: {junk}"
        case "swap":
            lines[number], lines[-1] = lines[-1], lines[number]
    model = tmp_path / "architecture.yaml"
    model.write_text("\n".join(lines) + "\n")
    loaded = load(model)
    assert (loaded.project is None) == bool(loaded.diagnostics)
    if loaded.project:
        assert check(loaded.project) is not None
    for found in loaded.diagnostics:
        assert found.span or found.subject


REFERENCE = (ROOT / "architecture.yaml").read_text(encoding="utf-8").splitlines()


def read_and_checked(model: Path) -> tuple[float, Loaded, list[Diagnostic]]:
    """The processor time of reading and checking a model in seconds, and what was found."""
    started = time.process_time()
    loaded = load(model)
    found = list(check(loaded.project, "2026-11-25").findings if loaded.project else loaded.diagnostics)
    return time.process_time() - started, loaded, found


@pytest.fixture(scope="session")
def usual() -> float:
    """What the model takes without an edit, once the process has loaded everything."""
    _first, *later = [read_and_checked(ROOT / "architecture.yaml")[0] for _time in range(3)]
    return max(later)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(REFERENCE) - 1),
            st.sampled_from(["drop", "double", "indent", "dedent", "value", "key"]),
            st.sampled_from(
                ["", "{}", "[]", "-1", "true", "x y", "aws", "in: [growth]", "\u200b", "1.30", "a" * 200, "{{x}}"]
            ),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_any_few_edits_of_a_large_model_are_read_or_diagnosed_soon(
    project: Path, usual: float, edits: list[tuple[int, str, str]]
) -> None:
    lines = list(REFERENCE)
    for place, how, junk in edits:
        number = place % len(lines)
        key, colon, _value = lines[number].partition(":")
        match how:
            case "drop":
                del lines[number]
            case "double":
                lines.insert(number, lines[number])
            case "indent":
                lines[number] = f"  {lines[number]}"
            case "dedent":
                lines[number] = lines[number].removeprefix("  ")
            case "value":
                lines[number] = f"{key}{colon} {junk}"
            case "key":
                lines[number] = f"{key[: len(key) - len(key.lstrip())]}{junk}:{_value}"
    model = project / "architecture.yaml"
    model.write_text("\n".join(lines) + "\n", encoding="utf-8")
    took, loaded, found = read_and_checked(model)
    assert took < 8 * usual
    assert loaded.project or found
    for diagnostic in found:
        assert diagnostic.span or diagnostic.subject, diagnostic
    render(found, loaded.files.lines)


def test_a_list_of_choices_is_complete_or_says_where_the_rest_is() -> None:
    names = [f"name-{n:03}" for n in range(100)]
    assert did_you_mean("zzz", names[:80]) == f"use one of: {', '.join(names[:80])}"
    assert did_you_mean("zzz", names).endswith("name-079, and 20 more; for all of them, run: archgen schema --project")
