"""`archgen runbook rehearse` runs the commands of a runbook, and fails if a step does not do what it says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from conftest import ROOT, archgen

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")]
ID = "cache-failover"


def test_what_each_step_did_is_printed() -> None:
    result = archgen("runbook", "rehearse", ID, "--at", "aws,stg", cwd=ROOT)
    assert result.code == 0, result.err
    lines = result.out.splitlines()
    assert f"executed  {ID} aws,stg verify" in lines
    assert "          the emulator does not change roles" in lines  # why the step before it was only parsed
    assert "failed" not in result.out
    assert "distinct AWS command lines were executed." in result.err


def test_a_step_that_does_not_show_what_it_says_fails(project: Path) -> None:
    """The project's own steps replace those of archgen: one shows what it says, one shows it in an error too, one does not show it."""
    steps = {"title": "Look", "within": "1m", "otherwise": [{"see": "Nothing", "do": "Ask."}]}
    ask = "aws elasticache describe-replication-groups --region {{ region | sh }} --replication-group-id {{ id | sh }}"
    status = f"{ask} --query 'ReplicationGroups[0].[ReplicationGroupId,Status]' --output text\n"
    stated = {
        "right": {**steps, "run": status, "expect": [{"shows": "available"}]},
        "vacuous": {**steps, "run": status, "expect": [{"shows": "{{ id }}"}]},
        "wrong": {**steps, "run": status, "expect": [{"shows": "on-fire"}]},
    }
    own = project / "templates/runbooks" / ID / "elasticache.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(json.dumps({"steps": stated}), encoding="utf-8")
    result = archgen("runbook", "rehearse", ID, "--at", "aws,stg", cwd=project)
    assert result.code == 1, result.err
    assert f"executed  {ID} aws,stg right" in result.out
    # The error message of the AWS CLI has the ID.
    assert f"failed    {ID} aws,stg vacuous\n          the same answer is given if nothing of it exists" in result.out
    assert f"failed    {ID} aws,stg wrong\n          its answer does not show 'on-fire'" in result.out
    assert "          > innovate-stg-cache" in result.out  # its answer


@pytest.mark.parametrize("part", [(ID,), ("--at", "aws,stg")])
def test_a_record_needs_all_runbooks(part: tuple[str, ...], tmp_path: Path) -> None:
    """That is said before anything is run: here, without the programs that a rehearsal needs."""
    file = tmp_path / "record.json"
    result = archgen("runbook", "rehearse", *part, "-o", str(file), cwd=ROOT, env={"PATH": str(tmp_path)})
    assert result.code == 2
    assert "a record needs all runbooks at all coordinates" in result.err
    assert not file.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("cache-failovr",), "unknown runbook 'cache-failovr'"),
        (("--at", "aws,nowhere"), "nowhere"),
    ],
)
def test_wrong_usage_is_said(arguments: tuple[str, ...], message: str) -> None:
    result = archgen("runbook", "rehearse", *arguments, cwd=ROOT)
    assert result.code == 2
    assert message in result.err
