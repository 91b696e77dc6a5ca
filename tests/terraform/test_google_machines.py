"""Virtual machines on Compute Engine: what they are made from, groups of them, and load balancers in front of these."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archgen.project import Project
from archgen.terraform.google_machines import image_name
from conftest import missing, project_of
from terraforming import stack_fixtures, terraform, values_of, write_roots
from tools.check_google_roots import check

MODEL = """\
version: 2
name: Shop
project: shop
clouds: {gcp: {region: europe-west1, availability_zones: [europe-west1-b, europe-west1-c]}}
environments: {prod: {name: Prod, gcp: {project: shop-prod, cidr: 10.0.0.0/16}}}
network:
  name: main
  tiers:
    app: {name: App, internet: outbound, prefix_length: 20, netnum: 1}
defaults:
  kinds:
    virtual-machine: {product: compute-engine, size: e2-standard-2, image: debian-cloud/debian-12}
    virtual-machine-group:
      product: managed-instance-group
      size: c4-standard-4
      image: projects/debian-cloud/global/images/family/debian-12
components:
  shoppers: {kind: actor, title: Shoppers, calls: {firewall: {protocol: https}}}
  dns: {kind: dns, title: DNS, product: cloud-dns, domains: [shop.example]}
  firewall: {kind: waf, title: Firewall, product: cloud-armor, rules: [rate-limit], calls: {balancer: {protocol: https}}}
  balancer:
    kind: load-balancer
    title: Balancer
    product: cloud-load-balancing
    access_logs: true
    calls: {web: {protocol: http, port: 8080}}
  keys: {kind: key-management, title: Keys, product: cloud-kms, rotation_days: 90, protects: [ledger]}
  web:
    kind: virtual-machine-group
    title: Web
    min: 2
    max: 9
    desired: 4
    disk_gib: 40
    spot: true
    scale_by: requests
    health_check: application
    updates: automatic
    update_by: replace
    max_unavailable: 2
    calls: {files: {data: both}}
  batch: {kind: virtual-machine-group, title: Batch, min: 3, max: 3}
  ledger: {kind: virtual-machine, title: Ledger, disk_type: pd-ssd, public_address: true}
  relays: {kind: virtual-machine, title: Relays, count: 3, image: relay}
  files: {kind: object-store, title: Files, product: cloud-storage}
terraform:
  path: "infra/{cloud}/{stack}"
  stacks:
    made:
      purpose: All.
      modules: [network, kms, service-accounts, instance-template, mig, compute-instance, cloud-armor, lb-http]
"""


project, root, made = stack_fixtures(MODEL, "infra/gcp/made")


def _lacks(project: Project) -> list[str]:
    return [problem.message for problem in project.plans.problems if problem.code == "ARC-F026"]


def test_machines_are_made_from_what_the_model_states(made: dict[str, Any]) -> None:
    web = made["instance_template_web"]
    assert (web["machine_type"], web["disk_type"], web["disk_size_gb"]) == ("c4-standard-4", "hyperdisk-balanced", "40")
    assert (web["source_image_project"], web["source_image"]) == ("debian-cloud", "debian-12")
    assert (web["spot"], web["enable_shielded_vm"], web["create_service_account"]) == (True, True, False)
    ledger = made["instance_template_ledger"]
    assert (ledger["disk_type"], ledger["own_key"]) == ("pd-ssd", "ledger")
    assert ledger["access_config"] == [{"network_tier": "PREMIUM"}]
    assert made["kms_keys"]["keys"] == {"ledger": "compute-system"}


def test_what_the_model_does_not_state_of_machines_is_left_out(made: dict[str, Any]) -> None:
    relays = made["instance_template_relays"]
    assert not relays.keys() & {"access_config", "disk_size_gb", "spot"}
    assert (relays["source_image_project"], relays["source_image"]) == ("shop-prod", "relay")
    assert relays["disk_type"] == "pd-balanced"


@pytest.mark.parametrize(
    "image",
    [
        "debian-12",
        "debian-cloud/debian-12",
        "projects/debian-cloud/global/images/family/debian-12",
        "https://www.googleapis.com/compute/v1/projects/debian-cloud/global/images/debian-12",
    ],
)
def test_the_name_of_an_image_is_known_in_every_form(image: str) -> None:
    assert image_name(image) == "debian-12"


def test_machines_have_an_identity_and_the_subnet_of_their_tier(made: dict[str, Any], root: Path) -> None:
    assert made["service_account_web"]["roles"] == []
    limited = made["service_account_web"]["limited_roles"].values()
    assert {role["role"] for role in limited} == {"roles/storage.objectUser", "roles/storage.objectViewer"}
    assert made["instance_template_web"]["subnet"] == "shop-prod-main-app"
    main = " ".join((root / "main.tf").read_text().split())
    assert "service_account = { email = local.service_account_web_email }" in main
    assert "disk_encryption_key = var.instance_template_ledger.own_key == null ? null : local.kms_keys_keys" in main


def test_a_group_is_scaled_checked_and_updated_as_stated(made: dict[str, Any]) -> None:
    web = made["mig_web"]
    assert (web["autoscaling_enabled"], web["min_replicas"], web["max_replicas"]) == ("true", 2, 9)
    assert (web["autoscaling_lb"], web["autoscaling_cpu"]) == ([{"target": 0.8}], [])
    assert (web["health_check"]["type"], web["health_check"]["port"]) == ("tcp", 8080)
    assert web["named_ports"] == [{"name": "port-8080", "port": 8080}]
    assert web["update_policy"] == [{"minimal_action": "REPLACE", "type": "PROACTIVE", "max_unavailable_fixed": 2}]
    assert web["distribution_policy_zones"] == ["europe-west1-b", "europe-west1-c"]


def test_a_group_of_a_fixed_size_is_not_scaled(made: dict[str, Any]) -> None:
    batch = made["mig_batch"]
    assert (batch["autoscaling_enabled"], batch["target_size"]) == ("false", 3)
    assert not batch.keys() & {"health_check", "named_ports", "update_policy"}


def test_a_single_machine_has_the_name_and_zone_of_the_model_and_is_protected(made: dict[str, Any]) -> None:
    ledger, relays = made["compute_instance_ledger"], made["compute_instance_relays"]
    assert (ledger["hostname"], ledger["add_hostname_suffix"], ledger["zone"]) == (
        "shop-prod-ledger",
        False,
        "europe-west1-b",
    )
    assert (relays["num_instances"], relays["add_hostname_suffix"]) == (3, True)
    assert "zone" not in relays
    assert ledger["deletion_protection"] is True


def test_a_load_balancer_has_groups_as_backends_and_the_network_lets_it_in(made: dict[str, Any], root: Path) -> None:
    (backend,) = made["lb_http_balancer"]["backends"].values()
    assert (backend["port_name"], backend["protocol"]) == ("port-8080", "HTTP")
    assert backend["health_check"] == {"port": 8080, "protocol": "TCP"}
    assert made["lb_http_balancer"]["firewall_networks"] == []
    (rule,) = made["network"]["ingress_rules"]
    assert sorted(rule["source_ranges"]) == ["130.211.0.0/22", "35.191.0.0/16"]
    assert rule["allow"] == [{"protocol": "tcp", "ports": ["8080"]}]
    main = (root / "main.tf").read_text()
    assert '"web" = module.mig_web.instance_group' in main
    assert "var.lb_http_balancer.firewall" in main


def test_an_internal_load_balancer_is_not_made_on_the_internet(tmp_path: Path) -> None:
    internal = MODEL.replace("    access_logs: true\n", "    access_logs: true\n    scheme: internal\n")
    write_roots(project_of(tmp_path / "model", internal), tmp_path)
    assert "lb_http_balancer" not in values_of(tmp_path / "infra/gcp/made")


def test_what_a_model_does_not_state_of_groups_is_reported(project: Project, tmp_path: Path) -> None:
    assert _lacks(project) == []
    unknown = MODEL.replace("scale_by: requests", "scale_by: queue").replace(", image: debian-cloud/debian-12", "")
    found = _lacks(project_of(tmp_path, unknown))
    assert any("which image the disks of its machines are made from" in message for message in found)
    assert any("which metric determines the number of machines" in message for message in found)


def test_a_check_that_no_load_balancer_makes_is_reported(tmp_path: Path) -> None:
    alone = MODEL.replace("title: Batch,", "title: Batch, health_check: application,")
    assert any("how machines without a load balancer are checked" in m for m in _lacks(project_of(tmp_path, alone)))


def test_a_machine_without_a_subnet_is_an_error(tmp_path: Path) -> None:
    found = project_of(tmp_path, MODEL.replace("title: Ledger,", "title: Ledger, placement: managed,"))
    (problem,) = (p for p in found.plans.problems if p.code == "ARC-F002")
    assert problem.path[:2] == ("components", "ledger")
    assert "not placed in a tier with a subnet" in (problem.help or "")


def test_the_root_of_machines_fits_its_modules(root: Path, record_property: Callable[[str, str], None]) -> None:
    if shutil.which("terraform") is None:
        missing("terraform")
    checkouts = os.environ.get("ARCHGEN_MODULES")
    record_property("checks", "gcp kinds/machines plan")
    record_property("how", f"read: variable blocks{', validations' if checkouts else ''} and references, as a plan")
    (result,) = check(root, Path(checkouts) if checkouts else None)
    assert result.errors == ""
    assert result.modules == 11
    assert terraform("fmt", "-check", "-diff", ".", cwd=root).returncode == 0


def test_machines_without_an_image_and_updates_of_single_machines_are_refused(root: Path, tmp_path: Path) -> None:
    if shutil.which("terraform") is None:
        missing("terraform")
    shutil.copytree(root, tmp_path / "made")
    wrong = json.loads((root / "prod.tfvars.json").read_text())
    wrong["instance_template_web"]["source_image"] = None
    wrong["mig_web"]["update_policy"][0]["max_unavailable_fixed"] = 1
    wrong["mig_web"]["autoscaling_lb"] = []
    (tmp_path / "made/prod.tfvars.json").write_text(json.dumps(wrong))
    (result,) = check(tmp_path / "made", None)
    for message in (
        "State the image, or set",
        "must be 0, or at least the number of zones",
        "What the number of machines",
    ):
        assert message in " ".join(result.errors.replace("│", " ").split())
