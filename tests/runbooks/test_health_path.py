"""Steps that prove that users are served call the path that a service states, or say that the model states none and ask for it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from archgen.model.architecture import Architecture
from archgen.pipeline import load
from archgen.project import Project
from archgen.runbooks.here import Here
from archgen.runbooks.procedures import read, steps
from archgen.runbooks.steps import FilledStep
from archgen.templating.render import Templates
from conftest import ROOT, copy_project

# Runbooks of the reference with a step that calls the API, and the ID of that step.
CALLS = {
    "zone-failure": "called-api",
    "error-budget": "called-api",
    "cluster-upgrade": "called-api",
    "region-failover": "test-entrance",
    "region-return": "verify",
}


def filled(name: str, a: Architecture) -> dict[str, FilledStep]:
    """The steps of a runbook, by ID."""
    templates = Templates(ROOT / "templates")
    return {step.id: step for step in steps(templates, read(templates, name), a).steps}


@pytest.fixture(scope="module")
def stated(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The reference model with a health path of its service."""
    folder = copy_project(tmp_path_factory.mktemp("health"))
    file = folder / "architecture.yaml"
    text = file.read_text(encoding="utf-8")
    assert text.count("\n    kind: service\n") == 1
    file.write_text(
        text.replace("\n    kind: service\n", "\n    kind: service\n    health: /v1/ready\n"), encoding="utf-8"
    )
    project = load(file).project
    assert project
    return project


def call_of(name: str, a: Architecture) -> FilledStep:
    found = filled(name, a)
    return next(step for id_, step in found.items() if id_ == CALLS[name] or (id_.endswith("-api") and step.run))


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
@pytest.mark.parametrize("name", CALLS)
def test_without_a_stated_path_a_person_asks_its_owner_for_one(reference: Project, name: str, cloud: str) -> None:
    a = reference.resolved.standing(cloud, "prod")
    call = call_of(name, a)
    (ask,) = (ask for ask in call.asks if ask.name in ("API_PATH", "HEALTH_PATH"))
    assert f'"${{{ask.name}:?' in (call.run or "")
    told = " ".join(
        filter(None, (step.do if step.id == "health-ask" else step.text for step in filled(name, a).values()))
    )
    assert "The model states no `health` path of Flask API" in told
    assert "the team Product" in told


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
@pytest.mark.parametrize("name", CALLS)
def test_a_stated_path_is_called_and_not_asked_for(stated: Project, name: str, cloud: str) -> None:
    a = stated.resolved.standing(cloud, "prod")
    call = call_of(name, a)
    assert not call.asks
    assert "/v1/ready" in (call.run or "")
    assert "health-ask" not in filled(name, a)
    assert not [step.id for step in filled(name, a).values() if "states no `health`" in (step.text or "")]


@pytest.mark.slow
def test_no_template_makes_a_path_up() -> None:
    """What a person could copy by mistake does not look like a path that may exist."""
    seen = 0
    for file in (ROOT / "templates/runbooks").rglob("*.yaml"):
        for step in (yaml.safe_load(file.read_text(encoding="utf-8")).get("steps") or {}).values():
            for name, ask in step.get("ask", {}).items():
                if name.endswith("_PATH"):
                    seen += 1
                    assert ask["example"] == "/THE-PATH-FROM-ITS-OWNER", file
    assert seen >= 4


def test_the_path_is_that_of_the_service_that_uses_the_component(tmp_path: Path) -> None:
    text = """version: 2
name: T
project: two
clouds: {aws: {region: eu-west-1, availability_zones: [eu-west-1a]}}
environments: {live: {name: Live, aws: {account: main, cidr: 10.41.0.0/16}}}
teams: {data: {name: Data}}
network: {tiers: {app: {name: App, internet: outbound, prefix_length: 24}}}
components:
  cluster: {kind: kubernetes-cluster, title: Cluster, version: "1.35", endpoint: private, when: {aws: {product: eks}}}
  shop: {kind: service, title: Shop, runs_on: cluster, health: /shop/ready}
  orders: {kind: service, title: Orders, runs_on: cluster, health: /orders/ready, calls: {database: {}}}
  mail: {kind: service, title: Mail, runs_on: cluster, owner: data}
  database: {kind: postgresql, title: Database, engine_version: "17", storage_gib: 20, placement: app, backup: {retention_days: 7},
             when: {aws: {product: rds-postgresql, size: db.t4g.small}}}
"""
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    loaded = load(tmp_path / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    a = loaded.project.resolved.standing("aws", "live")
    assert Here(a, "database").health.path == "/orders/ready"
    assert Here(a, "mail").health.path == "/shop/ready"  # it states none, so any other service
    assert Here(a, "shop").health.path == "/shop/ready"
    assert Here(a, "cluster").health.service == "Shop"  # no service calls it


@pytest.mark.parametrize("wrong", ["api/ready", "/api ready", "https://x.example/a", "/a'b"])
def test_only_a_path_of_a_request_is_taken(tmp_path: Path, wrong: str) -> None:
    folder = copy_project(tmp_path)
    file = folder / "architecture.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("\n    kind: service\n", f'\n    kind: service\n    health: "{wrong}"\n'), encoding="utf-8"
    )
    loaded = load(file)
    assert [d.message for d in loaded.diagnostics if "is not the path of a request such as /api/ready" in d.message]


def test_the_command_with_a_stated_path_is_one_address(stated: Project) -> None:
    run = call_of("error-budget", stated.resolved.standing("aws", "stg")).run or ""
    script = f"curl() {{ printf '%s\\n' \"$@\"; }}\n{run}"
    answer = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout.splitlines()
    assert answer[-1].startswith("https://")
    assert answer[-1].endswith("/v1/ready")
