"""Whole AWS roots of the reference with real modules: planned with Terraform, and applied where the emulator has all of the services.

The newest modules need a later AWS provider than the one that these tests are for (5.100), so the stacks name the major before. The
tests need repositories of the modules (ARCHGEN_MODULES), a folder of providers (ARCHGEN_TF_PLUGINS) and moto's server (ARCHGEN_MOTO, a
command such as moto_server), and are skipped elsewhere.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from archgen.terraform import binding_ids
from conftest import ROOT
from emulating import copied
from terraforming import write_terraform_files
from tools.check_roots import Emulator, Terraform, account_of

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("roots")]

OLDER = {
    "acm": "5",
    "acm-regional": "5",
    "archive-key": "3",
    "cloudfront": "5",
    "ecr": "2",
    "eks": "20",
    "iam-oidc-provider": "5",
    "iam-role": "5",
    "karpenter": "20",
    "kms": "3",
    "managed-prometheus": "3",
    "rds": "6",
    "rds-aurora": "9",
    "rds-proxy": "3",
    "route53": "5",
    "s3-archive": "4",
    "s3-bucket": "4",
    "s3-site": "4",
    "secrets-manager": "1",
    "tfstate-backend": "1.7",
    "vpc": "5",
    "vpc-endpoints": "5",
    "waf": "1.11",
}
# What the database of the recovery region is restored from.
BACKUP = "arn:aws:rds:eu-central-1:444455556666:auto-backup:ab-0123456789abcdefghijklmnopqrstuvwxyz012"
# The values of outputs of earlier stacks, as AWS would form them.
BASE = {
    "kms_keys_key_arn": "arn:aws:kms:eu-west-1:444455556666:key/0a1b2c3d-0000-4000-8000-000000000000",
    "security_groups_ids": {
        name: f"sg-0000000000000000{n}"
        for n, name in enumerate(("cache", "cluster", "database", "load-balancer", "pool", "way-in"))
    },
    "route53_dns_id": "Z0123456789ABCDEFGHIJ",
    "vpc_database_subnets": [f"subnet-00000000000000d0{n}" for n in range(3)],
    "vpc_private_subnets": [f"subnet-00000000000000a0{n}" for n in range(3)],
    "eks_cluster_cluster_name": "innovate-prod-cluster",
    "vpc_vpc_id": "vpc-00000000000000001",
}


def with_older_majors(text: str) -> str:
    """The reference's model with older modules on AWS, and without the module that needs a provider for Kubernetes charts."""

    def renamed(match: re.Match[str]) -> str:
        names = [name.strip() for name in match[1].split(",")]
        if not {*names} <= {*binding_ids("aws")}:
            return match[0]
        versions = [f"{name}@{OLDER[name]}" if name in OLDER else name for name in names if name != "eks-addons"]
        return f"modules: [{', '.join(versions + ['pipeline-policy'] * ('iam-role' in names))}]"

    return "".join(
        line if "gcp:" in line else re.sub(r"modules: \[([^\]]*)\]", renamed, line)
        for line in text.splitlines(keepends=True)
    )


def write_roots(folder: Path, phase: str = "mvp") -> Path:
    """The folder of the reference's AWS roots, with older majors and production in a phase."""
    shutil.copytree(ROOT / "architecture", folder / "architecture")
    shutil.copy(ROOT / "reviews.yaml", folder)
    text = with_older_majors((ROOT / "architecture.yaml").read_text())
    production = "    phase: mvp\n    monthly_budget_usd: 2500"
    assert production in text
    (folder / "architecture.yaml").write_text(text.replace(production, production.replace("mvp", phase)))
    if phase == "scale":  # the major before cannot pass on a password that stays out of the state
        _set_password(folder / "architecture.yaml")
    write_terraform_files(folder / "architecture.yaml", folder)
    return folder / "infra" / "aws"


def _set_password(model: Path) -> None:
    text, modules = model.read_text(), "          modules: [rds@6"
    assert modules in text
    model.write_text(
        text.replace(modules, f"          set: {{rds-aurora: {{master_password: {{value: example}}}}}}\n{modules}")
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the reference's AWS roots, with older majors."""
    return write_roots(tmp_path_factory.mktemp("older"))


def test_the_older_majors_of_all_stacks_have_bindings(made: Path) -> None:
    calls = "".join((folder / "main.tf").read_text() for folder in made.iterdir())
    assert "terraform-aws-modules/eks/aws" in calls
    versions = dict(re.findall(r'source\s+= "([^"]+)"\n\s+version\s+= "([^"]+)"', calls))
    assert versions["terraform-aws-modules/vpc/aws"].startswith("5.")
    assert versions["terraform-aws-modules/eks/aws"].startswith("20.")
    assert versions["terraform-aws-modules/rds/aws"].startswith("6.")


# -- with Terraform --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def roots(made: Path, emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Terraform]:
    """Terraform in a copy of each root, by stack; initialized when it is first used."""
    return copied(sorted(made.iterdir()), tmp_path_factory.mktemp("roots"), emulator)


def _with_key(emulator: Emulator, account: str, region: str, alias: str) -> None:
    """Make a key with an alias, as the stack 01-base-infra of the recovery region does."""
    key = emulator.environment(account)["AWS_ACCESS_KEY_ID"]
    scope = f"Credential={key}/20260101/{region}/kms/aws4_request, SignedHeaders=host, Signature=0"

    def ask(action: str, **parameters: str) -> Any:
        headers = {
            "Authorization": f"AWS4-HMAC-SHA256 {scope}",
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"TrentService.{action}",
        }
        request = urllib.request.Request(emulator.address, json.dumps(parameters).encode(), headers)
        with urllib.request.urlopen(request) as answer:
            text = answer.read().decode()
        return json.loads(text) or {} if text else {}

    made = ask("CreateKey")["KeyMetadata"]["KeyId"]
    with contextlib.suppress(urllib.error.HTTPError):  # it exists already
        ask("CreateAlias", AliasName=alias, TargetKeyId=made)


def planned(terraform: Terraform, instance: str) -> dict[str, dict[str, Any]]:
    """The resources that a plan creates by address, each with its arguments."""
    if not (terraform.folder / "check_override.tf").exists():
        terraform.prepare()
        terraform.init()
    values = f"{instance}.tfvars.json"
    given = [f"-var-file={values}"]
    if (terraform.folder / "needs.tf").exists():
        text = (terraform.folder / "needs.tf").read_text()
        needs = dict.fromkeys(re.findall(r'variable "(stack_\w+)"', text), BASE)
        (terraform.folder / "needs.from.json").write_text(json.dumps(needs))
        given.append("-var-file=needs.from.json")
    if "restore_database" in json.loads((terraform.folder / values).read_text()):
        restored = {"restore_database": {"automated_backup": BACKUP}}
        (terraform.folder / "restore.json").write_text(json.dumps(restored))
        given.append("-var-file=restore.json")
    account = account_of(terraform.folder / values)
    given_values = json.loads((terraform.folder / values).read_text())
    if (
        "vpc_endpoints" in given_values and terraform.emulator
    ):  # moto makes its list on the first request, and answers others wrongly
        where = given_values["target"]["region"]
        terraform.emulator.ask(account, "ec2", where, Action="DescribeVpcEndpointServices", Version="2016-11-15")
    copies = json.loads((terraform.folder / values).read_text()).get("database_copies_database")
    if copies and terraform.emulator:
        _with_key(terraform.emulator, account, "eu-central-1", copies["key"])
    terraform.run("plan", "-input=false", f"-out={instance}.plan", *given, account=account)
    changes = json.loads(terraform.run("show", "-json", f"{instance}.plan"))["resource_changes"]
    assert all(change["change"]["actions"] in (["create"], ["read"], ["no-op"]) for change in changes)
    return {change["address"]: change["change"]["after"] or {} for change in changes}


PLANNED = {
    "00-account": ("non-prod", "prod"),
    "00-backend": ("dev", "prod", "prod-eu-central-1"),
    "00-organization": ("organization",),
    "00-security": ("organization",),
    "01-base-infra": ("dev", "prod", "prod-eu-central-1"),
    "01-dns": ("dev", "prod"),
    "01-edge": ("dev", "prod"),
    "02-eks-cluster": ("dev", "prod", "prod-eu-central-1"),
    "05-data": ("dev", "prod", "prod-eu-central-1"),
    "06-observability": ("dev", "prod", "prod-eu-central-1"),
}


def test_all_aws_stacks_are_planned(made: Path) -> None:
    assert {*PLANNED} == {folder.name for folder in made.iterdir() if (folder / "main.tf").exists()}


@pytest.mark.parametrize("stack", PLANNED)
def test_a_whole_root_is_planned_in_each_environment(
    roots: Mapping[str, Terraform], stack: str, record_property: Callable[[str, str], None]
) -> None:
    for step in ("init", "plan"):
        record_property("checks", f"aws {stack} {step}")
    record_property("how", f"run: {' and '.join(PLANNED[stack])}, with the majors before")
    for instance in PLANNED[stack]:
        assert planned(roots[stack], instance), instance


@pytest.mark.parametrize("phase", ["growth", "scale"])
def test_the_data_of_a_later_phase_is_planned(tmp_path: Path, emulator: Emulator, phase: str) -> None:
    root = write_roots(tmp_path, phase) / "05-data"
    without_random_passwords(root)
    (terraform,) = copied([root], tmp_path / "roots", emulator).values()
    resources = planned(terraform, "prod")
    (signs_in,) = resources["module.rds_proxy_pool[0].aws_db_proxy.this[0]"]["auth"]
    assert (signs_in["auth_scheme"], signs_in["iam_auth"]) == ("SECRETS", "DISABLED")


def test_nodes_that_are_added_in_a_later_phase_are_planned(tmp_path: Path, emulator: Emulator) -> None:
    root = write_roots(tmp_path, "growth") / "03-karpenter"
    (terraform,) = copied([root], tmp_path / "roots", emulator).values()
    for instance in ("prod", "prod-eu-central-1"):
        assert any(".aws_iam_role.controller" in address for address in planned(terraform, instance))


def without_random_passwords(root: Path) -> None:
    """Write a fixed password into a root, because the provider of random values is not among those of the tests."""
    main, providers = root / "main.tf", root / "providers.tf"
    text = re.sub(r'(?ms)^ephemeral "random_password" .*?^}\n', "", main.read_text())
    main.write_text(re.sub(r"ephemeral\.random_password\.\w+\[each\.key\]\.result", '"example"', text))
    providers.write_text(re.sub(r"(?ms)^    random = {.*?^    }\n", "", providers.read_text()))


def test_sign_in_roles_that_the_account_has_may_enter_the_cluster(
    roots: Mapping[str, Terraform], emulator: Emulator
) -> None:
    terraform = roots["02-eks-cluster"]
    account = account_of(terraform.folder / "stg.tfvars.json")
    for name in ("AWSReservedSSO_Read_0123456789abcdef", "AWSReservedSSO_Reader_0123456789abcdef"):
        trust = json.dumps({"Version": "2012-10-17", "Statement": []})
        asked = {
            "RoleName": name,
            "Path": "/aws-reserved/sso.amazonaws.com/eu-west-1/",
            "AssumeRolePolicyDocument": trust,
        }
        with contextlib.suppress(urllib.error.HTTPError):  # it exists already
            emulator.ask(account, "iam", Action="CreateRole", Version="2010-05-08", **asked)
    resources = planned(terraform, "stg")
    entries = {address: r for address, r in resources.items() if address.startswith("aws_eks_access_entry.")}
    assert list(entries) == ['aws_eks_access_entry.cluster_access_cluster["read"]']
    path = "aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Read_0123456789abcdef"
    assert entries[next(iter(entries))]["principal_arn"] == f"arn:aws:iam::{account}:role/{path}"


APPLIED = {"00-account": "prod", "01-base-infra": "prod", "06-observability": "prod"}


@pytest.mark.parametrize("stack", APPLIED)
def test_a_whole_root_is_applied(
    roots: Mapping[str, Terraform],
    stack: str,
    record_property: Callable[[str, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record_property("checks", f"aws {stack} apply")
    record_property("how", f"run: {APPLIED[stack]}, against moto")
    terraform, instance = roots[stack], APPLIED[stack]
    if stack == "01-base-infra":  # its certificate is validated in the zone
        dns = roots["01-dns"]
        planned(dns, instance)
        dns.run("apply", "-input=false", f"{instance}.plan", account=account_of(dns.folder / f"{instance}.tfvars.json"))
        monkeypatch.setitem(BASE, "route53_dns_id", dns.outputs()["route53_dns_id"])
    expected = planned(terraform, instance)
    account = account_of(terraform.folder / f"{instance}.tfvars.json")
    terraform.run("apply", "-input=false", f"{instance}.plan", account=account)
    made = set(terraform.run("state", "list").split("\n"))
    assert {address for address in expected if ".data." not in f".{address}"} <= made
    if stack == "01-base-infra":
        _check_routes(terraform)


def _check_routes(terraform: Terraform) -> None:
    """Subnets for databases lead to no gateway but that of S3, as their tier states; private ones lead to a NAT gateway."""
    state = json.loads((terraform.folder / "terraform.tfstate").read_text())["resources"]
    tables: dict[str, set[str]] = {}
    leading: set[str] = set()
    served: set[str] = set()
    for entry in state:
        for instance in entry["instances"]:
            values = instance["attributes"]
            if entry["type"] == "aws_route_table_association":
                tables.setdefault(entry["name"], set()).add(values["route_table_id"])
            elif entry["type"] == "aws_route":
                leading.add(values["route_table_id"])
            elif entry["type"] == "aws_vpc_endpoint" and values["vpc_endpoint_type"] == "Gateway":
                served |= {*values["route_table_ids"]}
    assert len(tables["database"]) == 3
    assert leading == tables["private"] | tables["public"]
    assert served == tables["private"] | tables["database"]
    assert not tables["database"] & leading


def test_an_organization_can_be_applied_as_far_as_moto_has_its_services(
    roots: Mapping[str, Terraform], record_property: Callable[[str, str], None]
) -> None:
    record_property("checks", "aws 00-security apply")
    record_property("how", "run: in part, the archive, its key and the trail; moto lacks GuardDuty's organization")
    terraform = roots["00-security"]
    planned(terraform, "organization")
    account = account_of(terraform.folder / "organization.tfvars.json")
    only = [f"-target=module.{name}" for name in ("archive_key_log_archive", "s3_archive_log_archive")]
    terraform.run(
        "apply",
        "-input=false",
        "-auto-approve",
        "-var-file=organization.tfvars.json",
        *only,
        "-target=aws_cloudtrail.audit_trail_audit_log",
        account=account,
    )
    made = terraform.run("state", "list")
    assert "aws_cloudtrail.audit_trail_audit_log" in made
    assert "module.s3_archive_log_archive.aws_s3_bucket_policy.this[0]" in made
