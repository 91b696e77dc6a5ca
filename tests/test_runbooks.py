"""Runbooks: every command parses with its own tool's parser, and templates that are wrong are diagnosed."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from archgen.pipeline import Project, load, make
from conftest import ROOT, copy_project

# gcloud's own command tree is not on any package index; these lines were checked against its offline completions.
GCLOUD = {
    "projects describe": {"--format"},
    "sql instances describe": {"--project", "--format"},
    "sql instances failover": {"--project"},
    "sql operations list": {"--instance", "--project", "--limit"},
}


def pages(project: Project) -> dict[str, str]:
    made, problems = make(project)
    assert not problems, problems
    return {a.path: a.content.decode() for a in made if a.path.endswith(".md")}


def commands(page: str) -> list[list[str]]:
    found = []
    for block in re.findall(r"```bash\n(.*?)```", page, re.DOTALL):
        assert subprocess.run(["sh", "-n"], input=block, text=True, check=False).returncode == 0, block
        found += [shlex.split(line) for line in block.replace("\\\n", " ").splitlines() if line.strip()]
    return found


@pytest.fixture(scope="module")
def every_command(reference: Project) -> list[list[str]]:
    return [c for path, page in pages(reference).items() if "/runbooks/" in path for c in commands(page)]


def aws_error(command: list[str]) -> str | None:
    """What the AWS CLI itself says about a command when it stops just short of calling AWS; None when it would call."""
    from awscli import clidriver
    from awscli.customizations import waiters

    called = []

    def instead(*arguments: object, **_more: object) -> int:
        called.append(arguments)
        return 0

    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stderr(out), contextlib.redirect_stdout(out):
        patch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        patch.setattr(clidriver.CLIOperationCaller, "invoke", instead)
        patch.setattr(waiters.WaiterCaller, "invoke", instead)
        try:
            code = clidriver.create_clidriver().main(command[1:])
        except SystemExit as stop:
            code = stop.code
    return None if code == 0 and called else f"{code}: {out.getvalue()}"


def test_every_aws_command_parses(every_command: list[list[str]]) -> None:
    aws = {tuple(c) for c in every_command if c[0] == "aws"}
    assert len(aws) >= 12
    for command in sorted(aws):
        assert aws_error(list(command)) is None, command


@pytest.mark.parametrize(
    "wrong",
    [
        "aws rds reboot-db-instances --db-instance-identifier x",
        "aws rds reboot-db-instance --db-instance-identifier x --force-fail-over",
        "aws rds reboot-db-instance --force-failover",
        "aws rdss describe-db-instances",
        "aws rds wait db-instance-there --db-instance-identifier x",
    ],
)
def test_the_parser_catches_wrong_commands(wrong: str) -> None:
    assert aws_error(shlex.split(wrong))


def test_every_gcloud_command_is_a_known_one(every_command: list[list[str]]) -> None:
    gcloud = [c for c in every_command if c[0] == "gcloud"]
    assert len(gcloud) >= 12
    for command in gcloud:
        name = next((n for n in GCLOUD if command[1 : 1 + len(n.split())] == n.split()), None)
        assert name, command
        options = {part.split("=")[0] for part in command if part.startswith("--")}
        assert options <= GCLOUD[name], command


def test_only_known_tools_are_called(every_command: list[list[str]]) -> None:
    assert {c[0] for c in every_command} == {"aws", "gcloud"}


def test_names_and_regions_are_those_of_each_environment(reference: Project) -> None:
    page = pages(reference)["docs/architecture/runbooks/database-failover.md"]
    for environment in ("dev", "stg", "prod"):
        assert f"--db-instance-identifier innovate-{environment}-database" in page
        assert f"gcloud sql instances failover innovate-{environment}-database --project=innovate-{environment}" in page
    assert "444455556666" in page


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


def test_aurora_has_a_procedure_of_its_own(tmp_path: Path) -> None:
    project = edited(
        tmp_path, ("    phase: mvp\n    monthly_budget_usd: 2500", "    phase: scale\n    monthly_budget_usd: 2500")
    )
    page = pages(project)["docs/architecture/runbooks/database-failover.md"]
    found = commands(page)
    assert any(c[:3] == ["aws", "rds", "failover-db-cluster"] for c in found)
    for command in found:
        if command[0] == "aws":
            assert aws_error(command) is None, command


def test_without_a_standby_it_says_so(tmp_path: Path) -> None:
    project = edited(
        tmp_path,
        ("      stg: {backup: {retention_days: 14}}", "      stg: {multi_zone: false, backup: {retention_days: 14}}"),
    )
    page = pages(project)["docs/architecture/runbooks/database-failover.md"]
    assert "has no standby in Staging" in page
    assert "innovate-stg-database" not in page


def test_a_projects_own_template_wins_and_is_checked(tmp_path: Path) -> None:
    project = edited(tmp_path)
    own = project.root / "templates/runbooks/database-failover"
    own.mkdir(parents=True)
    (own / "cloud-sql.md").write_text("Call the vendor about {{ id }}.\n")
    assert (
        "Call the vendor about innovate&#45;prod&#45;database."
        in pages(project)["docs/architecture/runbooks/database-failover.md"]
    )
    (own / "cloud-sql.md").write_text("one\n{{ idd }}\n")
    (problem,) = make(project)[1]
    assert (problem.code, problem.span.file, problem.span.line) == (
        "ARC-T001",
        "templates/runbooks/database-failover/cloud-sql.md",
        2,
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("severity: critical", "severity: bad"), "ARC-T002"),
        (("severity: critical\n", ""), "ARC-T002"),
        (("title: Database failover", "title: [x"), "ARC-T002"),
        (("---\ntitle", "title"), "ARC-T002"),
        (("component: [postgresql]", "component: [cache]"), "ARC-R001"),
    ],
)
def test_bad_front_matter(tmp_path: Path, change: tuple[str, str], code: str) -> None:
    project = edited(tmp_path)
    own = project.root / "templates/runbooks/database-failover"
    own.mkdir(parents=True)
    text = (ROOT / "templates/runbooks/database-failover/runbook.md").read_text()
    (own / "runbook.md").write_text(text.replace(*change, 1))
    (problem,) = make(project)[1]
    assert problem.code == code
    assert problem.span


def test_a_runbook_that_does_not_exist(tmp_path: Path) -> None:
    project = edited(
        tmp_path,
        ("  database-failover:\n    component", "  database-fallover:\n    component"),
        ("runbook: database-failover", "runbook: database-fallover"),
    )
    (problem,) = make(project)[1]
    assert (problem.code, problem.help) == ("ARC-R001", "did you mean 'database-failover'?")
