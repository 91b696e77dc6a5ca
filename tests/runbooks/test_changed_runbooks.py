"""Runbooks of changed models and projects: own templates, wrong heads and steps, missing parts, and drills that come due."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from test_procedures import TEMPLATES, pages

from archgen.pipeline import Project, check, load, make
from conftest import ROOT, archgen, copy_project
from shell_commands import commands

pytestmark = pytest.mark.slow


def edited(tmp_path: Path, *changes: tuple[str, str]) -> Project:
    root = copy_project(tmp_path / "edited")
    text = (root / "architecture.yaml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (root / "architecture.yaml").write_text(text)
    loaded = load(root / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    return loaded.project


def test_a_stateful_component_and_an_alert_without_a_runbook_are_findings(tmp_path: Path) -> None:
    text = (ROOT / "architecture.yaml").read_text()
    (cache,) = re.findall(r"(?m)^  cache-failover: .*\n", text)
    project = edited(
        tmp_path,
        (cache, ""),
        ("    also: [cluster, database, cache]\n", "    also: [cluster, database]\n"),
        ("      runbook: latency-budget\n", ""),
    )
    found = {(d.code, d.message.split("'")[1]) for d in check(project).findings}
    assert found == {("OPS901", "cache"), ("OPS902", "latency-burn")}


def test_a_step_that_needs_what_is_not_there_is_located(tmp_path: Path) -> None:
    project = edited(tmp_path)
    own = project.root / "templates/runbooks/cache-failover"
    own.mkdir(parents=True)
    (own / "elasticache.yaml").write_text(
        "steps:\n  one:\n    title: One\n    do: |\n      See {{ here.part('queue').name }}.\n"
    )
    made, problems = make(check(project))
    assert made == []
    (problem,) = problems
    assert (problem.code, problem.span.file, problem.span.line) == (
        "ARC-T001",
        "templates/runbooks/cache-failover/elasticache.yaml",
        5,
    )
    assert "no component of kind 'queue' at aws, prod, mvp" in problem.message


def test_aurora_has_its_own_procedure(tmp_path: Path) -> None:
    project = edited(
        tmp_path, ("    phase: mvp\n    monthly_budget_usd: 2500", "    phase: scale\n    monthly_budget_usd: 2500")
    )
    page = pages(project)["docs/architecture/runbooks/database-failover.md"]
    assert any(c[:3] == ["aws", "rds", "failover-db-cluster"] for c in commands(page))


def test_without_a_standby_it_says_so(tmp_path: Path) -> None:
    project = edited(
        tmp_path,
        ("      stg: {backup: {retention_days: 14}}", "      stg: {multi_zone: false, backup: {retention_days: 14}}"),
    )
    page = pages(project)["docs/architecture/runbooks/database-failover.md"]
    assert "has no standby in Staging" in page
    assert "reboot-db-instance --region eu-west-1 --db-instance-identifier innovate-stg-database" not in page


def test_a_projects_own_template_wins_and_is_checked(tmp_path: Path) -> None:
    project = edited(tmp_path)
    own = project.root / "templates/runbooks/database-failover"
    own.mkdir(parents=True)
    (own / "cloud-sql.yaml").write_text('steps:\n  call:\n    title: Call the vendor\n    do: "Ask about {{ id }}."\n')
    page = html.unescape(pages(project)["docs/architecture/runbooks/database-failover.md"])
    assert "Ask about innovate-prod-database." in page
    (own / "cloud-sql.yaml").write_text('steps:\n  call:\n    title: Call the vendor\n    do: "Ask about {{ idd }}."\n')
    (problem,) = make(check(project))[1]
    assert (problem.code, problem.span.file, problem.span.line) == (
        "ARC-T001",
        "templates/runbooks/database-failover/cloud-sql.yaml",
        4,
    )


def test_a_project_adds_its_own_runbook(tmp_path: Path) -> None:
    project = edited(tmp_path, ("\nrunbooks:\n", "\nrunbooks:\n  call-the-boss: {component: api, owner: product}\n"))
    own = project.root / "templates/runbooks/call-the-boss"
    own.mkdir(parents=True)
    head = (TEMPLATES / "error-budget/runbook.yaml").read_text()
    (own / "runbook.yaml").write_text(head.replace("title: Error budget burns", "title: Call the boss"))
    for cloud in ("aws", "gcp"):
        (own / f"{cloud}.yaml").write_text(
            "steps:\n  call:\n    title: Call {{ environment }}'s boss\n    do: By phone.\n"
        )
    page = pages(project)["docs/architecture/runbooks/call-the-boss.md"]
    assert "# Call the boss" in page
    assert "Production's boss" in page.replace("&#39;", "'")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("severity: critical", "severity: bad"), "ARC-T002"),
        (("severity: critical\n", ""), "ARC-T002"),
        (("title: Fail over the database", "title: [x"), "ARC-Y003"),
        (("drill: ", "drills: "), "ARC-T002"),
        (("component: [postgresql]", "component: [cache]"), "ARC-R001"),
    ],
)
def test_a_bad_head(tmp_path: Path, change: tuple[str, str], code: str) -> None:
    project = edited(tmp_path)
    own = project.root / "templates/runbooks/database-failover"
    own.mkdir(parents=True)
    text = (TEMPLATES / "database-failover/runbook.yaml").read_text()
    (own / "runbook.yaml").write_text(text.replace(*change, 1))
    (problem,) = make(check(project))[1]
    assert problem.code == code
    assert problem.span


def test_steps_in_a_format_that_is_not_read_are_an_error(tmp_path: Path) -> None:
    project = edited(tmp_path)
    own = project.root / "templates/runbooks/database-failover"
    own.mkdir(parents=True)
    (own / "cloud-sql.md").write_text("1.  **Call the vendor.**\n")
    (problem,) = make(check(project))[1]
    assert (problem.code, problem.span.file) == ("ARC-T002", "templates/runbooks/database-failover/cloud-sql.md")
    assert "cloud-sql.md is not read" in problem.message


def test_a_runbook_that_does_not_exist(tmp_path: Path) -> None:
    project = edited(tmp_path, ("  database-failover:\n    component", "  database-fallover:\n    component"))
    (problem,) = make(check(project))[1]
    assert (problem.code, problem.help) == ("ARC-R001", "did you mean 'database-failover'?")


@pytest.mark.parametrize("date", ['"2026-02-30"', '"31.1.2026"', '"2026-1-31"', '"soon"'])
def test_an_invalid_date(tmp_path: Path, date: str) -> None:
    root = copy_project(tmp_path / "edited")
    text = (root / "architecture.yaml").read_text()
    old = "    rpo_minutes: 0\n    drill_every_days: 90\n"
    assert text.count(old) == 1
    (root / "architecture.yaml").write_text(text.replace(old, f"{old}    last_tested: {date}\n"))
    (problem,) = load(root / "architecture.yaml").diagnostics
    assert problem.code == "ARC-M005"
    assert "not a date such as 2026-01-31" in problem.message


# -- drills, and the command line -------------------------------------------------------------------------


def test_drills_come_due_and_stand_out(tmp_path: Path) -> None:
    project = edited(
        tmp_path,
        ("    rpo_minutes: 0\n    drill_every_days: 90\n    next_drill: \"2026-12-08\"\n",
         '    rpo_minutes: 0\n    drill_every_days: 90\n    last_tested: "2026-01-31"\n    tested_by: Ada\n    result: took 70 s\n'),
    )  # fmt: skip
    text = (project.root / "architecture.yaml").read_text()
    drain = re.search(r"  node-drain: .*?next_drill: (\"[0-9-]+\")", text)
    (project.root / "architecture.yaml").write_text(text.replace(drain[0], drain[0].replace(drain[1], '"2026-03-01"')))  # type: ignore[index]
    again = load(project.root / "architecture.yaml").project
    assert again
    project = again
    index = pages(project)["docs/architecture/runbooks/index.md"]
    due = re.findall(r'data-due="(\d{4}-\d\d-\d\d)"', html.unescape(index))
    assert due[:2] == ["2026-03-01", "2026-05-01"]
    assert due == sorted(due)
    # A year of them: one that is tested every thirty days comes thirteen times.
    calendar = index.split("{#calendar}")[1].split("Never tested in a drill")[0]
    assert calendar.count("(node-drain.md)") == 13
    assert calendar.count("(database-failover.md)") == 4
    page = pages(project)["docs/architecture/runbooks/database-failover.md"]
    assert "| Last drill | 2026&#45;01&#45;31, by Ada: took 70 s |" in page
    listed = archgen("runbook", "list", "--today", "2026-04-01", cwd=project.root)
    assert re.search(r"node-drain .*2026-03-01 overdue", listed.out)
    assert re.search(r"database-failover .*2026-05-01$", listed.out, re.MULTILINE)
