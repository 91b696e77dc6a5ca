"""The roots for Google Cloud: each can be applied in one go, and its values fit the modules that it calls."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archgen.model.architecture import Architecture
from archgen.project import Project, load
from archgen.terraform.applying import steps
from archgen.terraform.bindings import calls
from archgen.terraform.google import disk_type, service_account_id
from conftest import ROOT, copy_project, missing
from terraforming import write_terraform_files
from tools.check_google_roots import check, roots
from tools.write_roots import OF_EXAMPLES

SERVERLESS = [stack for cloud, stack in OF_EXAMPLES if cloud == "gcp" and stack.startswith("serverless/")]
INFRA = ROOT / "infra/gcp"


def text(stack: str) -> str:
    return (INFRA / stack / "main.tf").read_text(encoding="utf-8")


def values(stack: str, name: str = "prod") -> dict[str, Any]:
    return json.loads((INFRA / stack / f"{name}.tfvars.json").read_text(encoding="utf-8"))


def input_of(stack: str, module: str, name: str) -> str:
    """The expression that a root passes to an input of a module; empty if it passes none."""
    block = re.search(rf'(?ms)^module "{module}" \{{\n(.*?)^\}}', text(stack))
    found = re.search(rf"(?m)^  {name}\s+= (.*)$", block[1]) if block else None
    return found[1] if found else ""


@pytest.fixture(scope="module")
def boutique() -> Project:
    project = load(ROOT / "examples/boutique/architecture.yaml").project
    assert project
    return project


def call_of(a: Architecture, stack: str, variable: str) -> Any:
    (found,) = (call for call in calls(a, stack) if call.variable == variable)
    return found.values


# -- plans without providers -----------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("stack", [root.name for root in roots(INFRA)])
def test_every_root_of_the_reference_can_be_planned(stack: str, record_property: Callable[[str, str], None]) -> None:
    if shutil.which("terraform") is None:
        missing("terraform")
    checkouts = os.environ.get("ARCHGEN_MODULES")  # with them, validations of the real modules are checked, too
    record_property("checks", f"gcp {stack} plan")
    record_property("how", f"read: variable blocks{', validations' if checkouts else ''} and references, as a plan")
    for result in check(
        INFRA / stack,
        Path(checkouts) if checkouts else None,
        ("organization.tfvars.json", "dev.tfvars.json", "prod.tfvars.json"),
    ):
        assert result.errors == "", result.file
        assert result.modules > 0


@pytest.mark.slow
def test_every_root_of_the_last_phase_can_be_planned(tmp_path: Path) -> None:
    if shutil.which("terraform") is None:
        missing("terraform")
    project = copy_project(tmp_path / "project")
    model = project / "architecture.yaml"
    model.write_text(model.read_text().replace("    phase: mvp\n", "    phase: scale\n"))
    write_terraform_files(model, project)
    for stack in ("01-base-infra", "03-autoscaling", "05-data"):
        (result,) = check(project / "infra/gcp" / stack, None, ("prod.tfvars.json",))
        assert result.errors == "", stack


@pytest.mark.slow
def test_every_root_of_the_boutique_can_be_planned(tmp_path: Path) -> None:
    if shutil.which("terraform") is None:
        missing("terraform")
    project = tmp_path / "project"
    shutil.copytree(ROOT / "examples/boutique", project)
    write_terraform_files(project / "architecture.yaml", project)
    for root in roots(project / "infra/gcp"):
        results = list(check(root, None, ("production.tfvars.json", "prod.tfvars.json")))
        assert results
        assert [result.errors for result in results] == [""]


@pytest.fixture(scope="module")
def serverless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the roots of the serverless example."""
    project = tmp_path_factory.mktemp("serverless") / "project"
    shutil.copytree(ROOT / "examples/serverless", project)
    write_terraform_files(project / "architecture.yaml", project)
    return project / "infra/gcp"


@pytest.mark.slow
@pytest.mark.parametrize("stack", SERVERLESS)
def test_every_root_of_the_serverless_example_can_be_planned(
    stack: str, serverless: Path, record_property: Callable[[str, str], None]
) -> None:
    if shutil.which("terraform") is None:
        missing("terraform")
    checkouts = os.environ.get("ARCHGEN_MODULES")
    root = serverless / stack.removeprefix("serverless/")
    (result,) = check(root, Path(checkouts) if checkouts else None, ("prod.tfvars.json",))
    assert result.errors == ""
    blocks = f"variable blocks{', validations' if checkouts else ''} and references" if result.modules else "references"
    record_property("checks", f"gcp {stack} plan")
    record_property("how", f"read: {blocks}, as a plan")


def test_the_page_of_roots_has_all_roots_of_the_serverless_example(serverless: Path) -> None:
    assert {f"serverless/{root.name}" for root in roots(serverless)} == {*SERVERLESS}


def test_a_wrong_value_is_found(tmp_path: Path) -> None:
    if shutil.which("terraform") is None:
        missing("terraform")
    root = tmp_path / "05-data"
    shutil.copytree(INFRA / "05-data", root)
    wrong = values("05-data")
    wrong["memorystore_cache"]["memory_size_gb"] = 0
    (root / "prod.tfvars.json").write_text(json.dumps(wrong))
    (result,) = check(root, None, ("prod.tfvars.json",))
    assert "The size must be 1 to 300 GB" in result.errors


# -- organization and projects ---------------------------------------------------------------------------


def test_folders_and_shared_projects_are_made_once() -> None:
    made = values("00-organization", "organization")
    assert made["folders"]["names"] == ["non-prod", "prod"]
    assert list(made["shared_projects"]["projects"]) == ["shared-security"]
    assert [file.name for file in (INFRA / "00-organization").glob("*.tfvars.json")] == ["organization.tfvars.json"]
    for environment in ("dev", "stg", "prod"):
        assert "folders" not in values("00-backend", environment)


def test_projects_are_in_their_folders() -> None:
    assert [values("00-backend", e)["project_factory"]["folder"] for e in ("dev", "prod")] == ["non-prod", "prod"]
    assert "folders_ids[var.project_factory.folder]" in input_of("00-backend", "project_factory", "folder_id")


def test_the_bucket_for_states_waits_for_its_project() -> None:
    module = "state_bucket_terraform_state"
    project = "one(module.project_factory[*].project_id)"
    assert input_of("00-backend", module, "project_id") == f"coalesce({project}, var.{module}.project_id)"


def test_the_archive_is_a_locked_bucket_in_the_project_for_security() -> None:
    made = values("00-organization", "organization")
    assert made["log_bucket_log_archive"]["project_id"] == "shared-security"
    assert made["log_bucket_log_archive"]["retention_policy"] == {"is_locked": True, "retention_period_days": 365}
    sink = made["log_export_audit_log"]
    assert (sink["parent_resource_type"], sink["include_children"]) == ("organization", True)
    assert input_of("00-organization", "log_export_audit_log", "destination_uri").endswith(".destination_uri")


def test_projects_have_the_interfaces_and_agents_that_later_stacks_use() -> None:
    made = values("00-backend")["project_factory"]
    assert {
        "cloudresourcemanager.googleapis.com",
        "iam.googleapis.com",
        "pubsub.googleapis.com",
        "servicenetworking.googleapis.com",
        "sts.googleapis.com",
    } <= set(made["activate_apis"])
    assert {"redis.googleapis.com", "sqladmin.googleapis.com"} <= {i["api"] for i in made["activate_api_identities"]}


def test_the_state_of_what_comes_before_the_bucket_is_moved_into_it(reference: Project) -> None:
    terraform = reference.resolved.standing("gcp", "prod").document.terraform
    assert terraform
    found = {
        step.stack: [c for _w, c in step.commands]
        for step in steps(reference.plans.of["gcp"], terraform, "prod", first=True)
    }
    assert list(found)[:2] == ["00-organization", "00-backend"]
    assert any("first_override.tf" in command for command in found["00-organization"])
    assert not any("-migrate-state" in command for command in found["00-organization"])
    moved = [command for command in found["00-backend"] if "-migrate-state" in command]
    assert [command.split()[1] for command in moved] == [
        "-chdir=infra/gcp/00-organization",
        "-chdir=infra/gcp/00-backend",
    ]


# -- network ---------------------------------------------------------------------------------------------


def test_what_is_in_the_network_waits_for_it() -> None:
    assert input_of("01-network", "private_service_access", "vpc_network") == "module.network.network_name"
    assert input_of("01-base-infra", "cloud_nat", "network") == "var.stack_01_network.network_network_name"


@pytest.mark.parametrize(("internet", "scope"), [("outbound", "LIST_OF_SUBNETWORKS"), ("none", None)])
def test_cloud_nat_leaves_out_tiers_without_a_way_to_the_internet(
    tmp_path: Path, internet: str, scope: str | None
) -> None:
    (tmp_path / "architecture.yaml").write_text(
        f"""\
version: 2
name: Shop
clouds: {{gcp: {{region: europe-west1, availability_zones: [europe-west1-b]}}}}
environments: {{prod: {{name: Prod, gcp: {{project: shop-prod, cidr: 10.0.0.0/16}}}}}}
network:
  tiers:
    app: {{name: App, internet: {internet}, prefix_length: 20, netnum: 1}}
    vault: {{name: Vault, internet: none, prefix_length: 24, netnum: 100}}
    services: {{name: Services, prefix_length: 24, netnum: 120}}
  gcp: {{cloud_nat: true, private_services_tier: services}}
components: {{users: {{kind: actor, title: Users}}}}
terraform: {{path: "infra/{{cloud}}/{{stack}}", stacks: {{net: {{purpose: The network., modules: [network, cloud-nat]}}}}}}
""",
        encoding="utf-8",
    )
    write_terraform_files(tmp_path / "architecture.yaml", tmp_path)
    nat = json.loads((tmp_path / "infra/gcp/net/prod.tfvars.json").read_text(encoding="utf-8")).get("cloud_nat")
    assert (nat and nat["source_subnetwork_ip_ranges_to_nat"]) == scope
    if nat:
        assert [subnet["name"].rpartition("-")[2] for subnet in nat["subnetworks"]] == ["app"]
        main = (tmp_path / "infra/gcp/net/main.tf").read_text(encoding="utf-8")
        assert 'name = module.network.subnets["${var.cloud_nat.region}/${subnet.name}"].name' in main
        if shutil.which("terraform"):
            (result,) = check(tmp_path / "infra/gcp/net", None, ("prod.tfvars.json",))
            assert result.errors == ""


def test_only_connections_of_the_model_reach_managed_services() -> None:
    rules = {rule["name"]: rule for rule in values("01-network")["network"]["egress_rules"]}
    assert rules["innovate-prod-main-to-database"]["allow"] == [{"protocol": "tcp", "ports": ["3307"]}]
    assert rules["innovate-prod-main-to-database"]["destination_ranges"] == ["10.130.16.0/20"]
    deny = rules["innovate-prod-main-deny-managed-services"]
    assert (deny["deny"], deny["priority"]) == ([{"protocol": "all"}], 65000)
    assert all(rule["priority"] < deny["priority"] for name, rule in rules.items() if name != deny["name"])


def test_load_balancers_may_reach_pods() -> None:
    (rule,) = values("01-network")["network"]["ingress_rules"]
    assert rule["source_ranges"] == ["35.191.0.0/16", "130.211.0.0/22"]
    assert rule["allow"] == [{"protocol": "tcp", "ports": ["8080"]}]


def test_pipelines_may_become_a_service_account_that_may_publish() -> None:
    account = values("01-edge")["ci_service_account_ci_identity"]
    assert account["roles"] == ["roles/artifactregistry.writer"]
    (only,) = account["limited_roles"].values()
    assert (only["role"], only["title"]) == ("roles/storage.objectUser", "only innovate-prod-spa")
    assert "sa_name = local.ci_service_account_ci_identity_name" in input_of(
        "01-edge", "gh_oidc_ci_identity", "sa_mapping"
    )


# -- keys ------------------------------------------------------------------------------------------------


def test_every_key_is_known_by_name_and_may_be_used_by_its_service_agent() -> None:
    keys = values("01-base-infra")["kms_keys"]["keys"]
    assert keys["database"] == "gcp-sa-cloud-sql"
    assert keys["cluster"] == "container-engine-robot"
    assert "for_each = var.kms_keys == null ? {} : var.kms_keys.keys" in text("01-base-infra")
    assert "log-archive" not in keys
    assert values("00-organization", "organization")["archive_key_keys"]["keys"] == {"log-archive": "storage"}


@pytest.mark.parametrize(
    ("stack", "module", "name"),
    [
        ("01-base-infra", "artifact_registry_registry", "kms_key_name"),
        ("01-edge", "site_bucket_spa", "encryption_key_names"),
        ("02-gke-cluster", "gke_cluster", "database_encryption"),
        ("05-data", "postgresql_database", "encryption_key_name"),
        ("05-data", "memorystore_cache", "customer_managed_key"),
        ("05-data", "secret_manager_secrets", "user_managed_replication"),
    ],
)
def test_what_the_model_says_is_encrypted_uses_its_key(stack: str, module: str, name: str) -> None:
    assert f"kms_keys_keys[var.{module}.encryption_key]" in input_of(stack, module, name).replace("names[0]", "")
    assert values(stack)[module]["encryption_key"]


# -- clusters --------------------------------------------------------------------------------------------


def test_a_service_account_has_a_valid_id(reference: Project, boutique: Project) -> None:
    assert values("02-gke-cluster")["workload_identity_api"]["gcp_sa_name"] == "innovate-prod-api"
    for project, environment in ((reference, "prod"), (boutique, boutique.resolved.axes.environments[-1])):
        a = project.resolved.standing("gcp", environment)
        ids = [service_account_id(a, name) for name in a.components]
        assert all(re.fullmatch(r"[a-z][a-z0-9-]{4,28}[a-z0-9]", id_) for id_ in ids)
        assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("size", "disk"),
    [
        ("c4a-standard-1", "hyperdisk-balanced"),
        ("n4-standard-2", "hyperdisk-balanced"),
        ("e2-medium", "pd-balanced"),
        ("n2d-standard-4", "pd-balanced"),
    ],
)
def test_a_machine_has_a_disk_that_its_family_can_have(size: str, disk: str) -> None:
    assert disk_type(size) == disk


def test_node_pools_have_disks_that_fit() -> None:
    (pool,) = values("02-gke-cluster")["gke_cluster"]["node_pools"]
    assert (pool["machine_type"], pool["disk_type"]) == ("c4a-standard-1", "hyperdisk-balanced")


def test_nodes_may_pull_images_and_clusters_reject_unsigned_ones() -> None:
    made = values("02-gke-cluster")["gke_cluster"]
    assert (made["grant_registry_access"], made["enable_binary_authorization"]) == (True, True)


# -- data ------------------------------------------------------------------------------------------------


def test_a_database_has_a_private_address_and_waits_for_the_peering() -> None:
    configuration = input_of("05-data", "postgresql_database", "ip_configuration")
    assert "private_network = var.stack_01_network.network_network_self_link" in configuration
    assert "allocated_ip_range" in configuration
    waits = input_of("05-data", "postgresql_database", "module_depends_on")
    assert waits == "[var.stack_01_network.private_service_access_peering_completed]"


def test_a_database_has_a_user() -> None:
    made = values("05-data")["postgresql_database"]
    assert (made["enable_default_user"], made["iam_users"]) == (True, [])


def test_a_database_with_iam_has_its_callers_as_users(tmp_path: Path) -> None:
    project = copy_project(tmp_path / "project")
    model = project / "architecture.yaml"
    model.write_text(model.read_text().replace("iam_authentication: false", "iam_authentication: true"))
    loaded = load(model).project
    assert loaded
    made = call_of(loaded.resolved.standing("gcp", "prod"), "05-data", "postgresql_database")
    assert made["enable_default_user"] is False
    assert made["iam_users"] == [
        {
            "id": "api",
            "email": "innovate-prod-api@innovate-prod.iam.gserviceaccount.com",
            "type": "CLOUD_IAM_SERVICE_ACCOUNT",
        }
    ]


def test_a_cache_is_in_the_network_of_its_environment() -> None:
    network = input_of("05-data", "memorystore_cache", "authorized_network")
    assert network == "var.stack_01_network.network_network_id"
    assert input_of("05-data", "memorystore_cache", "reserved_ip_range")


def test_the_boutiques_cart_store_is_in_its_network_behind_the_peering(boutique: Project, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(ROOT / "examples/boutique", project)
    write_terraform_files(project / "architecture.yaml", project)
    root = (project / "infra/gcp/data/main.tf").read_text()
    assert "authorized_network      = var.stack_platform.network_network_id" in root
    assert "depends_on = [module.private_service_access]" in root
    rules = call_of(boutique.resolved.default, "platform", "network")["egress_rules"]
    opened = {port for rule in rules for allowed in rule.get("allow", ()) for port in allowed["ports"]}
    assert len(opened) == 1, "only the port of the cart store"
    assert any(rule.get("deny") for rule in rules)


def test_a_secret_that_rotates_has_a_topic_and_a_time() -> None:
    assert "next_rotation_time" in input_of("05-data", "secret_manager_secrets", "secrets")
    assert "secret_rotation_secrets_topic" in input_of("05-data", "secret_manager_secrets", "topics")
    assert 'resource "google_pubsub_topic"' in text("05-data")


def test_a_database_that_is_copied_to_another_region_has_a_replica_and_a_key_there(reference: Project) -> None:
    a = reference.resolved.architectures[reference.resolved.standing("gcp", "prod").coordinate]
    later = reference.resolved.horizon(a.coordinate)
    (replica,) = call_of(later, "05-data", "postgresql_database")["read_replicas"]
    assert replica["zone"].startswith("europe-west4-")
    assert "kms_recovery_keys_keys" in input_of("05-data", "postgresql_database", "read_replicas")
    assert "database" in call_of(later, "01-base-infra", "kms_recovery_keys")["keys"]


# -- entrances -------------------------------------------------------------------------------------------


def test_the_site_has_a_load_balancer_with_a_certificate_and_a_name() -> None:
    made = values("01-edge")["site_load_balancer_cdn"]
    assert (made["bucket"], made["host"]) == ("innovate-prod-spa", "innovate.example")
    root = text("01-edge")
    assert "enable_cdn  = true" in root
    for kind in ("compute_backend_bucket", "compute_target_https_proxy", "certificate_manager_certificate_map_entry"):
        assert f'resource "google_{kind}" "site_load_balancer_cdn"' in root
    assert "module.site_bucket_spa.name" in root
    assert "managed_zone = var.stack_01_dns.cloud_dns_dns_name" in root


def test_a_gateway_has_an_address_and_a_certificate_to_refer_to() -> None:
    assert values("01-edge", "dev")["gateway_entrance_ingress"]["host"] == "api.dev.innovate.example"
    assert 'resource "google_compute_global_address" "gateway_entrance_ingress"' in text("01-edge")
