"""Workflows and databases of Firestore, which archgen makes without modules, and what a stack states for them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.project import Project
from archgen.rules import stack_settings
from archgen.terraform.google import gcp_apis
from conftest import missing, project_of
from terraforming import stack_fixtures, terraform, values_of, write_roots
from tools.check_google_roots import check

MODEL = """\
version: 2
name: Shop
project: shop
clouds: {gcp: {region: europe-west1}}
environments: {prod: {name: Prod, gcp: {project: shop-prod}}}
defaults:
  kinds:
    workflow: {product: workflows}
    document-database: {product: firestore}
    api-gateway: {product: api-gateway-gcp}
components:
  keys: {kind: key-management, title: Keys, product: cloud-kms, rotation_days: 90, protects: [orders, fulfillment]}
  nightly: {kind: schedule, title: Nightly, product: cloud-scheduler, expression: 30 2 * * *, calls: {fulfillment: {kind: event}}}
  fulfillment: {kind: workflow, title: Fulfillment, logging: error, history: detailed, calls: {orders: {data: received}}}
  billing: {kind: workflow, title: Billing, calls: {orders: {data: sent}}}
  orders:
    kind: document-database
    title: Orders
    point_in_time_recovery: true
    backup_retention_days: 14
  bus:
    kind: event-bus
    title: Bus
    product: eventarc
    dead_letters: failed
    patterns:
      resize: '{"type": "google.cloud.storage.object.v1.finalized", "bucket": "uploads"}'
      billing: '{"type": "google.cloud.pubsub.topic.v1.messagePublished"}'
      scan: '{"type": "google.cloud.storage.object.v1.finalized"}'
    calls:
      resize: {kind: event, data: sent}
      billing: {kind: event, data: sent}
      scan: {kind: event, data: sent}
      fulfillment: {kind: event, data: sent}
      failed: {kind: event, data: sent}
  resize: {kind: container-service, title: Resize, product: cloud-run, image: "example.com/resize"}
  scan: {kind: function, title: Scan, product: cloud-run-functions, runtime: python313}
  failed: {kind: queue, title: Failed, product: pub-sub}
  shop: {kind: api-gateway, title: Shop, type: rest, calls: {resize: {protocol: https}}}
  inner: {kind: api-gateway, title: Inner, endpoint: private}
  drafts: {kind: document-database, title: Drafts, deletion_protection: false}
terraform:
  path: "infra/{cloud}/{stack}"
  stacks:
    made:
      purpose: All.
      modules: [kms, service-accounts, cloud-run, workflows, firestore, schedules, eventarc-triggers, api-gateway]
      set:
        cloud-run: {containers: {expression: "[run_container(component_name, 'v1')]"}}
        api-gateway: {openapi: {expression: "{'swagger': '2.0', 'info': {'title': component.title, 'version': '1'}, 'paths': {}} | tojson"}}
        workflows: {source: {expression: "{'main': {'steps': [{'end': {'return': component_name}}]}} | tojson"}}
"""


project, root, made = stack_fixtures(MODEL, "infra/gcp/made")


def _problems(project: Project, code: str) -> list[Diagnostic]:
    return [problem for problem in project.plans.problems if problem.code == code]


def test_a_workflow_has_what_the_model_states_and_the_steps_of_the_stack(made: dict[str, Any], root: Path) -> None:
    workflow = made["workflow_fulfillment"]
    assert (workflow["logs"], workflow["history"]) == ("LOG_ERRORS_ONLY", "EXECUTION_HISTORY_DETAILED")
    assert json.loads(workflow["source"]) == {"main": {"steps": [{"end": {"return": "fulfillment"}}]}}
    assert workflow["own_key"] == "fulfillment"
    billing = made["workflow_billing"]
    assert (billing["logs"], billing["history"], billing["own_key"]) == (None, None, None)
    main = " ".join((root / "main.tf").read_text().split())
    assert "service_account = local.service_account_fulfillment_email" in main
    assert "source_contents = each.value.source" in main


def test_identities_may_do_what_workflows_call(made: dict[str, Any]) -> None:
    for name, role in (("fulfillment", "roles/datastore.viewer"), ("billing", "roles/datastore.user")):
        account = made[f"service_account_{name}"]
        (limited,) = account["limited_roles"].values()
        assert (account["roles"], limited["role"]) == ([], role)
        assert limited["expression"].startswith("resource.name == 'projects/shop-prod/databases/shop-prod-")
    assert made["service_account_nightly"]["roles"] == ["roles/workflows.invoker"]


def test_a_schedule_runs_a_workflow(made: dict[str, Any], root: Path) -> None:
    assert made["schedules_nightly"]["jobs"] == {
        "fulfillment": {"deadline": None, "form": "workflow", "name": "shop-prod-nightly-fulfillment"}
    }
    assert '"fulfillment" = local.workflow_fulfillment_id' in (root / "main.tf").read_text()


def test_a_workflow_without_steps_is_reported_and_refused(root: Path, tmp_path: Path) -> None:
    model = MODEL.partition("      set:\n")[0]
    messages = [problem.message for problem in _problems(project_of(tmp_path / "model", model), "ARC-F026")]
    assert "the stack 'made' does not state the steps of its workflows, so the plan fails" in messages
    assert "the stack 'made' does not state the OpenAPI document of its APIs, so the plan fails" in messages
    if shutil.which("terraform") is None:
        missing("terraform")
    shutil.copytree(root, tmp_path / "made")
    wrong = json.loads((root / "prod.tfvars.json").read_text())
    wrong["workflow_billing"]["source"] = None
    (tmp_path / "made/prod.tfvars.json").write_text(json.dumps(wrong))
    (result,) = check(tmp_path / "made", None)
    assert "State the steps, as source of workflows" in " ".join(result.errors.split())


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("workflows: {steps: {value: x}}", "the module 'workflows' of archgen has no input 'steps'"),
        ("workflows: {name: {value: x}}", "the module 'workflows' of archgen has no input 'name'"),
        ("workflows: {source: {value: [x]}}", 'source must be a string, but is ["x"]'),
        ("kms: {keyring: {value: x}}", "the stack does not call a module 'kms'"),
    ],
)
def test_only_what_a_binding_lists_can_be_set(tmp_path: Path, given: str, reason: str) -> None:
    model = MODEL.partition("        workflows: {source")[0] + f"        {given}\n"
    (found,) = stack_settings.check(project_of(tmp_path, model).resolved.default)
    assert found.message == reason


def test_a_database_has_what_the_model_states(made: dict[str, Any]) -> None:
    orders = made["firestore_orders"]
    assert (orders["name"], orders["location"]) == ("shop-prod-orders", "europe-west1")
    assert (orders["restorable"], orders["backup_days"], orders["protected"]) == (True, 14, True)
    assert orders["own_key"] == "orders"
    drafts = made["firestore_drafts"]
    assert (drafts["restorable"], drafts["backup_days"], drafts["protected"]) == (None, None, False)
    assert made["kms_keys"]["keys"] == {"fulfillment": "gcp-sa-workflows", "orders": "gcp-sa-firestore"}


def test_a_database_in_several_regions_needs_its_location(tmp_path: Path) -> None:
    wide = MODEL.replace("title: Drafts,", "title: Drafts, disaster_recovery: multi-region,")
    (problem,) = _problems(project_of(tmp_path, wide), "ARC-F026")
    assert "which regions its databases are in" in problem.message
    stated = wide + "        firestore: {location: {value: eur3}}\n"
    write_roots(project_of(tmp_path / "stated", stated), tmp_path)
    assert values_of(tmp_path / "infra/gcp/made")["firestore_drafts"]["location"] == "eur3"


def test_triggers_deliver_what_rules_select_to_services_and_workflows(made: dict[str, Any], root: Path) -> None:
    triggers = made["event_triggers_bus"]["triggers"]
    assert {key: (trigger["form"], trigger["target"]) for key, trigger in triggers.items()} == {
        "billing": ("workflow", "billing"),
        "resize": ("service", "resize"),
    }
    assert triggers["resize"]["criteria"] == {
        "bucket": "uploads",
        "type": "google.cloud.storage.object.v1.finalized",
    }
    assert {"roles/run.invoker", "roles/workflows.invoker"} <= set(made["service_account_bus"]["roles"])
    main = " ".join((root / "main.tf").read_text().split())
    assert "service_account = local.service_account_bus_email" in main


def test_what_no_trigger_delivers_is_reported(project: Project) -> None:
    found = {".".join(map(str, p.path)): p.message for p in _problems(project, "ARC-F025")}
    assert set(found) == {
        "components.bus.calls.fulfillment",
        "components.bus.calls.scan",
        "components.bus.dead_letters",
    }
    assert "no rule for it that is a JSON object" in found["components.bus.calls.fulfillment"]
    assert "are made with the functions" in found["components.bus.calls.scan"]


def test_an_api_has_its_document_and_an_identity_for_what_it_calls(made: dict[str, Any], root: Path) -> None:
    api = made["api_gateway_shop"]
    assert json.loads(api["openapi"])["info"]["title"] == "Shop"
    assert made["service_account_shop"]["roles"] == ["roles/run.invoker"]
    assert "api_gateway_inner" not in made
    providers = (root / "providers.tf").read_text()
    assert 'provider "google-beta"' in providers
    assert "api_config = google_api_gateway_api_config.api_gateway_shop[each.key].id" in " ".join(
        (root / "main.tf").read_text().split()
    )


def test_a_project_with_an_api_has_the_apis_of_configurations(project: Project) -> None:
    assert "servicemanagement.googleapis.com" in gcp_apis(project.resolved.default)


def test_the_root_of_workflows_and_databases_fits(root: Path, record_property: Callable[[str, str], None]) -> None:
    if shutil.which("terraform") is None:
        missing("terraform")
    record_property("checks", "gcp kinds/serverless plan")
    record_property("how", "read: references, as a plan")
    checkouts = os.environ.get("ARCHGEN_MODULES")
    (result,) = check(root, Path(checkouts) if checkouts else None)
    assert result.errors == ""
    checked = terraform("fmt", "-check", "-diff", ".", cwd=root)
    assert checked.returncode == 0, checked.stdout
