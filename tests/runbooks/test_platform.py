"""Runbooks about the platform, the edge and costs: the right account, owners that are paused, numbers, and success that is proven."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from archgen.model.coordinate import Coordinate
from archgen.pipeline import Project
from archgen.runbooks.here import Here
from archgen.runbooks.procedures import Procedure, read, steps
from archgen.runbooks.steps import FilledStep, happy_minutes
from archgen.templating.render import Templates
from conftest import ROOT

pytestmark = pytest.mark.slow


def filled(project: Project, runbook: str, cloud: str, environment: str, phase: str = "mvp") -> dict[str, FilledStep]:
    """The steps of a runbook, by ID."""
    templates = Templates(ROOT / "templates")
    architecture = project.resolved.architectures[Coordinate(cloud, environment, phase)]
    found = steps(templates, read(templates, runbook), architecture)
    assert isinstance(found, Procedure)
    return {step.id: step for step in found.steps}


def answered(step: FilledStep, folder: Path, **programs: str) -> str:
    """The answer of a step whose tools are replaced by programs that print a text."""
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    for name, text in programs.items():
        (folder / f"{name}.txt").write_text(text)
        (tools / name).write_text(f"#!/bin/sh\ncat {folder / name}.txt\n")
        (tools / name).chmod(0o755)
    environment = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", step.run or ""], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False,
    )  # fmt: skip
    return done.stdout


def costs(**days: list[float]) -> str:
    """An answer of Cost Explorer: the amounts of each service, day by day."""
    number = max(len(amounts) for amounts in days.values()) if days else 0

    def group(service: str, amount: float) -> dict[str, Any]:
        return {"Keys": [service], "Metrics": {"UnblendedCost": {"Amount": str(amount), "Unit": "USD"}}}

    return json.dumps(
        {
            "ResultsByTime": [
                {
                    "TimePeriod": {"Start": f"2026-11-{day + 10}"},
                    "Groups": [group(service, amounts[day]) for service, amounts in days.items()],
                }
                for day in range(number)
            ]
        }
    )


# -- costs -----------------------------------------------------------------------------------------------------


def test_the_service_that_grew_most_comes_first(reference: Project, tmp_path: Path) -> None:
    step = filled(reference, "cost-anomaly", "aws", "prod")["services"]
    assert '"444455556666"' in (step.run or "")  # not all accounts of the organization
    sample = costs(EC2=[101.0, 101.5], NAT=[10.1, 1200.1], S3=[9.0, 6.0], KMS=[0.0, 10.5])
    lines = answered(step, tmp_path, aws=sample).splitlines()[1:]
    assert [line.split(":")[1].split()[0] for line in lines] == ["NAT", "KMS", "EC2", "S3"]
    assert lines[0] == "GREW BY 1190: NAT 11-10=10.1 11-11=1200.1"  # all days, not only the last one
    assert lines[1].startswith("NEW BY 10.5: KMS")
    assert answered(step, tmp_path, aws=costs()) == "NO COSTS\n"


def test_a_kind_of_use_is_not_hidden_because_it_costs_more_than_nine(reference: Project, tmp_path: Path) -> None:
    step = filled(reference, "cost-anomaly", "aws", "prod")["usage"]
    (tmp_path / "before").write_text("")
    values = {"SERVICE": "EC2 - Other", "FROM": "2026-11-10", "TO": "2026-11-12"}
    os.environ.update(values)
    try:
        found = answered(step, tmp_path, aws=costs(Small=[6.0, 6.0], Large=[100.0, 1200.1], Middle=[10.5, 10.5]))
    finally:
        for name in values:
            del os.environ[name]
    assert [line.rsplit(" ", 1)[1] for line in found.splitlines()] == ["Large", "Middle", "Small"]


# -- who owns what is changed --------------------------------------------------------------------------------------


@pytest.mark.parametrize("runbook", ["latency-budget", "error-budget"])
def test_pods_are_added_through_their_autoscaler_while_delivery_is_paused(reference: Project, runbook: str) -> None:
    found = filled(reference, runbook, "aws", "prod")
    order = list(found)
    assert order.index("more-pause") < order.index("more-scale") < order.index("afterwards-resume")
    assert '"automated":null' in (found["more-pause"].run or "")
    assert "patch horizontalpodautoscaler api" in (found["more-scale"].run or "")
    assert all(
        "kubectl scale" not in (step.run or "") and " scale deployment" not in (step.run or "")
        for step in found.values()
    )
    kept = '"$HOME/"hpa-before-innovate-aws-prod-api.json'
    assert f"> {kept}" in (found["more-scale"].run or "")
    assert f"--patch-file={kept}" in (found["more-scale"].undo_run or "")
    assert "more-pause" not in filled(reference, runbook, "gcp", "prod")  # Cloud Deploy takes nothing back


@pytest.mark.parametrize("runbook", ["latency-budget", "error-budget"])
def test_a_person_adds_a_node_where_no_autoscaler_does(reference: Project, runbook: str) -> None:
    found = filled(reference, runbook, "aws", "prod")
    order = list(found)
    assert order.index("health-pods") < order.index("room-grow") < order.index("more-scale")
    assert any("steps that add a node" in (case.do or "") for case in found["health-pods"].otherwise)
    assert found["room-grow"].undo_run
    others = filled(reference, runbook, "aws", "prod", "growth")  # Karpenter adds nodes by itself
    assert not [id_ for id_ in others if id_.startswith("room-")]
    assert not any("steps that add a node" in (case.do or "") for case in others["health-pods"].otherwise)


@pytest.mark.parametrize("runbook", ["latency-budget", "error-budget"])
def test_a_person_raises_the_limit_of_a_pool_that_is_full(reference: Project, runbook: str) -> None:
    found = filled(reference, runbook, "gcp", "prod")
    order = list(found)
    assert order.index("health-pods") < order.index("room-pools") < order.index("room-grow")
    assert found["room-grow"].undo_run


def test_a_pool_of_karpenter_is_not_given_a_second_requirement(reference: Project) -> None:
    found = filled(reference, "spot-interruption", "aws", "prod", "growth")
    assert all('"op":"add"' not in (step.run or "") for step in found.values())
    assert any(expected.shows == "on-demand" for expected in found["events"].expect)


def test_the_cluster_is_upgraded_by_its_owner(reference: Project) -> None:
    for cloud in ("aws", "gcp"):
        found = filled(reference, "cluster-upgrade", cloud, "prod")
        assert "archgen terraform order" in (found["plan-change"].run or "")
        assert found["plan-apply"].changes == "destructive"
        assert all("update-cluster-version" not in (step.run or "") for step in found.values())


# -- accounts --------------------------------------------------------------------------------------------------------


def test_findings_are_read_in_the_security_account_and_contained_where_they_happened(reference: Project) -> None:
    found = filled(reference, "threat-finding", "aws", "prod")
    security = {id_ for id_, step in found.items() if step.home.number == "222233334444"}
    assert {"find", "read", "quiet", "archive"} <= security
    assert {"hold", "evidence", "quarantine", "isolate", "role", "key"}.isdisjoint(security)
    assert {found[id_].home.number for id_ in ("evidence", "isolate")} == {"444455556666"}
    order = list(found)
    for id_ in ("find", "hold", "quiet"):  # the account is checked wherever it changes
        assert order[order.index(id_) - 1] == f"{id_}-place"
    assert order.index("evidence") < order.index("isolate")
    run = found["isolate"].run or ""
    assert run.index("detach-instances") < run.index("modify-network-interface-attribute")


def test_a_node_on_google_cloud_leaves_its_group_before_it_is_isolated(reference: Project) -> None:
    found = filled(reference, "threat-finding", "gcp", "prod")
    order = list(found)
    assert order.index("evidence") < order.index("abandon") < order.index("isolate")
    assert all("instances stop" not in (step.run or "") for step in found.values())


# -- what proves success ----------------------------------------------------------------------------------------------


def test_error_rates_need_traffic(reference: Project, tmp_path: Path) -> None:
    step = filled(reference, "error-budget", "aws", "prod")["measured-error-rate"]
    for answer, shown in (("0", "NO TRAFFIC"), ("None", "NO TRAFFIC"), ("", "NO ANSWER")):
        assert shown in answered(step, tmp_path, aws=answer)
    assert "TOO MANY" in answered(step, tmp_path, aws="500")  # as many errors as requests
    assert all(expected.shows == "FEW-ENOUGH" for expected in step.expect)


def test_an_empty_cluster_is_not_taken_for_a_healthy_one(reference: Project, tmp_path: Path) -> None:
    step = filled(reference, "zone-failure", "gcp", "prod")["capacity-everything"]
    healthy = {
        "metadata": {"namespace": "app", "name": "api"},
        "spec": {"replicas": 2},
        "status": {"availableReplicas": 2},
    }
    lacking = {**healthy, "status": {"availableReplicas": 1}}
    for items, shown in (([], "wrong cluster"), ([lacking], "MISSING: app/api"), ([healthy], "ALL-AVAILABLE")):
        assert shown in answered(step, tmp_path, kubectl=json.dumps({"items": items}))


def test_no_runbook_takes_silence_for_success(reference: Project) -> None:
    templates = Templates(ROOT / "templates")
    for architecture in reference.resolved.today():
        for name in architecture.document.runbooks:
            found = steps(templates, read(templates, name), architecture)
            for step in found.steps if isinstance(found, Procedure) else ():
                for expected in step.expect:
                    assert "No resources found" not in expected.shows, (name, step.id)
                for old in ("$(date -u -d", "| readarray", "<(", "example.com"):
                    assert old not in re.sub(r"date -u -v\S+ \S+ 2>/dev/null \|\| date -u -d", "", step.run or ""), (
                        name,
                        step.id,
                    )


# -- environments -------------------------------------------------------------------------------------------------------


def test_each_environment_asks_for_its_own_site_and_api(reference: Project) -> None:
    for environment, domain in (
        ("dev", "dev.innovate.example"),
        ("stg", "stg.innovate.example"),
        ("prod", "innovate.example"),
    ):
        for cloud, host in (("aws", domain), ("gcp", f"api.{domain}")):
            run = filled(reference, "zone-failure", cloud, environment)["called-api"].run or ""
            assert f' https://{host}"' in run
            assert f"https://{domain}/" in (filled(reference, "spa-roll-back", cloud, environment)["seen"].run or "")


def test_nothing_is_broken_on_purpose_in_production(reference: Project) -> None:
    for cloud in ("aws", "gcp"):
        assert {step.changes for step in filled(reference, "game-day", cloud, "prod").values()} == {"nothing"}
        broken = filled(reference, "game-day", cloud, "stg")["machine"]
        assert broken.changes == "reversible"
        assert "innovate-stg" in (broken.run or "")


def test_the_environment_before_and_objectives(reference: Project) -> None:
    here = {
        name: Here(reference.resolved.architectures[Coordinate("aws", name, "mvp")]) for name in ("dev", "stg", "prod")
    }
    assert [here[name].promoted_from for name in here] == [None, "dev", "stg"]
    assert [here[name].promoted_from_title for name in here] == [None, "Development", "Staging"]
    assert [here[name].production for name in here] == [False, False, True]
    objective = here["prod"].objective("errors")
    assert objective
    assert objective.percent == 99.9
    assert here["prod"].objective("availability") is None


def test_returning_later_does_not_count_against_the_objective(reference: Project) -> None:
    found = list(filled(reference, "zone-failure", "aws", "prod").values())
    total = happy_minutes(found)
    assert total
    assert total < 15
    assert [step.id for step in found if step.later] == ["return"]
    assert total + 5 > 15
