"""The words of version 1 that archgen rewrites."""

from __future__ import annotations

from pathlib import Path

from archgen.checking.fixes import fix_files
from archgen.pipeline import check, load

MODEL = """version: 1
name: T
clouds: {aws: {region: eu-west-1, availability_zones: [eu-west-1a]}}
environments: {prod: {name: Prod, aws: {account: p, cidr: 10.2.0.0/16}}}
teams: {t: {name: T}}
kinds: {part: {label: Part, definition: A part., needs_product: false}}
components:
  a: {kind: part, title: A, owner: t, calls: {b: {answers: true, port: 80}}}  # asks
  b:
    kind: part
    title: B
    owner: t
    calls:
      a:
        answers: false  # one way
        port: 81
"""
REWRITTEN = (
    MODEL.replace("version: 1", "version: 2")
    .replace("answers: true", "data: both")
    .replace("        answers: false  # one way\n", "")
)


def test_an_answer_is_data_in_both_directions(tmp_path: Path) -> None:
    file = tmp_path / "architecture.yaml"
    file.write_text(MODEL, encoding="utf-8")
    project = load(file).project
    assert project
    assert [c.data for c in project.resolved.default.traffic] == ["both", None]
    findings = [d for d in check(project).findings if d.code == "ARC-M010"]
    assert [d.message for d in findings] == ["`answers` is the wording of version 1"] * 2
    _made, failed = fix_files(project, findings)
    assert not failed
    assert file.read_text(encoding="utf-8") == REWRITTEN
    new = load(file).project
    assert new
    assert [c.data for c in new.resolved.default.traffic] == ["both", None]
    file.write_text(REWRITTEN.replace("data: both", "answers: true"), encoding="utf-8")
    assert [d.code for d in load(file).diagnostics] == ["ARC-M010"]


def test_the_version_stays_as_long_as_one_word_could_not_be_rewritten(tmp_path: Path) -> None:
    file = tmp_path / "architecture.yaml"
    file.write_text(MODEL.replace("answers: true", "answers: true, data: both"), encoding="utf-8")
    project = load(file).project
    assert project
    made, failed = fix_files(project, [])
    assert (len(made), len(failed)) == (1, 1)
    assert "components.a.calls.b.data already exists" in failed[0]
    assert "version: 1" in file.read_text(encoding="utf-8")
    assert load(file).project
