"""Runbooks of Aurora check their plans and name their passwords as those of RDS do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_google_steps import run
from test_secrets_of_databases import found

from archgen.pipeline import Project, load
from conftest import copy_project

GLOBAL = "disaster_recovery: {strategy: global-database}"


@pytest.fixture(scope="module")
def regional(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The reference model with an Aurora cluster whose snapshots are copied, instead of a global database."""
    root = copy_project(tmp_path_factory.mktemp("regional") / "project")
    file = root / "architecture.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count(f", {GLOBAL}") == 1
    file.write_text(text.replace(f", {GLOBAL}", ""), encoding="utf-8")
    project = load(file).project
    assert project
    return project


def _plan_check(project: Project, folder: Path, runbook: str, *changes: tuple[str, list[str]]) -> str:
    plan = {"resource_changes": [{"address": t, "type": t, "change": {"actions": actions}} for t, actions in changes]}
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    terraform = 'case "$*" in *"show -json"*) cat plan.json;; esac'
    (folder / "infra/aws/05-data").mkdir(parents=True, exist_ok=True)
    return run(folder, found(project, runbook, "aws", "scale")["plan"].run or "", {"terraform": terraform})


@pytest.mark.slow
@pytest.mark.parametrize("runbook", ["point-in-time-restore", "aurora-migration"])
def test_a_plan_that_makes_a_cluster_or_an_instance_is_refused(regional: Project, tmp_path: Path, runbook: str) -> None:
    update = ("aws_rds_cluster", ["update"])
    assert "NOTHING-IS-REPLACED" in _plan_check(
        regional, tmp_path, runbook, update, ("aws_rds_global_cluster", ["create"])
    )
    for kind in ("aws_rds_cluster", "aws_rds_cluster_instance"):
        assert f"STOP: would delete or create {kind}" in _plan_check(regional, tmp_path, runbook, (kind, ["create"]))
        assert "STOP" in _plan_check(regional, tmp_path, runbook, (kind, ["create", "delete"]))
    order = [*found(regional, runbook, "aws", "scale")]
    assert order.index("state") < order.index("plan") < order.index("apply")


def test_the_copy_gets_a_password_that_the_comparison_and_the_end_use(regional: Project, tmp_path: Path) -> None:
    every = found(regional, "point-in-time-restore", "aws", "scale")
    order = [*every]
    wanted = ["copy-administrator", "copy-password", "compare", "take-over", "new-password", "verify-verify-writes"]
    assert [id_ for id_ in order if id_ in wanted] == wanted
    aws = """case "$*" in
      *describe-db-clusters*SecretArn*) echo arn:aws:secretsmanager:eu-west-1:1:secret:copy;;
      *get-secret-value*secret:copy*) echo '{"username": "app", "password": "of-the-copy"}';;
    esac"""
    psql = 'echo "$PGPASSWORD ON $1"'
    text = (
        "\n".join(every[id_].run or "" for id_ in ("copy-password", "compare", "new-password")) + '\necho "$PGPASSWORD"'
    )
    answer = run(tmp_path, text, {"aws": aws, "psql": psql}, PGPASSWORD="of-the-old", COPY="copy.example", WHOLE="true")
    assert "of-the-old ON service=innovate-aws-prod-database\n" in answer
    assert "of-the-copy ON service=innovate-aws-prod-database host=copy.example port=15433\n" in answer
    assert answer.endswith("of-the-copy\n")


def test_a_member_of_a_global_database_is_not_renamed(reference: Project, tmp_path: Path) -> None:
    every = found(reference, "point-in-time-restore", "aws", "scale")
    assert not {"set-old-aside", "take-over", "state", "plan", "apply"} & {*every}
    assert not any("--new-db-cluster-identifier" in (step.run or "") for step in every.values())
    assert every["global"].expect[0].shows == "GLOBAL-MEMBERSHIPS 1"
    order = [*every]
    assert (
        order.index("switch") < order.index("application-start-application") < order.index("verify-copy-verify-writes")
    )
    psql = """case "$*" in *host=copy.example*) n=$(cat n 2>/dev/null || echo 1); echo $((n * 10)); echo $((n + 1)) > n;; esac"""
    verify = every["verify-copy-verify-writes"]
    assert "WRITES-SEEN" in run(tmp_path, verify.run or "", {"psql": psql}, COPY="copy.example", PGPASSWORD="x")
    assert "WRITES-SEEN" not in run(tmp_path, verify.run or "", {"psql": psql}, PGPASSWORD="x")


def test_the_way_to_a_migrated_database_is_opened_when_it_exists(reference: Project) -> None:
    every = found(reference, "aurora-migration", "aws", "scale")
    order = [*every]
    assert (
        order.index("application-start-application")
        < order.index("way-to-database-check")
        < order.index("verify-verify-writes")
    )


def test_the_password_of_a_database_with_a_copy_abroad_is_read_from_the_same_form(
    reference: Project, tmp_path: Path
) -> None:
    """Terraform stores it as RDS does: https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html"""
    step = found(reference, "aurora-migration", "aws", "scale")["way-to-database-password"]
    aws = """case "$*" in *describe-db-clusters*) echo None;; *prod-database-administrator*) echo '{"password": "right"}';; esac"""
    answer = run(tmp_path, f'{step.run}\necho "$PGPASSWORD"', {"aws": aws})
    assert answer.endswith("PASSWORD-IS-SET\nright\n")


def test_a_recovery_from_snapshots_names_the_newest_copy_of_this_cluster(regional: Project, tmp_path: Path) -> None:
    step = found(regional, "region-failover", "aws", "scale")["restore-snapshot"]
    (tmp_path / "infra/aws/05-data").mkdir(parents=True)
    arn = "arn:aws:rds:eu-central-1:1:cluster-snapshot:copy"
    answer = run(tmp_path, step.run or "", {"aws": f"printf '{arn}\\t2026-11-25T01:00:00Z\\n'"})
    assert all(e.shows in answer for e in step.expect), answer
    (written,) = (tmp_path / "infra/aws/05-data").iterdir()
    assert json.loads(written.read_text()) == {"restore_database": {"snapshot": arn}}
    assert "STATED" not in run(tmp_path, step.run or "", {"aws": "echo None"})
