"""`archgen drift`: the command with its formats, what a team accepts, and files with odd or secret values."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archgen.drifting.accepting import BaselineError, apply_baseline, baseline_text, read_baseline
from archgen.drifting.formats import FORMATS, PrintedReport
from conftest import Result, archgen, project_of
from drifted import (
    BUCKET,
    IMPORTS,
    PHASES,
    PLANTED,
    SYSTEMS,
    TODAY,
    edited,
    imported,
    line_of,
    model_text,
    queue,
    report_of,
    resolved_of,
    setting,
    state_of,
)

# -- what is accepted ----------------------------------------------------------------------------------------

WAIVERS = """\
teams: {platform: {name: Platform}}
rules:
  waivers:
    kept: {rule: DRF103, path: components.jobs, reason: It is lowered in May., owner: platform, until: "2099-01-31"}
    logs: {rule: DRF102, path: module.old, reason: It is deleted., owner: platform, until: "2099-01-31"}
"""


def test_waivers_accept_differences_until_they_end() -> None:
    logs = ("aws_s3_bucket.logs", {"bucket": "logs"})
    source = state_of("s.json", queue(10), logs)
    text = PHASES + WAIVERS.replace("module.old", "aws_s3_bucket.logs")
    report = report_of(resolved_of(text), source, at="aws,prod")
    assert (list(report.findings), [d.waiver for d in report.waived]) == ([], ["logs", "kept"])
    (run,) = json.loads(FORMATS["sarif"](PrintedReport(report, None, dict.fromkeys(("kept", "logs"), ("why", TODAY)))))[
        "runs"
    ]
    assert [r["suppressions"][0]["justification"][:3] for r in run["results"]] == ["why", "why"]
    ended = report_of(resolved_of(text.replace("2099", "2020")), source, at="aws,prod")
    assert (len(ended.findings), list(ended.waived)) == (2, [])
    elsewhere = report_of(resolved_of(PHASES + WAIVERS), source, at="aws,prod")
    assert [d.addresses for d in elsewhere.findings] == [("aws_s3_bucket.logs",)]


def test_a_waiver_of_a_difference_is_valid_and_never_reported_as_unused(tmp_path: Path) -> None:
    from archgen.pipeline import check

    findings = check(project_of(tmp_path, PHASES + WAIVERS), TODAY).findings
    assert [f for f in findings if f.path[:2] == ("rules", "waivers") or f.code.startswith("ARC-X")] == []


def test_a_baseline_leaves_out_what_it_contains_until_that_changes() -> None:
    resolved = resolved_of(PHASES)
    first = report_of(resolved, state_of("s.json", queue(10), BUCKET), at="aws,prod")
    baseline = read_baseline(baseline_text(first.findings))
    again = report_of(resolved, state_of("s.json", queue(10), BUCKET), at="aws,prod", baseline=baseline)
    assert (list(again.findings), len(again.known), again.outdated) == ([], 2, 0)
    changed = report_of(resolved, state_of("s.json", queue(11)), at="aws,prod", baseline=baseline)
    assert ([d.file for d in changed.findings], changed.outdated) == (["11"], 2)
    waived = resolved_of(PHASES + WAIVERS)
    again = report_of(waived, state_of("s.json", queue(10), BUCKET), at="aws,prod", baseline=baseline)
    assert (list(again.findings), len(again.waived), len(again.known), again.outdated) == ([], 1, 1, 0)
    for text in ("", "[]", '{"format": "archgen-drift-baseline/1", "differences": [{}]}'):
        with pytest.raises(BaselineError):
            read_baseline(text)


# -- the command ---------------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a model and states: one that fits it, and one that differs."""
    project_of(tmp_path, model_text("three-tier"))
    state = json.loads((IMPORTS / "three-tier/prod.state.json").read_text(encoding="utf-8"))
    (tmp_path / "same.json").write_text(json.dumps(state), encoding="utf-8")
    setting("aws_db_instance.orders", instance_class="db.r6g.large")(state["values"]["root_module"]["resources"])
    (tmp_path / "other.json").write_text(json.dumps(state), encoding="utf-8")
    return tmp_path


def drift(folder: Path, *arguments: str) -> Result:
    return archgen("drift", *arguments, cwd=folder)


def test_the_command_opens_with_its_coverage_and_exits_with_1_for_differences(project: Path) -> None:
    done = drift(project, "same.json", "--at", "aws,prod")
    assert (done.code, done.out.splitlines()[-1]) == (0, "No differences.")
    done = drift(project, "other.json")
    assert done.code == 1
    lines = done.out.splitlines()
    assert lines[0] == "other.json: state of Terraform 1.11.4, 36 resources"
    assert lines[1].startswith("  7 of 7 components of the model at aws, prod compared")
    line = line_of("three-tier", "size:", "orders:")
    assert f"      model: architecture.yaml:{line}" in lines
    assert "      resource: aws_db_instance.orders: instance_class" in lines
    assert drift(project, "other.json", "--only", "missing").code == 0


@pytest.mark.slow
def test_formats_for_programs_and_pull_requests_have_the_same_differences(project: Path) -> None:
    line = line_of("three-tier", "size:", "orders:")
    document = json.loads(drift(project, "other.json", "--format", "json").out)
    assert document["format"] == "archgen-drift/1"
    (only,) = document["differences"]
    assert (only["path"], only["place"]["line"], only["file"]) == ("components.orders.size", line, "db.r6g.large")
    (run,) = json.loads(drift(project, "other.json", "--format", "sarif").out)["runs"]
    (result,) = run["results"]
    assert (result["ruleId"], result["level"]) == ("DRF103", "warning")
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == line
    text = drift(project, "other.json", "--format", "markdown", "-o", "drift.md")
    assert text.code == 1
    assert "<code>db.r6g.large</code>" in (project / "drift.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_baseline_is_written_and_read(project: Path) -> None:
    assert drift(project, "other.json", "--write-baseline", "drift.json").code == 0
    done = drift(project, "other.json", "--baseline", "drift.json")
    assert (done.code, "1 in the baseline" in done.out) == (0, True)
    part = drift(project, "other.json", "--write-baseline", "part.json", "--only", "missing")
    assert (part.code, "omit --only" in part.err, (project / "part.json").exists()) == (2, True, False)
    done = drift(project, "other.json", "--baseline", "same.json")
    assert (done.code, "--write-baseline" in done.err) == (2, True)
    assert drift(project, "other.json", "--baseline", "none.json").code == 2


@pytest.mark.slow
def test_files_that_cannot_be_compared_are_diagnostics(project: Path) -> None:
    (project / "bad.json").write_text("{", encoding="utf-8")
    (project / "empty.json").write_text('{"format_version": "1.0"}', encoding="utf-8")
    for files, code in ((("bad.json",), "ARC-I001"), (("empty.json",), "ARC-I002"), (("same.json", "other.json"), "ARC-I003")):  # fmt: skip
        done = drift(project, *files)
        assert (done.code, code in done.err) == (2, True)
    assert drift(project, "same.json", "--at", "mars").code == 2


def test_files_of_another_system_are_no_success(project: Path) -> None:
    (project / "lambda.json").write_text((IMPORTS / "serverless/prod.state.json").read_text(encoding="utf-8"))
    done = drift(project, "lambda.json", "--only", "connection")
    assert done.code == 1
    assert "this says nothing about it" in done.out


def test_nothing_that_is_secret_is_shown() -> None:
    for system in SYSTEMS:
        source = edited(system, lambda resources: resources.pop(0))
        for resolved in (imported(system), resolved_of(PHASES)):
            report = report_of(resolved, source, at="aws,prod")
            printed = PrintedReport(report, None, {})
            assert PLANTED not in "".join(format_(printed) for format_ in FORMATS.values())
            assert PLANTED not in baseline_text(report.findings)


@pytest.mark.parametrize("format_", FORMATS)
def test_what_looks_like_a_secret_is_not_printed(format_: str) -> None:
    key = "AKIA" + "IOSFODNN7EXAMPLE"

    def add(resources: list[dict[str, Any]]) -> None:
        resources.append(
            {
                "address": f'aws_s3_bucket.one["{key}"]',
                "mode": "managed",
                "type": "aws_s3_bucket",
                "name": "one",
                "index": key,
                "values": {"bucket": "one"},
            }
        )

    report = report_of(imported("three-tier"), edited("three-tier", add))
    text = FORMATS[format_](PrintedReport(report, None, {}))
    assert ("(secret 1)" in re.sub(r"&#\d+;", "", text), key in text) == (True, False)
    baseline = baseline_text(report.findings)
    assert ("(secret 1)" in baseline, key in baseline) == (True, False)
    assert apply_baseline(report.findings, (), read_baseline(baseline)) == ([], report.findings, 0)


ODD: list[Any] = [
    None,
    True,
    -1,
    1.5,
    "",
    "\x1b[31m",
    "999.1.1.1/99",
    [],
    {},
    [1, [2]],
    {"a": {"b": [None]}},
    ["x"],
    10**400,
]


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_no_value_of_a_file_is_too_odd(data: st.DataObject) -> None:
    system = data.draw(st.sampled_from(SYSTEMS))

    def edit(resources: list[dict[str, Any]]) -> None:
        for _ in range(data.draw(st.integers(1, 6))):
            values = data.draw(st.sampled_from(resources))["values"]
            key = data.draw(st.sampled_from(sorted(values)))
            values[key] = data.draw(st.sampled_from(ODD))

    report = report_of(imported(system), edited(system, edit))
    for format_ in FORMATS.values():
        assert "\x1b" not in format_(PrintedReport(report, None, {}))
    assert read_baseline(baseline_text(report.findings)) is not None


def test_odd_names_cannot_change_the_terminal() -> None:
    odd = ("aws_sqs_queue.\x1b[31m", {"name": "x\n\x1b]0;|[a](b)`"})
    report = report_of(resolved_of(PHASES), state_of("\x1b.json", odd), at="aws,prod")
    for format_ in FORMATS.values():
        assert "\x1b" not in format_(PrintedReport(report, None, {}))


def test_a_report_for_a_pull_request_mentions_no_person() -> None:
    odd = ('aws_sqs_queue.all["@octocat #1"]', {"name": "x"})
    report = report_of(resolved_of(PHASES), state_of("s.json", odd), at="aws,prod")
    text = FORMATS["markdown"](PrintedReport(report, None, {}))
    assert "octocat" in text
    assert "@octocat" not in html.unescape(text)
