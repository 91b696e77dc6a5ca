"""Runbooks about data: what they name, stop and prove, at every coordinate of the reference model."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from archgen.model.architecture import Architecture
from archgen.model.coordinate import Coordinate
from archgen.pipeline import Project
from archgen.runbooks.procedures import Procedure, read, steps
from archgen.runbooks.steps import FilledStep, happy_minutes
from archgen.runbooks.surroundings import callers, stack_of
from archgen.templating.render import Templates
from conftest import ROOT

pytestmark = pytest.mark.slow

ABOUT_DATA = (
    "aurora-migration", "cache-failover", "credential-rotation", "database-failover", "database-scaling", "disaster-recovery-promote",
    "log-archive-retrieval", "point-in-time-restore", "snapshot-copy-and-restore", "terraform-state",
)  # fmt: skip
Found = Mapping[tuple[str, Coordinate], tuple[Architecture, tuple[FilledStep, ...]]]
PLACES = tuple(Coordinate(c, e, p) for c in ("aws", "gcp") for e in ("stg", "prod") for p in ("mvp", "scale"))


@pytest.fixture(scope="module")
def procedures(reference: Project) -> Found:
    templates = Templates(ROOT / "templates")
    found = {}
    for name in ABOUT_DATA:
        for place in PLACES:
            architecture = reference.resolved.architectures[place]
            if name in architecture.document.runbooks:
                procedure = steps(templates, read(templates, name), architecture)
                assert isinstance(procedure, Procedure)
                found[name, place] = (architecture, procedure.steps)
    return found


def text(step: FilledStep) -> str:
    """Everything that a person may run in a step."""
    return "\n".join(filter(None, (step.run, step.undo_run)))


def test_every_procedure_fits_into_its_recovery_time_objective(procedures: Found) -> None:
    limited = 0
    for (name, place), (architecture, found) in procedures.items():
        objective, total = architecture.document.runbooks[name].rto_minutes, happy_minutes(list(found))
        if objective and total:
            limited += 1
            assert total < objective, (name, str(place), total)
    assert limited > 20


def test_lists_of_databases_and_snapshots_are_filtered_by_the_instance(procedures: Found) -> None:
    listing = re.compile(r"describe-db-(?:snapshots|instances|clusters|cluster-snapshots)\b[^\n]*")
    looked_at = 0
    for (name, place), (_architecture, found) in procedures.items():
        for step in found:
            for call in listing.findall(text(step)):
                looked_at += 1
                assert re.search(r"--db-[a-z-]*identifier |DBInstanceIdentifier==", call), (
                    name,
                    str(place),
                    step.id,
                    call,
                )
    assert looked_at > 80


def test_a_name_that_is_restored_is_never_that_of_the_live_database(procedures: Found) -> None:
    for (name, place), (architecture, found) in procedures.items():
        live = architecture.identifier("database")
        for step in found:
            targets = re.findall(r"--(?:target-db-instance-identifier|restore-instance)[= ](\S+)", text(step))
            targets += re.findall(r"gcloud sql instances (?:delete|clone \S+) (\S+)", text(step))
            targets += re.findall(r"delete-db-instance [^\n]*--db-instance-identifier (\S+)", text(step))
            assert live not in targets, (name, str(place), step.id)


def test_nothing_becomes_reachable_from_the_internet(procedures: Found) -> None:
    made = 0
    for (name, place), (_architecture, found) in procedures.items():
        for step in found:
            commands = text(step).replace("\\\n", " ")
            for call in re.findall(r"aws rds (?:restore-db-instance|create-db-instance)\S* [^\n]*", commands):
                made += 1
                assert "--no-publicly-accessible" in call, (name, str(place), step.id)
            for call in re.findall(r"gcloud sql instances create [^\n]*", commands):
                made += 1
                assert "--no-assign-ip" in call, (name, str(place), step.id)
                assert "--network=" in call, (name, str(place), step.id)
                assert "--storage-size=" in call, (name, str(place), step.id)
    assert made > 10


def test_writes_stop_before_the_database_is_switched_and_start_after_it(procedures: Found) -> None:
    switches = {
        "take-over",
        "switch",
    }  # a copy gets the name of the database where it can, or else the secret its address
    for place in PLACES:
        _architecture, found = procedures["point-in-time-restore", place]
        ids = [step.id for step in found]
        (switch,) = (ids.index(id_) for id_ in ids if id_ in switches)
        verify = next(ids.index(id_) for id_ in ids if id_.endswith("-verify-writes"))
        stop, start = ids.index("writers-stop-writes"), ids.index("application-start-application")
        assert ids.index("compare") < stop < switch < start < verify
        if "writers-pause-delivery" in ids:
            assert ids.index("writers-pause-delivery") < stop
            assert start < ids.index("application-resume-delivery")


def test_terraform_is_told_which_database_it_is_after_a_restore(procedures: Found) -> None:
    for place in PLACES:
        architecture, found = procedures["point-in-time-restore", place]
        if architecture.components["database"].product == "aurora-postgresql" and place.environment == "prod":
            assert any(step.id == "state-later" for step in found)  # a member of a global database: people decide
            continue
        state = next(step for step in found if step.id == "state")
        assert "state rm" in text(state)
        assert " import " in text(state)
        assert "NOTHING-IS-REPLACED" in text(next(step for step in found if step.id == "plan"))


def test_copies_are_verified_after_the_state_is_corrected_and_the_plan_is_applied(procedures: Found) -> None:
    """A restored instance has no copies in the recovery region until Terraform, or a person, starts them."""
    _architecture, found = procedures["point-in-time-restore", Coordinate("aws", "prod", "mvp")]
    ids = [step.id for step in found]
    assert ids.index("state") < ids.index("plan") < ids.index("apply") < ids.index("copies")
    assert ids.index("take-over") < ids.index("new-password") < ids.index("verify-verify-writes")
    plan = text(next(step for step in found if step.id == "plan"))
    assert 'index("delete")' in plan
    assert 'actions == ["create"]' in plan


def test_the_lock_and_the_versions_of_a_state_are_read_by_their_exact_names(procedures: Found) -> None:
    _architecture, found = procedures["terraform-state", Coordinate("aws", "prod", "mvp")]
    assert "Versions[?Key=='$KEY']" in text(next(step for step in found if step.id == "versions"))
    push = text(next(step for step in found if step.id == "restore"))
    assert ".serial = $serial + 1" in push
    assert "-force" not in push


def test_the_archive_of_the_organization_is_read_in_its_own_account(procedures: Found) -> None:
    for cloud, home in (("aws", "security"), ("gcp", "shared-security")):
        _architecture, found = procedures["log-archive-retrieval", Coordinate(cloud, "prod", "mvp")]
        assert {step.home.id for step in found if step.acts_on == "cloud"} == {home}


def test_dates_are_computed_on_any_system(procedures: Found) -> None:
    for (name, place), (_architecture, found) in procedures.items():
        for step in found:
            for call in re.findall(r"date -u -d [^)]*", text(step)):
                assert "date -u -v-" in text(step), (name, str(place), step.id, call)
            assert "readarray" not in text(step)
            assert "<(" not in text(step)


def test_services_that_use_a_component_and_the_stack_that_makes_it(reference: Project) -> None:
    now = reference.resolved.architectures[Coordinate("aws", "prod", "mvp")]
    assert list(callers(now, "database")) == ["api"]
    assert list(callers(now, "secrets")) == ["api"]  # the operator reads them there and delivers them
    assert list(callers(now, "monitoring")) == []
    stack = stack_of(now, "database")
    assert stack
    assert (stack.folder, stack.module, stack.values) == (
        "infra/aws/05-data",
        "module.rds_database",
        "prod.tfvars.json",
    )
    state = stack_of(now, "terraform-state")
    assert state
    assert state.folder == "infra/aws/00-backend"
    assert stack_of(now, "users") is None
