"""What steps prove: an earlier failover, an unknown window and an administrator's session are not taken for something else."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest

from archgen.model.architecture import Architecture
from archgen.project import Project
from archgen.runbooks.here import facts_for
from archgen.runbooks.procedures import read, steps
from archgen.runbooks.steps import FilledStep, fill_in
from archgen.templating.render import Templates
from conftest import ROOT


def filled(a: Architecture, name: str) -> dict[str, FilledStep]:
    """All steps of a runbook, by ID."""
    templates = Templates(ROOT / "templates")
    found = steps(templates, read(templates, name), a)
    return {step.id: step for step in (*found.preparation, *found.steps)}


def answer(script: str) -> str:
    """What a shell answers, on both streams."""
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("product", ["rds-postgresql", "aurora-postgresql"])
def test_events_of_an_earlier_failover_prove_nothing(reference: Project, product: str) -> None:
    """The commands run with a stand-in that answers with the arguments."""
    a = reference.resolved.standing("aws", "prod")
    facts = facts_for(a, a.document.runbooks["database-failover"])
    templates = Templates(ROOT / "templates")
    found = {s.id: s for s in fill_in(templates, f"runbooks/database-failover/{product}.yaml", facts)}
    aws = "aws() { printf '%s ' \"$@\"; echo; }\n"
    without = answer(aws + (found["events"].run or ""))
    assert "START: set in the step that fails over" in without
    assert "describe-events" not in without
    both = answer(aws + (found["fail-over"].run or "") + "\n" + (found["events"].run or ""))
    assert "--start-time 2" in both.split("describe-events")[1]


@pytest.mark.parametrize(
    ("earliest", "proven"), [("2026-11-20T00:00:00Z", True), ("", False), ("2026-11-26T00:00:00Z", False)]
)
def test_a_window_whose_beginning_is_not_known_is_not_taken_for_one(
    reference: Project, earliest: str, proven: bool
) -> None:
    step = filled(reference.resolved.standing("gcp", "prod"), "point-in-time-restore")["window"]
    gcloud = f"gcloud() {{ case \"$*\" in *earliest*) echo '{earliest}' ;; *) echo 2026-11-27T00:00:00Z ;; esac; }}\n"
    said = answer(f"{gcloud}RESTORE_TIME=2026-11-25T11:58:00Z\n{step.run}")
    assert ("TIME-IS-IN-THE-WINDOW" in said) is proven
    assert earliest or "EARLIEST: not stated" in said


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_a_session_of_the_administrator_is_called_so_with_what_must_not_be_done(reference: Project, cloud: str) -> None:
    a = reference.resolved.standing(cloud, "prod")
    found = filled(a, "database-failover")
    text = found["database-password"].text or ""
    assert "this session is that of the administrator `postgres`, who may change and delete everything" in text
    assert "Run only what a step of this runbook shows" in text
    assert "unset PGPASSWORD" in text
    signs_in = a.components["database"].model_copy(update={"iam_authentication": True})
    other = filled(replace(a, components={**a.components, "database": signs_in}), "database-failover")
    assert "database-password" not in other
    assert not [id_ for id_, step in other.items() if "session is that of the administrator" in (step.text or "")]


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_a_database_that_does_not_answer_does_not_stop_the_runbook_that_repairs_it(
    reference: Project, cloud: str
) -> None:
    check = filled(reference.resolved.standing(cloud, "prod"), "database-failover")["database-check"]
    (down,) = (o for o in check.otherwise if "timeout expired" in o.see)
    assert "go on without the session" in down.do


def test_the_check_of_the_account_does_not_lead_from_emergency_access_to_itself(reference: Project) -> None:
    a = reference.resolved.standing("aws", "prod")
    opened = {name: [o.open for o in step.otherwise] for name, step in filled(a, "break-glass").items()}
    assert all("break-glass" not in runbooks for runbooks in opened.values())
    (check,) = (step for name, step in filled(a, "database-failover").items() if name.endswith("-place"))
    assert "break-glass" in [o.open for o in check.otherwise]


@pytest.mark.parametrize(("cloud", "read"), [("aws", "describe-events"), ("gcp", "operations list")])
def test_a_failover_of_the_database_itself_is_looked_for_before_one_is_begun(
    reference: Project, cloud: str, read: str
) -> None:
    every = filled(reference.resolved.standing(cloud, "prod"), "database-failover")
    order = list(every)
    assert order.index("standby") < order.index("already") < order.index("fail-over")
    assert read in (every["already"].run or "")


def test_a_new_certificate_has_an_address_for_terraform_and_is_not_for_later(reference: Project) -> None:
    step = filled(reference.resolved.standing("aws", "prod"), "certificate-failure")["new"]
    assert not step.later
    assert "terraform -chdir=infra/aws/01-edge state list module.acm_certificates" in (step.do or "")


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_the_audit_of_emergency_access_says_what_it_cannot_list(reference: Project, cloud: str) -> None:
    found = filled(reference.resolved.standing(cloud, "prod"), "break-glass")
    assert "the second person writes each of those commands down" in (found["act"].do or "")
    assert "they are not in this list" in (found["calls"].text or "")
