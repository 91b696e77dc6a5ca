"""The runbooks that leave a region and return to it: complete on both clouds, with commands that their tools accept."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from archgen.model.coordinate import Coordinate
from archgen.pipeline import Project, load
from archgen.runbooks.procedures import Procedure, late, read, steps
from archgen.runbooks.steps import FilledStep, happy_minutes
from archgen.templating.render import Templates
from conftest import ROOT, copy_project
from shell_commands import aws_error, commands

pytestmark = pytest.mark.slow

BOTH = ("region-failover", "region-return")


def filled(project: Project, name: str, cloud: str, environment: str = "prod", phase: str = "mvp") -> list[FilledStep]:
    """The steps of a runbook at a coordinate."""
    templates = Templates(ROOT / "templates")
    a = project.resolved.architectures[Coordinate(cloud, environment, phase)]
    found = steps(templates, read(templates, name), a)
    assert isinstance(found, Procedure)
    return list(found.steps)


def ids(found: list[FilledStep]) -> list[str]:
    return [step.id for step in found if not step.id.endswith("-place")]


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_a_failover_fences_restores_tests_switches_and_verifies_in_this_order(reference: Project, cloud: str) -> None:
    found = filled(reference, "region-failover", cloud)
    order = ids(found)
    restore = "database" if cloud == "aws" else "restore"
    wanted = ["decide", "fence-database", "print-commands", restore, "application", "test-entrance", "switch", "verify"]
    assert [id_ for id_ in order if id_ in wanted] == wanted
    assert (
        happy_minutes(found)
        <= reference.resolved.standing(cloud, "prod").document.runbooks["region-failover"].rto_minutes
    )
    assert all(step.undo for step in found if step.changes != "nothing")


@pytest.mark.parametrize(
    ("cloud", "phase", "expected"),
    [("aws", "mvp", "restore-point"), ("aws", "scale", "promote-global"), ("gcp", "scale", "promote")],
)
def test_the_database_follows_the_strategy_of_the_model(
    reference: Project, cloud: str, phase: str, expected: str
) -> None:
    order = ids(filled(reference, "region-failover", cloud, phase=phase))
    assert expected in order
    assert len({"restore-point", "promote-global", "promote"} & {*order}) == 1


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_an_environment_without_a_recovery_region_is_told_so(reference: Project, cloud: str) -> None:
    found = filled(reference, "region-return", cloud, "dev")
    assert "nothing-prepared" in ids(found)
    assert not any(step.run for step in found)


def test_the_restored_database_is_stated_where_terraform_reads_it(reference: Project) -> None:
    (step,) = (s for s in filled(reference, "region-failover", "aws") if s.id == "restore-point")
    assert step.run
    assert "infra/aws/05-data/prod-eu-central-1.restore.tfvars.json" in step.run
    assert "restore_database" in step.run


def _plan_check(project: Project, changes: list[dict[str, object]]) -> str:
    """What the step between plan and apply prints for a plan with these changes of resources."""
    (step,) = (s for s in filled(project, "region-failover", "aws") if s.id == "database-plan")
    assert step.run
    tool = f"terraform() {{ printf '%s' '{json.dumps({'resource_changes': changes})}'; }}\n"
    done = subprocess.run(["bash", "-c", tool + step.run], text=True, capture_output=True, check=False)
    return done.stdout.strip() or done.stderr


def test_the_plan_of_the_restore_must_create_a_database_from_the_copy_and_delete_nothing(reference: Project) -> None:
    def database(actions: list[str], **after: object) -> dict[str, object]:
        return {"address": "db", "type": "aws_db_instance", "change": {"actions": actions, "after": after}}

    copy: dict[str, object] = {
        "restore_to_point_in_time": [{"source_db_instance_automated_backups_arn": "arn:aws:rds:x"}]
    }
    empty = database(["create"], restore_to_point_in_time=[], snapshot_identifier=None)
    gone: dict[str, object] = {
        "address": "old",
        "type": "aws_kms_key",
        "change": {"actions": ["delete", "create"], "after": {}},
    }
    assert _plan_check(reference, [database(["create"], **copy)]) == "RESTORED-FROM-THE-COPY"
    assert _plan_check(reference, [database(["create"], snapshot_identifier="s")]) == "RESTORED-FROM-THE-COPY"
    assert _plan_check(reference, [empty]) == "STOP: the database would be empty"
    assert _plan_check(reference, [database(["update"], **copy)]) == "STOP: creates no database"
    assert _plan_check(reference, [database(["create"], **copy), gone]) == "STOP: would delete old"


def test_a_second_terminal_gets_the_role_and_the_folder_of_the_recovery_region(reference: Project) -> None:
    found = filled(reference, "region-failover", "aws")
    order = ids(found)
    assert order.index("database-terminal") < order.index("database-plan") < order.index("database")
    (step,) = (s for s in found if s.id == "database-terminal")
    assert step.run
    for text in ("AWS_PROFILE=", "TF_DATA_DIR=.terraform-prod-eu-central-1", "RIGHT-ACCOUNT"):
        assert text in step.run


def test_kubernetes_objects_are_applied_with_the_context_of_the_recovery_region(reference: Project) -> None:
    found = filled(reference, "region-failover", "aws")
    (step,) = (s for s in found if s.id == "objects")
    assert step.run
    assert step.run.count("kubectl --context innovate-aws-prod-eu-central-1 ") == step.run.count("kubectl") == 3
    assert "infra/aws/04-k8s/prod-eu-central-1/namespaces.yaml" in step.run
    assert "remaining" in ids(found)


def _every(project: Project) -> Iterator[tuple[str, str, FilledStep]]:
    for name in BOTH:
        for cloud, phase in (("aws", "mvp"), ("aws", "scale"), ("gcp", "mvp"), ("gcp", "scale")):
            for step in filled(project, name, cloud, phase=phase):
                yield name, cloud, step


def test_every_command_is_read_by_a_shell_and_by_its_tool(reference: Project) -> None:
    seen = 0
    for name, _cloud, step in _every(reference):
        for text in filter(None, (step.run, step.undo_run)):
            for shell in ("bash", "sh"):
                done = subprocess.run([shell, "-n"], input=text, text=True, capture_output=True, check=False)
                assert done.stderr == "", (name, step.id)
            plain = re.sub(r"\$\{([A-Z_]+):\?[^}]*\}", r"$\1", text)
            plain = re.sub(
                r"(version-id) \"\$(?:PREVIOUS|\(.*?\))\"", rf"\1 {'0' * 32}", plain
            )  # its length is checked
            for option, value in (
                ("change-batch", {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": {"Name": "x", "Type": "A"}}]}),
                ("cli-input-json", {}),
            ):
                plain = re.sub(rf"--{option} \"\$\(.*?\)\"(?= --|$)", f"--{option} '{json.dumps(value)}'", plain)
            for command in commands(f"```bash\n{plain}```"):
                if command[0] == "aws":
                    seen += 1
                    error = aws_error(command)
                    assert error is None or "required" in error, (name, step.id, command, error)
    assert seen > 25


def test_no_command_acts_in_a_region_that_is_neither_of_the_two(reference: Project) -> None:
    regions = {"aws": {"eu-west-1", "eu-central-1"}, "gcp": {"europe-west1", "europe-west4"}}
    for name, cloud, step in _every(reference):
        for found in re.findall(r"--(?:region|source-region|location)[ =](\S+)", step.run or ""):
            assert found in regions[cloud], (name, step.id)


def test_objectives_of_every_phase_are_compared_with_the_steps(reference: Project, tmp_path: Path) -> None:
    """Also those of a phase that has not come: the objective would be missed on the first day of it."""
    templates = Templates(ROOT / "templates")
    assert not list(late(templates, reference.resolved))
    folder = copy_project(tmp_path / "copy")
    file = folder / "architecture.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count("scale: {rto_minutes: 180, rpo_minutes: 1}") == 1
    file.write_text(text.replace("scale: {rto_minutes: 180,", "scale: {rto_minutes: 60,"), encoding="utf-8")
    project = load(file).project
    assert project
    found = list(late(templates, project.resolved))
    assert {d.where for d in found} == {("aws, prod, scale",), ("gcp, prod, scale",)}
    assert all("'region-failover' may take 2 h" in d.message and d.message.endswith("is 1 h") for d in found)
