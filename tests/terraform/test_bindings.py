"""Variable files: the recorded types, the facts in them, and their validation by Terraform."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from archgen.terraform import binding_ids
from archgen.terraform import bindings as b
from archgen.terraform.module_source import read_interface
from archgen.terraform.types import TypeSyntaxError, parse
from conftest import MODELS, ROOT, copy_project
from terraforming import planned, stacks, terraform, validate_against_stubs, write_terraform_files

pytestmark = pytest.mark.slow


ENVIRONMENTS = ("dev", "stg", "prod")
MODULES = sorted((ROOT / "src/archgen/terraform/modules").glob("*.json"))


@pytest.fixture(scope="module")
def files(built: Path) -> dict[str, str]:
    paths = [path for path in (built / "infra").rglob("*") if path.is_file()]
    return {path.relative_to(built).as_posix(): path.read_text(encoding="utf-8") for path in paths}


@pytest.fixture(scope="module")
def folder(files: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("terraform")
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_every_recorded_type_parses_and_renders_the_same_type(module: Path) -> None:
    for name, entry in json.loads(module.read_text())["inputs"].items():
        type_ = parse(entry["type"])
        assert parse(type_.render(4)) == type_, name
    with pytest.raises(TypeSyntaxError):
        parse("object({ a = ")


def test_bindings_name_only_inputs_that_the_module_has() -> None:
    for cloud in ("aws", "gcp"):
        versions = {name for name in b.versions(cloud) if not name.endswith("@")}
        assert binding_ids(cloud) == {*b.bindings(cloud), *versions}
        for binding in b.versions(cloud).values():
            if binding.manifests:
                continue
            if binding.module is None:
                parse(binding.type)
                assert binding.value, binding.id
                continue
            assert {*binding.inputs, *binding.needs, *(binding.types or {})} <= {
                *binding.module.inputs,
                *binding.extra,
            }, binding.id
            for type_ in (binding.types or {}).values():
                parse(type_)
            required = {n for n, entry in binding.module.inputs.items() if entry.get("required")}
            assert required <= {*binding.inputs, *binding.wires()}, binding.id


def test_no_generated_variable_has_an_open_type(files: dict[str, str]) -> None:
    for path, text in files.items():
        if path.endswith("variables.tf"):
            inputs = read_interface({path: text}).inputs
            assert [name for name, variable in inputs.items() if variable.is_open] == [], path


def test_the_committed_files_have_the_facts_of_the_model(files: dict[str, str]) -> None:
    committed = {p.relative_to(ROOT).as_posix(): p.read_text() for p in (ROOT / "infra").rglob("*") if p.is_file()}
    assert files == committed


STACKS = {
    "aws": ("00-backend", "01-base-infra", "01-dns", "01-edge", "02-eks-cluster", "05-data", "06-observability"),
    "gcp": ("00-backend", "01-base-infra", "01-dns", "01-edge", "01-network", "02-gke-cluster", "05-data"),
}
# Stacks that are also applied in the recovery region.
RECOVERING = ("00-backend", "01-base-infra", "02-eks-cluster", "02-gke-cluster", "05-data", "06-observability")
THERE = {"aws": "prod-eu-central-1", "gcp": "prod-europe-west4"}
# Stacks that are applied once for each account, or once.
SHARED = ("/00-organization/", "/00-security/", "/00-account/")


def test_there_is_a_file_for_every_stack_cloud_and_environment(files: dict[str, str]) -> None:
    expected = {
        f"infra/{cloud}/{stack}/{name}"
        for cloud, stacks in STACKS.items()
        for stack in stacks
        for name in (
            *("main.tf", "variables.tf", "providers.tf", "backend.tf"),
            *(f"{e}.tfvars.json" for e in (*ENVIRONMENTS, *([THERE[cloud]] if stack in RECOVERING else ()))),
            *(
                f"{e}.{'s3' if cloud == 'aws' else 'gcs'}.tfbackend"
                for e in (*ENVIRONMENTS, *([THERE[cloud]] if stack in RECOVERING else ()))
            ),
        )
    }
    # Stacks of the phase growth are still empty; these files exist only if they have content.
    where_needed = ("needs.tf", "outputs.tf", "moved.tf", ".yaml")
    of_environments = {path for path in files if not any(part in path for part in SHARED)}
    assert of_environments - expected == {path for path in of_environments if path.endswith(where_needed)}
    assert expected <= set(files)
    assert {
        "infra/aws/01-base-infra/outputs.tf",
        "infra/aws/02-eks-cluster/needs.tf",
        "infra/aws/05-data/needs.tf",
    } <= set(files)


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("aws/05-data rds_database.backup_retention_period", [7, 14, 30]),
        ("aws/05-data rds_database.multi_az", [True, True, True]),
        ("aws/05-data rds_database.instance_class", ["db.t4g.small"] * 3),
        (
            "aws/05-data rds_database.identifier",
            ["innovate-dev-database", "innovate-stg-database", "innovate-prod-database"],
        ),
        ("aws/05-data rds_database.publicly_accessible", [False] * 3),
        ("aws/05-data elasticache_cache.num_cache_clusters", [1, 2, 3]),
        ("aws/01-base-infra vpc.cidr", ["10.10.0.0/16", "10.20.0.0/16", "10.30.0.0/16"]),
        ("aws/01-base-infra vpc.one_nat_gateway_per_az", [True] * 3),
        ("aws/01-base-infra vpc_endpoints.endpoints.s3.service_type", ["Gateway"] * 3),
        ("gcp/05-data postgresql_database.backup_configuration.retained_backups", [7, 14, 30]),
        ("gcp/05-data postgresql_database.backup_configuration.transaction_log_retention_days", ["7", "7", "30"]),
        ("gcp/05-data postgresql_database.availability_type", ["REGIONAL"] * 3),
        ("gcp/05-data postgresql_database.ip_configuration.ipv4_enabled", [False] * 3),
        ("gcp/05-data memorystore_cache.tier", ["BASIC", "STANDARD_HA", "STANDARD_HA"]),
        ("gcp/01-network private_service_connect.forwarding_rule_target", ["all-apis"] * 3),
        ("aws/00-backend tfstate_backend_terraform_state.dynamodb_enabled", [False] * 3),
        ("aws/00-backend tfstate_backend_terraform_state.s3_state_lock_enabled", [True] * 3),
        ("aws/00-backend target.account_id", ["333344445555", "333344445555", "444455556666"]),
        ("aws/00-backend budgets.budgets.0.limit_amount", ["400", "600", "2500"]),
        ("aws/01-base-infra kms_keys.enable_key_rotation", [True] * 3),
        ("aws/01-base-infra kms_keys.rotation_period_in_days", [365] * 3),
        ("aws/01-edge iam_role_ci_identity.enable_github_oidc", [True] * 3),
        (
            "aws/01-edge iam_role_ci_identity.oidc_subjects.0",
            [f"repo:innovate-example/architecture:environment:{e}" for e in ("dev", "stg", "prod")],
        ),
        (
            "aws/01-edge acm_certificates.domain_name",
            ["dev.innovate.example", "stg.innovate.example", "innovate.example"],
        ),
        ("aws/01-edge acm_certificates.validation_method", ["DNS"] * 3),
        ("aws/01-edge waf_waf.default_action", ["allow"] * 3),
        ("aws/01-edge waf_waf.name", ["innovate-dev-waf", "innovate-stg-waf", "innovate-prod-waf"]),
        ("aws/00-backend budgets.name", ["innovate"] * 3),  # the module puts it before the name of each budget
        ("aws/00-backend budgets.budgets.0.name", ["dev", "stg", "prod"]),
        ("aws/02-eks-cluster eks_blueprints_addons_cluster.cert_manager_route53_hosted_zone_arns", [[]] * 3),
        ("gcp/02-gke-cluster workload_identity_api.roles", [["roles/cloudsql.client"]] * 3),
        ("aws/01-edge waf_waf.rate_based_statement_rules.0.statement.aggregate_key_type", ["IP"] * 3),
        ("aws/01-edge waf_waf.managed_rule_group_statement_rules.0.name", ["AWSManagedRulesCommonRuleSet"] * 3),
        ("aws/01-base-infra ecr_registry.repository_image_scan_on_push", [True] * 3),
        ("aws/01-base-infra ecr_registry.repository_image_tag_mutability", ["IMMUTABLE"] * 3),
        ("aws/01-edge s3_site_spa.block_public_acls", [True] * 3),
        ("aws/01-edge cloudfront_cdn.default_cache_behavior.viewer_protocol_policy", ["redirect-to-https"] * 3),
        ("aws/02-eks-cluster eks_cluster.kubernetes_version", ["1.35"] * 3),
        ("aws/02-eks-cluster eks_cluster.endpoint_public_access", [True, True, False]),
        ("aws/02-eks-cluster eks_cluster.endpoint_public_access_cidrs", [["203.0.113.0/24"], ["203.0.113.0/24"], []]),
        # 2 to 3 nodes in each of three zones are 6 to 9 in a group.
        ("aws/02-eks-cluster eks_cluster.eks_managed_node_groups.baseline.min_size", [3, 3, 6]),
        ("aws/02-eks-cluster eks_cluster.eks_managed_node_groups.baseline.max_size", [6, 6, 9]),
        ("aws/02-eks-cluster eks_cluster.eks_managed_node_groups.baseline.ami_type", ["AL2023_ARM_64_STANDARD"] * 3),
        ("aws/02-eks-cluster eks_cluster.secrets_encrypted", [True] * 3),
        ("aws/02-eks-cluster eks_cluster.addons.vpc-cni.before_compute", [True] * 3),
        ("aws/02-eks-cluster eks_blueprints_addons_cluster.enable_aws_load_balancer_controller", [True] * 3),
        ("aws/02-eks-cluster eks_blueprints_addons_cluster.enable_external_secrets", [True] * 3),
        ("aws/02-eks-cluster eks_blueprints_addons_cluster.enable_external_dns", [False] * 3),
        ("aws/05-data rds_database.master_user_password_rotation_automatically_after_days", [30] * 3),
        ("aws/05-data secrets_manager_secrets.enable_rotation", [False] * 3),  # no function rotates it
        ("aws/05-data elasticache_cache.transit_encryption_enabled", [True] * 3),
        ("aws/06-observability log_group_monitoring.retention_in_days", [30, 30, 90]),
        ("gcp/00-backend project_factory.project_id", ["innovate-dev", "innovate-stg", "innovate-prod"]),
        ("gcp/00-backend project_factory.budget_amount", [400, 600, 2500]),
        ("gcp/00-backend project_factory.folder", ["non-prod", "non-prod", "prod"]),
        ("gcp/00-backend state_bucket_terraform_state.public_access_prevention", ["enforced"] * 3),
        ("gcp/01-base-infra kms_keys.rotation_period", ["31536000s"] * 3),
        (
            "gcp/01-dns cloud_dns_dns.domain",
            ["dev.innovate.example.", "stg.innovate.example.", "innovate.example."],
        ),
        (
            "gcp/01-edge gh_oidc_ci_identity.attribute_condition",
            [
                f'assertion.sub in ["repo:innovate-example/architecture:environment:{e}"]'
                for e in ("dev", "stg", "prod")
            ],
        ),
        ("aws/01-base-infra vpc.enable_flow_log", [True] * 3),
        ("aws/01-base-infra vpc.flow_log_cloudwatch_log_group_retention_in_days", [30, 30, 90]),
        ("gcp/01-network network.subnets.0.subnet_flow_logs", ["true"] * 3),
        ("gcp/01-edge cloud_armor_waf.security_rules.rate-limit.action", ["throttle"] * 3),
        ("gcp/01-base-infra artifact_registry_registry.docker_config.immutable_tags", [True] * 3),
        ("gcp/02-gke-cluster gke_cluster.enable_private_endpoint", [False, False, True]),
        (
            "gcp/02-gke-cluster gke_cluster.master_authorized_networks.0.cidr_block",
            ["203.0.113.0/24", "203.0.113.0/24", None],
        ),
        # GKE counts the nodes of each zone.
        ("gcp/02-gke-cluster gke_cluster.node_pools.0.min_count", [1, 1, 2]),
        ("gcp/02-gke-cluster gke_cluster.node_pools.0.max_count", [2, 2, 3]),
        ("gcp/02-gke-cluster gke_cluster.gateway_api_channel", ["CHANNEL_STANDARD"] * 3),
        ("gcp/05-data postgresql_database.edition", ["ENTERPRISE", "ENTERPRISE", "ENTERPRISE_PLUS"]),
        ("gcp/05-data secret_manager_secrets.secrets.0.rotation_period", ["2592000s"] * 3),
    ],
)
def test_facts_of_the_design(files: dict[str, str], path: str, values: list[object]) -> None:
    stack, keys = path.split(" ")
    found = []
    for environment in ENVIRONMENTS:
        value = json.loads(files[f"infra/{stack}/{environment}.tfvars.json"])
        for key in keys.split("."):
            value = (value[int(key)] if value else None) if key.isdigit() else value and value[key]
        found.append(value)
    assert found == values


def test_seven_endpoints_and_nine_subnets(files: dict[str, str]) -> None:
    values = json.loads(files["infra/aws/01-base-infra/prod.tfvars.json"])
    services = {e["service"] for e in values["vpc_endpoints"]["endpoints"].values()}
    assert services == {"s3", "ecr.api", "ecr.dkr", "logs", "sts", "secretsmanager", "ssm"}
    assert sum(len(values["vpc"][key]) for key in ("public_subnets", "private_subnets", "database_subnets")) == 9


def test_the_archive_of_the_organization_is_locked(files: dict[str, str]) -> None:
    values = json.loads(files["infra/aws/00-security/organization.tfvars.json"])["s3_archive_log_archive"]
    assert values["object_lock_configuration"]["rule"]["default_retention"]["days"] == 365


@pytest.mark.terraform
def test_terraform_formats_nothing_differently(folder: Path) -> None:
    done = terraform("fmt", "-check", "-recursive", "-diff", cwd=folder)
    assert done.returncode == 0, done.stdout


@pytest.mark.terraform
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_terraform_accepts_every_file_without_a_warning(folder: Path, environment: str) -> None:
    for stack in stacks(folder):
        own = stack / f"{environment}.tfvars.json"
        # A stack of accounts or of the organization has other files, which are the same for all environments.
        for file in [own] if own.exists() else sorted(stack.glob("*.tfvars.json")) if environment == "prod" else []:
            done = planned(stack, file.name)
            assert done.returncode == 0, done.stdout + done.stderr
            assert "Warning" not in done.stdout + done.stderr


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the last phase, in which no stack is empty."""
    root = copy_project(tmp_path_factory.mktemp("grown") / "project")
    model = root / "architecture.yaml"
    model.write_text(model.read_text().replace("    phase: mvp\n", "    phase: scale\n"))
    write_terraform_files(model, root)
    return root


@pytest.mark.terraform
def test_the_last_phase_has_every_stack_and_is_canonical(grown: Path) -> None:
    names = {(path.parent.name, path.name) for path in (grown / "infra").glob("*/*")}
    assert {("aws", "03-karpenter"), ("gcp", "03-autoscaling")} <= names
    assert len(names) == 20
    done = terraform("fmt", "-check", "-recursive", "-diff", cwd=grown / "infra")
    assert (done.returncode, done.stdout) == (0, "")
    values = json.loads((grown / "infra/aws/05-data/prod.tfvars.json").read_text())
    assert values["rds_aurora_database"]["engine"] == "aurora-postgresql"
    assert values["rds_proxy_pool"]["target_db_cluster"] is True
    assert "rds_database" not in values


@pytest.mark.terraform
@pytest.mark.parametrize("which", ["folder", "grown"])
def test_terraform_validates_every_root_against_stubs_of_the_modules(
    request: pytest.FixtureRequest, tmp_path: Path, which: str
) -> None:
    root = tmp_path / "infra"
    shutil.copytree(request.getfixturevalue(which) / "infra", root)
    validate_against_stubs(root)


@pytest.mark.terraform
@pytest.mark.parametrize(
    ("stack", "change"),
    [
        ("aws/05-data", lambda v: v["rds_database"].update(backup_retention_period=40)),
        ("aws/05-data", lambda v: v["rds_database"].update(publicly_accessible=True)),
        ("aws/05-data", lambda v: v["rds_database"].update(allocated_storage="much")),
        ("aws/05-data", lambda v: v["rds_database"].pop("engine")),
        ("aws/01-base-infra", lambda v: v["vpc"]["public_subnets"].pop()),
        ("aws/01-base-infra", lambda v: v["vpc_endpoints"]["endpoints"]["s3"].update(service_type="gateway")),
        ("gcp/05-data", lambda v: v["postgresql_database"].update(edition="ENTERPRISE")),
        ("gcp/05-data", lambda v: v["postgresql_database"]["ip_configuration"].update(ipv4_enabled=True)),
    ],
)
def test_terraform_refuses_what_the_validations_forbid(folder: Path, tmp_path: Path, stack: str, change) -> None:
    shutil.copy(folder / "infra" / stack / "variables.tf", tmp_path)
    values = json.loads((folder / "infra" / stack / "prod.tfvars.json").read_text())
    change(values)
    (tmp_path / "bad.tfvars.json").write_text(json.dumps(values))
    done = terraform("plan", "-input=false", "-no-color", "-var-file=bad.tfvars.json", cwd=tmp_path)
    assert done.returncode == 1


@pytest.mark.terraform
def test_a_variable_that_some_environments_lack_is_optional(tmp_path: Path) -> None:
    text = (
        (ROOT / "architecture.yaml")
        .read_text()
        .replace("    phase: mvp\n    monthly_budget_usd: 2500", "    phase: growth\n    monthly_budget_usd: 2500")
    )
    root = copy_project(tmp_path / "project")
    (root / "architecture.yaml").write_text(text)
    write_terraform_files(root / "architecture.yaml", root)
    stack = root / "infra/aws/05-data"
    assert "rds_proxy_pool" in json.loads((stack / "prod.tfvars.json").read_text())
    assert "rds_proxy_pool" not in json.loads((stack / "dev.tfvars.json").read_text())
    for environment in ENVIRONMENTS:
        done = planned(stack, f"{environment}.tfvars.json")
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.terraform
def test_two_databases_are_two_variables(tmp_path: Path) -> None:
    (model,) = (path for path in MODELS if path.name == "ledger")
    write_terraform_files(model / "architecture.yaml", tmp_path)
    values = json.loads((tmp_path / "live/books/gcp/live.tfvars.json").read_text())
    assert {"postgresql_books", "postgresql_archive"} <= set(values)
    assert values["postgresql_books"]["name"] == "live-ledger-books"
    assert values["postgresql_archive"]["backup_configuration"]["transaction_log_retention_days"] is None
    assert terraform("fmt", "-check", "-recursive", "-diff", cwd=tmp_path).stdout == ""
    for stack in stacks(tmp_path):
        for environment in ("test", "live"):
            done = planned(stack, f"{environment}.tfvars.json")
            assert done.returncode == 0, done.stdout + done.stderr
