"""Steps of runbooks: what their files may state, and how they are filled in."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from archgen.artifacts import runbook_pages
from archgen.pipeline import Project, check, load
from archgen.runbooks.procedures import Procedure, read, steps
from archgen.runbooks.stated import EMPTY_ANSWERS, minutes
from archgen.runbooks.steps import duration_text, happy_minutes
from archgen.templating.render import TemplateFailure, Templates
from conftest import ROOT, archgen, copy_project, emitted

HEAD = """\
title: Call the boss
kind: incident
severity: high
component: [service]
symptom: errors
triggers: [The boss `calls`.]
impact: None.
when_not: [At night.]
duty: operate
approvals: None.
destructive: false
reversible: Hang up.
duration: One minute.
tools: [a telephone]
otherwise:
  - {see: No one answers, do: Try the other number., open: database-failover}
communicate: [The start.]
follow_up: [Write it down.]
drill: Call a friend.
"""
LOOK = """\
  look:
    title: Look at {{ id }}
    text: It is `{{ id }}`.
    run: aws rds describe-db-instances --region {{ region | sh }} --db-instance-identifier {{ id | sh }}
    expect: [{shows: "{{ id }}", means: it is there}]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the reference project with a runbook of its own, whose head is HEAD; each test adds steps."""
    root = copy_project(tmp_path / "project")
    text = (root / "architecture.yaml").read_text()
    (root / "architecture.yaml").write_text(
        text.replace("\nrunbooks:\n", "\nrunbooks:\n  call-the-boss: {component: api, owner: product}\n")
    )
    folder = root / "templates/runbooks/call-the-boss"
    folder.mkdir(parents=True)
    (folder / "runbook.yaml").write_text(HEAD)
    for cloud in ("aws", "gcp"):
        (folder / f"{cloud}.yaml").write_text(f"steps:\n{LOOK}")
    return root


def loaded(root: Path) -> Project:
    """The project."""
    result = load(root / "architecture.yaml")
    assert result.project, result.diagnostics
    return result.project


def procedure(root: Path, text: str, environment: str = "prod") -> Procedure:
    """The steps of the runbook on AWS, after its file was written."""
    (root / "templates/runbooks/call-the-boss/aws.yaml").write_text(text)
    project = loaded(root)
    templates = Templates(project.templates)
    found = steps(templates, read(templates, "call-the-boss"), project.resolved.standing("aws", environment))
    assert isinstance(found, Procedure)
    return found


# -- what is refused -----------------------------------------------------------------------------------------


def test_all_problems_of_a_projects_files_are_found_at_once(project: Path) -> None:
    folder = project / "templates/runbooks/call-the-boss"
    (folder / "runbook.yaml").write_text(
        HEAD.replace("severity: high", "severity: hihg").replace("duty: operate\n", "")
    )
    (folder / "aws.yaml").write_text(
        "steps:\n"
        "  one:\n    title: One\n    run: ls\n"
        "  two:\n    title: Two\n    run: ls\n    expect: [{shows: None}]\n"
        "  three:\n    title: Three\n    do: Call.\n    withing: 10m\n"
    )
    (folder / "gcp.yaml").write_text("steps: [\n")
    found = [(d.code, Path(d.span.file).name, d.span.line) for d in check(loaded(project)).refused if d.span]
    assert sorted(found) == [
        ("ARC-T002", "aws.yaml", 2),
        ("ARC-T002", "aws.yaml", 8),
        ("ARC-T002", "aws.yaml", 12),
        ("ARC-T002", "runbook.yaml", 1),
        ("ARC-T002", "runbook.yaml", 3),
        ("ARC-Y003", "gcp.yaml", 1),
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("step", "reason"),
    [
        ("title: A\n", "needs either `run`"),
        ("do: Call.\n", "needs a `title`"),
        ("title: A\nrun: ls\ndo: Call.\nexpect: [{shows: x}]\n", "needs either `run`"),
        ("title: A\nrun: ls\n", "needs `expect`"),
        ("title: A\nrun: ls\nexpect: [{shows: x}]\nwithin: 5m\nchanges: reversible\n", "needs `undo`"),
        ("title: A\nrun: ls\nexpect: [{shows: x}]\nundo: None.\nchanges: destructive\n", "needs `within`"),
        ("title: A\nrun: ls\nexpect: [{shows: x}]\nwaits: true\n", "needs `within`"),
        ("title: A\nuse: place-aws\n", "takes its steps from a shared file"),
        ("title: A\ndo: Call.\nwithin: 10 minutes\n", "not a duration such as"),
        ("title: A\ndo: Call.\nask: {lower: {what: a, example: b}}\n", "lower"),
        *(
            (f"title: A\nrun: ls\nexpect: [{{shows: {json.dumps(answer)}}}]\n", "proves nothing")
            for answer in sorted(EMPTY_ANSWERS)
        ),
    ],
)
def test_a_step_that_a_tired_person_cannot_follow_is_refused(project: Path, step: str, reason: str) -> None:
    lines = "".join(f"    {line}\n" for line in step.splitlines())
    with pytest.raises(TemplateFailure) as failure:
        procedure(project, f"steps:\n  a:\n{lines}")
    assert reason in failure.value.diagnostic.message
    assert failure.value.diagnostic.span
    assert failure.value.diagnostic.span.file == "templates/runbooks/call-the-boss/aws.yaml"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("steps:\n  a:\n    title: A\n    do: |\n      one\n      {{ idd }}\n", 6, "'idd' is undefined"),
        ("steps:\n  a:\n    title: A\n    do: B.\n    if: here.has(\n", 5, "template syntax"),
        ("steps:\n  a:\n    title: A\n    do: B.\n    account: queue\n", 5, "no component of kind 'queue'"),
        ("steps:\n  a:\n    use: nothing\n", 3, "does not exist"),
    ],
)
def test_a_text_that_cannot_be_filled_in_is_located(project: Path, text: str, line: int, message: str) -> None:
    with pytest.raises(TemplateFailure) as failure:
        procedure(project, text)
    found = failure.value.diagnostic
    assert message in found.message
    assert found.span
    assert (found.span.file, found.span.line) == ("templates/runbooks/call-the-boss/aws.yaml", line)


def test_shared_steps_that_include_themselves_are_refused(project: Path) -> None:
    shared = project / "templates/runbooks/_shared"
    shared.mkdir()
    (shared / "again.yaml").write_text("steps:\n  more: {use: again}\n")
    with pytest.raises(TemplateFailure, match="includes itself"):
        procedure(project, "steps:\n  a: {use: again}\n")


# -- what is filled in -----------------------------------------------------------------------------------------


def test_steps_have_the_names_of_the_environment(project: Path) -> None:
    for environment, account in (("prod", "444455556666"), ("dev", "333344445555")):
        found = procedure(project, f"steps:\n{LOOK}", environment)
        place, look = found.steps
        assert (place.id, place.home.number) == ("look-place", account)
        assert account in (place.run or "")
        assert look.title == f"Look at innovate-{environment}-api"
        assert look.text == f"It is `innovate-{environment}-api`."
        assert (look.run or "").endswith(f"--region eu-west-1 --db-instance-identifier innovate-{environment}-api")
        assert look.expect[0].shows == f"innovate-{environment}-api"


def test_conditions_shared_steps_and_other_accounts(project: Path) -> None:
    shared = project / "templates/runbooks/_shared"
    shared.mkdir()
    (shared / "hello.yaml").write_text("steps:\n  hello: {title: 'Hello {{ home_title }}', in: people, do: Wave.}\n")
    found = procedure(
        project,
        "steps:\n"
        "  never: {title: Never, do: Nothing., if: here.has('queue')}\n"
        "  a: {use: hello}\n"
        "  b: {use: hello, account: threat-detection}\n"
        f"{LOOK}"
        "  there:\n    title: There\n    account: threat-detection\n    run: aws guardduty list-detectors --region eu-west-1\n"
        "    expect: [{shows: Ids}]\n"
        f"{LOOK.replace('look:', 'again:')}",
    )
    titles = [(step.id, step.title) for step in found.steps]
    check = "Check that you are in the right account"
    assert titles == [
        ("a-hello", "Hello Prod"),
        ("b-hello", "Hello Security & Logging"),
        ("look-place", check),
        ("look", "Look at innovate-prod-api"),
        ("there-place", check),
        ("there", "There"),
        ("again-place", check),
        ("again", "Look at innovate-prod-api"),
    ]
    assert [step.home.number for step in found.steps if step.title == check] == [
        "444455556666",
        "222233334444",
        "444455556666",
    ]


def test_the_check_of_the_place_fails_in_another_account(project: Path, tmp_path: Path) -> None:
    place = procedure(project, f"steps:\n{LOOK}").steps[0]
    tools = tmp_path / "bin"
    tools.mkdir()
    for number, code in (("444455556666", 0), ("333344445555", 1), ("", 1)):
        (tools / "aws").write_text(f"#!/bin/sh\necho {number}\n")
        (tools / "aws").chmod(0o755)
        done = subprocess.run(
            ["bash", "-c", place.run or ""],
            env={"PATH": f"{tools}:/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, "RIGHT-ACCOUNT" in done.stdout) == (code, code == 0)


@pytest.mark.slow
def test_values_of_the_model_cannot_become_keys_or_commands(project: Path) -> None:
    text = (project / "architecture.yaml").read_text()
    hostile = "x     run: rm -rf /     `b` <i> $(id) {{ 7*7 }}"
    changed = text.replace("    title: Flask API\n", f'    title: "{hostile}"\n')
    (project / "architecture.yaml").write_text(changed)
    see = "title: See {{ component.title }}\n    run: echo {{ component.title | sh }}\n    expect: [{shows: rm}]"
    found = procedure(project, f"steps:\n  a:\n    {see}\n")
    step = found.steps[-1]
    assert (step.run or "").startswith("echo 'x ")
    assert "{{ 7*7 }}" in step.title
    page = next(a for a in emitted(loaded(project), runbook_pages) if a.path.endswith("call-the-boss.md"))
    outside_of_code = re.sub(r"```bash.*?```", "", page.content.decode(), flags=re.DOTALL)
    assert "<i>" not in outside_of_code


# -- limits ----------------------------------------------------------------------------------------------------


def test_limits_add_up_except_for_what_is_done_meanwhile(project: Path) -> None:
    texts = [
        "  restore: {title: Restore, do: Wait., within: 90m, waits: true}\n",
        "  cluster: {title: Cluster, do: Wait., within: 40m, beside: restore}\n",
        "  longer: {title: Longer, do: Wait., within: 2h, beside: restore}\n",
        "  verify: {title: Verify, do: Look., within: 30s}\n",
        "  note: {title: Note, do: Write.}\n",
    ]
    found = procedure(project, "steps:\n" + "".join(texts))
    assert happy_minutes(list(found.steps)) == 90 + 30 + 0.5
    assert happy_minutes([found.steps[-1]]) is None


@pytest.mark.parametrize(
    ("stated", "shown"), [("30s", "30 s"), ("1m", "1 min"), ("90m", "1 h 30 min"), ("2h", "2 h"), ("90s", "2 min")]
)
def test_durations(stated: str, shown: str) -> None:
    assert duration_text(minutes(stated)) == shown


@pytest.mark.slow
def test_steps_that_may_take_longer_than_the_objective_are_a_finding(project: Path) -> None:
    text = (project / "architecture.yaml").read_text()
    stated = "call-the-boss: {component: api, owner: product"
    (project / "architecture.yaml").write_text(text.replace(stated, f"{stated}, rto_minutes: 5, rpo_minutes: 0"))
    procedure(project, f"steps:\n{LOOK}    within: 6m\n    waits: true\n")
    late = [d for d in check(loaded(project)).findings if d.code == "ARC-T004" and "call-the-boss" in d.message]
    assert [d.message for d in late] == [
        "the steps of the runbook 'call-the-boss' may take 6 min on AWS, but its recovery time objective is 5 min"
    ]
    assert late[0].span
    procedure(project, f"steps:\n{LOOK}    within: 5m\n    waits: true\n")
    assert not [d for d in check(loaded(project)).findings if d.code == "ARC-T004" and "call-the-boss" in d.message]


# -- pages and the command line ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_page_and_the_terminal_show_every_part(project: Path) -> None:
    procedure(
        project,
        "steps:\n  cut:\n    title: Cut the line\n    text: It hurts.\n    ask: {REASON: {what: why, example: INC-1}}\n"
        '    run: |\n      aws sts get-caller-identity --region "${REASON:?set it}"\n'
        "    expect: [{shows: CUT, means: it is cut}]\n    otherwise: [{see: '`busy`', do: Wait., open: database-failover}, "
        "{see: '`gone`', do: Call., open: no-such}]\n"
        "    within: 5m\n    changes: destructive\n    undo: A line that was cut stays cut.\n",
    )
    page = next(
        a for a in emitted(loaded(project), runbook_pages) if a.path.endswith("call-the-boss.md")
    ).content.decode()
    shown = archgen("runbook", "show", "call-the-boss", "--at", "aws,prod", cwd=project).out
    for part in (
        "Cut the line",
        "It hurts",
        "REASON=''\n",
        "${REASON:?set it}",
        "at most 5 min",
        "destructive",
        "Expect",
        "No way back",
    ):
        assert part in page, part
        assert part in shown, part
    assert re.search(r"See \[[^\]]+\]\(database-failover.md\)", page)
    assert '<p class="ag-where ag-production ag-env-production" data-run="aws-prod">' in page
    assert '<p class="ag-where ag-env-1" data-run="aws-dev">' in page
    assert "Runbook: database-failover." in shown
    assert "Runbook: no-such" not in shown  # this model does not have the runbook
    assert "&#" not in shown


@pytest.mark.slow
def test_a_drill_is_written_into_the_model(project: Path) -> None:
    before = (project / "architecture.yaml").read_text()
    late = archgen(
        "runbook",
        "drill",
        "database-failover",
        "--at",
        "aws,stg",
        "--took",
        "12m",
        "--by",
        "Ada",
        "--on",
        "2026-12-09",
        cwd=project,
    )
    assert late.code == 0
    assert "misses the recovery time objective of 5 min by 7 min" in late.out
    early = archgen(
        "runbook", "drill", "node-drain", "--took", "90s", "--by", 'A: "b"', "--on", "2026-11-20", cwd=project
    )
    assert (early.code, "no recovery time objective" in early.out) == (0, True)
    stated = yaml.safe_load((project / "architecture.yaml").read_text())["runbooks"]
    drilled = stated["database-failover"]
    assert [drilled[key] for key in ("last_tested", "tested_by", "took_minutes")] == ["2026-12-09", "Ada", 12]
    assert "next_drill" not in drilled  # it has come, so the interval counts
    assert stated["node-drain"]["tested_by"] == 'A: "b"'
    assert stated["node-drain"]["next_drill"] == "2027-02-09"  # an earlier one does not cancel it
    assert archgen("validate", cwd=project).code == 0
    changed = (project / "architecture.yaml").read_text().splitlines()
    assert len([line for line in before.splitlines() if line not in changed]) == 2  # nothing else
    again = archgen(
        "runbook", "drill", "database-failover", "--took", "4m", "--by", "Bo", "--on", "2027-01-02", cwd=project
    )
    assert "meets the recovery time objective of 5 min" in again.out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["drill", "database-failover", "--took", "12"], "not a duration"),
        (["drill", "database-failover", "--took", "12m"], "--took and --by"),
        (["drill", "database-fallover", "--took", "12m", "--by", "A"], "did you mean 'database-failover'?"),
        (["drill", "database-failover", "--took", "12m", "--by", "a\nb"], "one line"),
        (["drill"], "requires the ID"),
    ],
)
def test_drills_that_cannot_be_recorded(arguments: list[str], reason: str) -> None:
    before = (ROOT / "architecture.yaml").read_bytes()
    result = archgen("runbook", *arguments, cwd=ROOT)
    assert result.code == 2
    assert reason in result.err
    assert (ROOT / "architecture.yaml").read_bytes() == before
