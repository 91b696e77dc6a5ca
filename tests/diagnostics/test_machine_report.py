"""Diagnostics for programs: JSON, SARIF, GitHub's workflow commands, JUnit."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import jsonschema
import pytest

from archgen.checking.coverage import Coverage, Missing
from archgen.checking.judgment import Waived
from archgen.checking.rulebook import Rule
from archgen.diagnostics.codes import rules, titles
from archgen.diagnostics.diagnostic import Diagnostic, Span
from archgen.diagnostics.machine_report import Report, as_github, as_json, as_junit, as_sarif
from archgen.model.answer import Lack
from conftest import CASES, ROOT, archgen

SPAN = Span("a,b:c.yaml", 3, 5, 3, 9)
ALL = [
    Diagnostic(
        "ARC-M002",
        "unknown key `x`",
        "did you mean 'y'?",
        ("components", "a", "x"),
        span=SPAN,
        related=(("first", SPAN),),
    ),
    Diagnostic("ARC-Y001", "the file does not exist", subject="architecture.yaml"),
    Diagnostic("NET101", "one\n::error::two 100%\x1b[31m", severity="warning", where=("aws, prod",)),
]


def test_json() -> None:
    data = json.loads(as_json(Report(ALL)))
    assert data["format"] == "archgen-diagnostics/1"
    first = data["diagnostics"][0]
    assert first["path"] == "components.a.x"
    assert first["place"] == {"file": "a,b:c.yaml", "line": 3, "column": 5, "end_line": 3, "end_column": 9}
    assert data["diagnostics"][2]["coordinates"] == ["aws, prod"]


def test_sarif() -> None:
    log = json.loads(as_sarif(Report(ALL)))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning")
        assert re.fullmatch("[0-9a-f]{64}", result["partialFingerprints"]["archgen/v1"])
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 9}
    assert run["results"][0]["relatedLocations"][0]["message"]["text"] == "first"


def test_a_fingerprint_survives_moved_lines() -> None:
    moved = Diagnostic("ARC-M002", "unknown key `x`", "", ("components", "a", "x"), span=Span("a.yaml", 90, 1, 90, 2))
    prints = {
        json.loads(as_sarif(Report([d])))["runs"][0]["results"][0]["partialFingerprints"]["archgen/v1"]
        for d in (ALL[0], moved)
    }
    assert len(prints) == 1


def test_github_lines_are_one_command_each_whatever_the_text() -> None:
    lines = as_github(Report(ALL)).splitlines()
    assert len(lines) == 3
    assert lines[0].startswith(
        "::error title=ARC-M002,file=a%2Cb%3Ac.yaml,line=3,col=5,endLine=3,endColumn=9::unknown key"
    )
    assert lines[2].startswith("::warning title=NET101::one")
    assert "\x1b" not in lines[2]
    assert "100%25" in lines[2]


@pytest.mark.slow
@pytest.mark.parametrize("format_", ["json", "sarif", "github"])
def test_the_command_line_prints_them_on_standard_output(format_: str) -> None:
    bad = archgen("validate", "-m", str(CASES / "input" / "unknown-key.yaml"), "--format", format_, cwd=ROOT)
    assert bad.code == 2
    assert "ARC-M002" in bad.out
    assert bad.err == ""
    clean = archgen("validate", "--format", format_, cwd=ROOT)
    assert clean.code == 0
    assert format_ == "github" or json.loads(clean.out)


WAIVED = [Waived(ALL[2], "known", "it is <being> fixed\x00", "2027-01-31")]
INFO = Diagnostic("NET110", "through NAT", severity="info")


def test_waived_findings_are_in_machine_reports_too() -> None:
    (waived,) = json.loads(as_json(Report(ALL, WAIVED)))["waived"]
    assert (waived["code"], waived["waiver"], waived["until"]) == ("NET101", "known", "2027-01-31")
    results = json.loads(as_sarif(Report([INFO], WAIVED)))["runs"][0]["results"]
    assert [result["level"] for result in results] == ["note", "warning"]
    assert results[1]["suppressions"][0]["status"] == "accepted"
    assert "suppressions" not in results[0]
    assert as_github(Report([INFO], WAIVED)).startswith("::notice title=NET110::")


def test_sarif_meets_its_schema() -> None:
    schema = json.loads((ROOT / "tests/data/sarif-2.1.0.schema.json").read_text(encoding="utf-8"))
    everything = [Diagnostic(code, "said", "do", ("a", 0), span=SPAN) for code in titles()] + [INFO, *ALL]
    for log in (
        as_sarif(Report(everything, WAIVED)),
        as_sarif(Report([], (), [MISSING])),
        as_sarif(Report([])),
        as_sarif(Report([Diagnostic("OWN-mine", "said")])),
    ):
        jsonschema.Draft202012Validator(schema).validate(json.loads(log))
    broken = json.loads(as_sarif(Report(ALL)))
    broken["runs"][0]["results"][0]["level"] = "grave"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(broken)


def test_junit() -> None:
    suite = ElementTree.fromstring(as_junit(Report(ALL, WAIVED))).find("testsuite")
    assert suite is not None
    cases = suite.findall("testcase")
    assert suite.get("tests") == str(len(cases))
    assert suite.get("failures") == "3"
    failed = [case for case in cases if case.find("failure") is not None]
    assert [case.get("classname") for case in failed] == [d.code for d in ALL]
    assert failed[0].get("file") == "a,b:c.yaml"
    assert failed[0].get("line") == "3"
    skipped = [case.find("skipped") for case in cases if case.find("skipped") is not None]
    assert (
        next(s.get("message") for s in skipped if s is not None)
        == "it is <being> fixed\ufffd (known, until 2027-01-31)"
    )
    assert [case for case in cases if len(case) == 0] == []


PASSED = Rule("HA201", "Copies", "error", (), 0, 0, coverage=Coverage(passed=2))
IDLE = Rule("HA202", "Single copies", "error", (), 0, 0)
SILENT = Rule("ACME101", "A package's rule", "error", (), 0, 0, tells=False)
UNCHECKED = replace(
    IDLE, code="DATA403", coverage=Coverage(unsaid=1, lacks=(Lack((), "whether 'x' keeps data", "state it"),))
)
FACT = Diagnostic("ARC-X005", "not stated\x00", "state it", ("components", "x"), "info", SPAN, where=("aws, prod",))
MISSING = Missing("whether 'x' keeps data", FACT, {"DATA403": (("components", "x"),)})


def test_junit_skips_rules_that_did_not_look_at_anything() -> None:
    report = Report([INFO], (), [MISSING], [PASSED, IDLE, SILENT, UNCHECKED, replace(PASSED, code="NET110")])
    suite = ElementTree.fromstring(as_junit(report)).find("testsuite")
    assert suite is not None
    skipped = {case.get("classname"): case.find("skipped") for case in suite.findall("testcase")}
    reasons = {code: element.get("message") for code, element in skipped.items() if element is not None}
    assert reasons == {
        "HA202": "not applicable",
        "DATA403": "1 part of the model could not be checked; not stated: whether 'x' keeps data",
    }
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("5", "1", "2")


def test_no_rule_passed_if_none_was_asked() -> None:
    suite = ElementTree.fromstring(as_junit(Report([ALL[0]]))).find("testsuite")
    assert suite is not None
    assert suite.get("skipped") == str(len(rules()))


def test_missing_facts_are_in_machine_reports() -> None:
    report = Report([INFO], (), [MISSING])
    (unknown,) = json.loads(as_json(report))["unknown"]
    assert unknown["rules"] == {"DATA403": ["components.x"]}
    assert (unknown["help"], unknown["place"]["line"], unknown["coordinates"]) == ("state it", 3, ["aws, prod"])
    (run,) = json.loads(as_sarif(report))["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["NET110"]
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    assert (notice["descriptor"]["id"], notice["level"]) == ("ARC-X005", "note")
    assert notice["locations"][0]["physicalLocation"]["region"]["startLine"] == 3
    assert as_github(report).splitlines()[1].startswith("::notice title=ARC-X005,file=")
