"""What the AWS stacks of the reference make: values that an apply accepts, and references between modules."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from archgen.artifacts import terraform_files
from archgen.pipeline import load
from archgen.terraform.bindings import versions
from archgen.terraform.providers_tf import _providers_of
from conftest import ROOT, copy_project, emitted
from terraforming import write_terraform_files

ENVIRONMENTS = ("dev", "stg", "prod")


@pytest.fixture(scope="module")
def files() -> Mapping[str, str]:
    """The Terraform files of the reference by path below infra/aws."""
    project = load(ROOT / "architecture.yaml").project
    assert project
    made = {artifact.path: artifact.content.decode() for artifact in emitted(project, terraform_files)}
    return {path.removeprefix("infra/aws/"): text for path, text in made.items() if path.startswith("infra/aws/")}


@pytest.fixture(scope="module")
def later_files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The same, with production in the phase scale."""
    root = copy_project(tmp_path_factory.mktemp("later") / "project")
    production = "    phase: mvp\n    monthly_budget_usd: 2500"
    text = (root / "architecture.yaml").read_text()
    (root / "architecture.yaml").write_text(text.replace(production, production.replace("mvp", "scale")))
    write_terraform_files(root / "architecture.yaml", root)
    made = {path.relative_to(root / "infra/aws").as_posix(): path for path in (root / "infra/aws").rglob("*.*")}
    return {path: file.read_text() for path, file in made.items() if file.is_file()}


def values(files: Mapping[str, str], stack: str, variable: str, environment: str = "prod") -> Any:
    return json.loads(files[f"{stack}/{environment}.tfvars.json"])[variable]


def module(files: Mapping[str, str], stack: str, name: str) -> str:
    """The text of a module's call, with single spaces."""
    found = re.search(rf'^module "{name}" {{\n(.*?)^}}', files[f"{stack}/main.tf"], re.MULTILINE | re.DOTALL)
    assert found, name
    return re.sub(r" +", " ", found[1])


@pytest.mark.slow
def test_a_budget_has_readers_and_counts_one_environment(files: Mapping[str, str]) -> None:
    for environment in ENVIRONMENTS:
        (budget,) = values(files, "00-backend", "budgets", environment)["budgets"]
        assert budget["notification"]["subscriber_email_addresses"] == ["platform@innovate.example"]
        shared = environment != "prod"  # dev and stg are in one account
        assert budget.get("cost_filter") == ({"TagKeyValue": [f"user:Environment${environment}"]} if shared else None)


def test_the_web_acl_and_the_certificate_of_the_cdn_are_in_us_east_1(files: Mapping[str, str]) -> None:
    stack = "01-edge"
    for name in ("waf_waf", "acm_certificates"):
        assert "providers = { aws = aws.us_east_1 }" in module(files, stack, name)
    assert "providers" not in module(files, "01-base-infra", "acm_regional_certificates")
    assert re.search(r'alias\s+= "us_east_1"\n\s+region\s+= "us-east-1"', files[f"{stack}/providers.tf"])
    assert values(files, stack, "waf_waf")["name"] == "innovate-prod-waf"
    assert values(files, "01-base-infra", "acm_regional_certificates")["domain_name"] == "origin.innovate.example"


def test_the_distribution_has_origins_and_a_certificate(files: Mapping[str, str]) -> None:
    stack, cdn = "01-edge", values(files, "01-edge", "cloudfront_cdn")
    assert set(cdn["origin"]) == {"site", "api"}
    assert cdn["origin"]["site"] == {"origin_access_control_key": "site"}
    assert cdn["origin"]["api"]["domain_name"] == "origin.innovate.example"
    assert cdn["default_cache_behavior"]["target_origin_id"] == "site"
    assert [b["target_origin_id"] for b in cdn["ordered_cache_behavior"]] == ["api"]
    call = module(files, stack, "cloudfront_cdn")
    assert "module.s3_site_spa.s3_bucket_bucket_regional_domain_name" in call
    assert "viewer_certificate = { acm_certificate_arn = module.acm_certificates.acm_certificate_arn" in call


def test_each_environment_has_a_domain_and_records_of_its_own(files: Mapping[str, str]) -> None:
    domains = [values(files, "01-dns", "route53_dns", e)["name"] for e in ENVIRONMENTS]
    aliases = [values(files, "01-edge", "cloudfront_cdn", e)["aliases"] for e in ENVIRONMENTS]
    records = [values(files, "01-edge", "cdn_records_cdn", e)["a"]["name"] for e in ENVIRONMENTS]
    assert domains == records == ["dev.innovate.example", "stg.innovate.example", "innovate.example"]
    assert aliases == [[domain] for domain in domains]
    assert "module.cloudfront_cdn.cloudfront_distribution_domain_name" in files["01-edge/main.tf"]


def test_the_cdn_may_read_the_bucket_of_the_site_and_use_its_key(files: Mapping[str, str]) -> None:
    call = module(files, "01-edge", "s3_site_spa")
    assert values(files, "01-edge", "s3_site_spa")["attach_policy"] is True
    assert '"AWS:SourceArn" = module.cloudfront_cdn.cloudfront_distribution_arn' in call
    assert "var.stack_01_base_infra.kms_keys_key_arn" in call
    sids = [statement["sid"] for statement in values(files, "01-base-infra", "kms_keys")["key_statements"]]
    assert "CloudFrontReadsSite" in sids


def test_interface_endpoints_accept_https_and_gateway_endpoints_are_in_route_tables(files: Mapping[str, str]) -> None:
    call = module(files, "01-base-infra", "vpc_endpoints")
    assert "cidr_blocks = [module.vpc.vpc_cidr_block]" in call
    for tier in ("private", "database"):
        assert f"module.vpc.{tier}_route_table_ids" in call


def test_the_pipeline_may_push_images_and_publish_the_site_and_nothing_else(files: Mapping[str, str]) -> None:
    role = values(files, "01-edge", "iam_role_ci_identity")
    resources = {name: s["resources"] for name, s in role["inline_policy_permissions"].items()}
    assert resources == {
        "login": ["*"],
        "push": ["arn:aws:ecr:eu-west-1:444455556666:repository/innovate-prod-registry"],
        "list": ["arn:aws:s3:::innovate-prod-spa"],
        "write": ["arn:aws:s3:::innovate-prod-spa/*"],
        "encrypt": ["arn:aws:kms:eu-west-1:444455556666:key/*"],
    }
    assert role["create_inline_policy"] is True
    assert "cloudfront:CreateInvalidation" in module(files, "01-edge", "iam_role_ci_identity")


def test_a_cluster_has_what_its_nodes_need_and_somebody_who_may_enter_it(files: Mapping[str, str]) -> None:
    cluster = values(files, "02-eks-cluster", "eks_cluster")
    assert {"vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent"} <= set(cluster["addons"])
    assert cluster["addons"]["vpc-cni"]["before_compute"] is True
    assert json.loads(cluster["addons"]["vpc-cni"]["configuration_values"]) == {"enableNetworkPolicy": "true"}
    assert not any(add_on["most_recent"] for add_on in cluster["addons"].values())
    assert cluster["access_entries"] or cluster["enable_cluster_creator_admin_permissions"]
    call = module(files, "02-eks-cluster", "eks_cluster")
    assert "vpc_security_group_ids = [var.stack_01_base_infra.security_groups_ids[" in call
    assert "var.stack_01_base_infra.kms_keys_key_arn" in call


def test_only_what_can_rotate_a_secret_rotates_it(files: Mapping[str, str]) -> None:
    secret, database = values(files, "05-data", "secrets_manager_secrets"), values(files, "05-data", "rds_database")
    assert secret["enable_rotation"] is False  # there is no function for it
    assert secret["secret_string"] == "{}"
    assert secret["ignore_secret_changes"] is True
    assert database["manage_master_user_password_rotation"] is True
    assert database["master_user_password_rotation_automatically_after_days"] == 30


def test_databases_and_caches_are_reached_from_the_nodes_and_the_way_in_only(files: Mapping[str, str]) -> None:
    groups = values(files, "01-base-infra", "security_groups")
    assert set(groups["groups"]) == {"cache", "cluster", "database", "load-balancer", "way-in"}
    inwards = {name: (rule["group"], rule.get("other_group"), rule["port"]) for name, rule in groups["ingress"].items()}
    assert inwards["database-5432-tcp-from-cluster"] == ("database", "cluster", 5432)
    assert inwards["cache-6379-tcp-from-cluster"] == ("cache", "cluster", 6379)
    assert [rule for rule in inwards.values() if rule[0] in ("database", "cache")] == [
        ("cache", "cluster", 6379),
        ("database", "cluster", 5432),
        ("database", "way-in", 5432),
    ]
    assert {rule["group"] for rule in groups["egress"].values()} == {"cluster", "load-balancer", "way-in"}
    for name in ("rds_database", "elasticache_cache"):
        call = module(files, "05-data", name)
        assert f"[var.stack_01_base_infra.security_groups_ids[var.{name}.security_group]]" in call
    assert values(files, "05-data", "elasticache_cache")["create_security_group"] is False


def test_the_load_balancer_is_reached_only_through_the_cdn(files: Mapping[str, str]) -> None:
    rules = values(files, "01-base-infra", "security_groups")["ingress"]
    (rule,) = (r for r in rules.values() if r["group"] == "load-balancer")
    assert rule["prefix_list"] == "com.amazonaws.global.cloudfront.origin-facing"
    assert "range" not in rule


def test_the_key_lets_cloudwatch_write_logs(files: Mapping[str, str]) -> None:
    statements = {s["sid"]: s for s in values(files, "01-base-infra", "kms_keys")["key_statements"]}
    logs = statements["CloudWatchLogs"]
    assert logs["principals"] == [{"type": "Service", "identifiers": ["logs.eu-west-1.amazonaws.com"]}]
    assert logs["condition"][0]["values"] == ["arn:aws:logs:eu-west-1:444455556666:log-group:*"]


def test_what_exists_once_in_an_account_is_in_a_stack_of_the_account(files: Mapping[str, str]) -> None:
    assert "token.actions.githubusercontent.com" not in "".join(
        text for path, text in files.items() if not path.startswith("00-account/")
    )
    assert {path for path in files if re.match(r"00-account/.*\.tfvars\.json", path)} == {
        "00-account/non-prod.tfvars.json",
        "00-account/prod.tfvars.json",
    }
    assert 'module "iam_oidc_provider_ci_identity"' in files["00-account/main.tf"]


def test_the_archive_is_in_the_account_that_the_model_states_and_exists_once(files: Mapping[str, str]) -> None:
    made = [path for path, text in files.items() if path.endswith(".json") and "innovate-prod-log-archive" in text]
    assert made == ["00-security/organization.tfvars.json"]
    assert json.loads(files[made[0]])["target"]["account_id"] == "222233334444"
    assert "alias" not in files["00-security/providers.tf"]
    bucket = values(files, "00-security", "s3_archive_log_archive", "organization")
    write = json.loads(bucket["policy"])["Statement"][1]
    assert (write["Principal"], write["Action"]) == ({"Service": "cloudtrail.amazonaws.com"}, "s3:PutObject")
    assert (
        "arn:aws:cloudtrail:*:222233334444:trail/innovate-prod-audit-log"
        in write["Condition"]["ArnLike"]["aws:SourceArn"]
    )


def test_the_organization_has_the_audit_services_of_the_model(files: Mapping[str, str]) -> None:
    trail = files["00-security/main.tf"]
    for resource in (
        "aws_cloudtrail",
        "aws_config_configuration_aggregator",
        "aws_guardduty_organization_configuration",
    ):
        assert f'resource "{resource}"' in trail
    assert re.search(r"s3_bucket_name += module\.s3_archive_log_archive\.s3_bucket_id", trail)
    assert values(files, "00-security", "audit_trail_audit_log", "organization")["organization"] is True
    assert 'resource "aws_config_configuration_recorder"' in files["00-account/main.tf"]
    given = values(files, "00-organization", "delegated_administrators", "organization")
    assert given == {"cloudtrail": "222233334444", "config": "222233334444", "guardduty": "222233334444"}


def test_configurations_are_not_delivered_to_a_bucket_with_object_lock(files: Mapping[str, str]) -> None:
    recorder = values(files, "00-account", "configuration_recorder")
    assert recorder["bucket"] == "innovate-prod-configuration-history"  # AWS Config refuses the archive


def test_pods_may_do_what_their_components_call(files: Mapping[str, str]) -> None:
    identities = values(files, "02-eks-cluster", "pod_identities_cluster")
    assert set(identities) == {"traces"}  # the module eks-addons makes the roles of the add-ons that it installs
    assert identities["traces"]["namespace"] == "platform"
    assert "xray:PutTraceSegments" in identities["traces"]["statements"]["monitoring"]["actions"]
    assert 'resource "aws_eks_pod_identity_association"' in files["02-eks-cluster/main.tf"]


def test_each_rule_of_a_web_acl_has_a_metric(files: Mapping[str, str]) -> None:
    acl = values(files, "01-edge", "waf_waf")
    rules = [*acl["rate_based_statement_rules"], *acl["managed_rule_group_statement_rules"]]
    assert rules
    assert all(rule["visibility_config"]["metric_name"] == rule["name"] for rule in rules)


def test_charts_have_the_names_and_namespaces_that_policies_and_runbooks_expect(files: Mapping[str, str]) -> None:
    charts = values(files, "02-eks-cluster", "eks_blueprints_addons_cluster")["charts"]
    assert charts["argo-cd"] == {"name": "gitops", "namespace": "platform"}
    assert charts["aws-load-balancer-controller"] == {"name": "ingress", "namespace": "platform"}
    assert charts["fluent-bit"] == {"name": "logs", "namespace": "node-agents"}
    assert "metrics-server" not in charts  # AWS runs it
    call = module(files, "02-eks-cluster", "eks_blueprints_addons_cluster")
    assert (
        'argocd = merge({ create_namespace = true }, lookup(var.eks_blueprints_addons_cluster.charts, "argo-cd",'
        in call
    )
    assert '{ name = "fullnameOverride", value = value } if key == "name"' in call  # the label of its pods


def test_the_load_balancer_controller_needs_no_metadata_service_and_delays_no_services(
    files: Mapping[str, str],
) -> None:
    call = module(files, "02-eks-cluster", "eks_blueprints_addons_cluster")
    assert '{ name = "vpcId", value = var.stack_01_base_infra.vpc_vpc_id }' in call
    assert '{ name = "region", value = var.target.region }' in call
    assert '{ name = "enableServiceMutatorWebhook", value = "false" }' in call


def test_charts_are_installed_when_the_nodes_are_there(files: Mapping[str, str]) -> None:
    call = module(files, "02-eks-cluster", "eks_blueprints_addons_cluster")
    assert "create_delay_dependencies = module.eks_cluster.eks_managed_node_groups_autoscaling_group_names" in call


def test_configurations_are_delivered_after_the_bucket_accepts_them(files: Mapping[str, str]) -> None:
    def channel(stack: str) -> str:
        return files[f"{stack}/main.tf"].partition('resource "aws_config_delivery_channel"')[2].partition("\n}\n")[0]

    assert "aws_s3_bucket_policy.configuration_history_configuration_history" in channel("00-security")
    assert "depends_on" not in channel("00-account")  # the bucket is in an earlier stack
    assert not re.search(r"\n\n\s*}", files["00-account/main.tf"])


def test_a_proxy_signs_in_with_the_secret_of_the_administrator_and_waits_for_the_database(
    later_files: Mapping[str, str],
) -> None:
    call = module(later_files, "05-data", "rds_proxy_pool")
    assert 'auth = { administrator = { auth_scheme = "SECRETS", iam_auth = var.rds_proxy_pool.iam_auth' in call
    assert "one(module.rds_database[*].db_instance_master_user_secret_arn)" in call
    assert "local.database_password_database_secret_arn" in call
    assert "depends_on = [module.rds_aurora_database, module.rds_database]" in call
    assert values(later_files, "05-data", "rds_proxy_pool")["iam_auth"] == "DISABLED"


def test_the_password_of_a_replicated_database_has_the_form_that_a_proxy_reads(later_files: Mapping[str, str]) -> None:
    assert "jsonencode({ username = var.database_password_database.username" in later_files["05-data/main.tf"]
    home = values(later_files, "05-data", "database_password_database")
    there = values(later_files, "05-data", "database_password_database", "prod-eu-central-1")
    assert (home["name"], home["region_abroad"]) == (there["name"], "eu-central-1")
    assert there["region_abroad"] is None  # the copy is there already


def test_a_global_database_can_be_planned(later_files: Mapping[str, str]) -> None:
    made = later_files["05-data/main.tf"].partition('resource "aws_rds_global_cluster"')[2].partition("\n}\n")[0]
    assert "force_destroy " in made  # the provider refuses source_db_cluster_identifier without it


def test_a_module_that_a_later_provider_breaks_keeps_it_out() -> None:
    """The module sets an argument of add-ons that version 6 of the provider does not have, and has no upper limit."""
    (version,) = (version for name, _source, version in _providers_of(versions("aws")["eks@19"]) if name == "aws")
    assert version == ">= 4.57, < 6.0"
