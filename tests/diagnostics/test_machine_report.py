"""Diagnostics for programs: JSON, SARIF, GitHub's workflow commands, JUnit."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import jsonschema
import pytest

from archgen.checking.judgment import Waived
from archgen.diagnostics.codes import titles
from archgen.diagnostics.diagnostic import Diagnostic, Span
from archgen.diagnostics.machine_report import as_github, as_json, as_junit, as_sarif
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
    data = json.loads(as_json(ALL))
    assert data["format"] == "archgen-diagnostics/1"
    first = data["diagnostics"][0]
    assert first["path"] == "components.a.x"
    assert first["place"] == {"file": "a,b:c.yaml", "line": 3, "column": 5, "end_line": 3, "end_column": 9}
    assert data["diagnostics"][2]["coordinates"] == ["aws, prod"]


def test_sarif() -> None:
    log = json.loads(as_sarif(ALL))
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
        json.loads(as_sarif([d]))["runs"][0]["results"][0]["partialFingerprints"]["archgen/v1"] for d in (ALL[0], moved)
    }
    assert len(prints) == 1


def test_github_lines_are_one_command_each_whatever_the_text() -> None:
    lines = as_github(ALL).splitlines()
    assert len(lines) == 3
    assert lines[0].startswith(
        "::error title=ARC-M002,file=a%2Cb%3Ac.yaml,line=3,col=5,endLine=3,endColumn=9::unknown key"
    )
    assert lines[2].startswith("::warning title=NET101::one")
    assert "\x1b" not in lines[2]
    assert "100%25" in lines[2]


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
    (waived,) = json.loads(as_json(ALL, WAIVED))["waived"]
    assert (waived["code"], waived["waiver"], waived["until"]) == ("NET101", "known", "2027-01-31")
    results = json.loads(as_sarif([INFO], WAIVED))["runs"][0]["results"]
    assert [result["level"] for result in results] == ["note", "warning"]
    assert results[1]["suppressions"][0]["status"] == "accepted"
    assert "suppressions" not in results[0]
    assert as_github([INFO], WAIVED).startswith("::notice title=NET110::")


def test_sarif_meets_its_schema() -> None:
    schema = json.loads((ROOT / "tests/data/sarif-2.1.0.schema.json").read_text(encoding="utf-8"))
    everything = [Diagnostic(code, "said", "do", ("a", 0), span=SPAN) for code in titles()] + [INFO, *ALL]
    for log in (as_sarif(everything, WAIVED), as_sarif([]), as_sarif([Diagnostic("OWN-mine", "said")])):
        jsonschema.Draft202012Validator(schema).validate(json.loads(log))
    broken = json.loads(as_sarif(ALL))
    broken["runs"][0]["results"][0]["level"] = "grave"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(broken)


def test_junit() -> None:
    suite = ElementTree.fromstring(as_junit(ALL, WAIVED)).find("testsuite")
    assert suite is not None
    cases = suite.findall("testcase")
    assert suite.get("tests") == str(len(cases))
    assert suite.get("failures") == "3"
    failed = [case for case in cases if case.find("failure") is not None]
    assert [case.get("classname") for case in failed] == [d.code for d in ALL]
    assert failed[0].get("file") == "a,b:c.yaml"
    assert failed[0].get("line") == "3"
    skipped = [case.find("skipped") for case in cases if case.find("skipped") is not None]
    assert [s.get("message") for s in skipped if s is not None] == [
        "it is <being> fixed\ufffd (known, until 2027-01-31)"
    ]
    passed = {case.get("classname") for case in cases if len(case) == 0}
    assert {"HA201", "SEC502"} <= passed
