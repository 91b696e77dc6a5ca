"""A model on Azure alone: it says Azure's words, and mentions no other cloud."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from archgen.analysis.architecture_json import export
from archgen.catalog.cloud_facts import cloud_bases, clouds, mentions_another
from archgen.clouds.aws import AwsNetwork
from archgen.clouds.azure import AzureNetwork
from archgen.draw.graph import Group
from archgen.model.architecture import Architecture
from archgen.model.per_cloud import cloud_classes
from archgen.model.resolve import resolve
from archgen.reading.yaml_tree import parse
from archgen.views import network, organization
from conftest import DATA, archgen

CONTOSO = DATA / "models" / "contoso.yaml"


def architecture(text: str) -> Architecture:
    root = parse(text, "architecture.yaml")[0].root
    assert root
    resolved, problems = resolve(root)
    assert resolved, problems
    return resolved.default


def said(text: str) -> list[tuple[str, str]]:
    root = parse(text, "architecture.yaml")[0].root
    assert root
    return [(problem.code, problem.message) for problem in resolve(root)[1]]


def labels(group: Group) -> list[str]:
    inner = [child for child in group.children if isinstance(child, Group)]
    return [group.label, *(label for child in inner for label in labels(child))]


def test_its_network_is_a_virtual_network_with_regional_subnets() -> None:
    a = architecture(CONTOSO.read_text(encoding="utf-8"))
    assert [subnet.zone for subnet in a.subnets] == [None, None, None]
    assert a.network_facts(AwsNetwork) is None
    assert a.network_facts(AzureNetwork) is not None
    found = labels(network.view(a, a).root)
    assert found[:1] == [""]
    assert "Microsoft Azure" in found
    assert "Virtual network contoso-prod-network 10.20.0.0/16" in found
    assert "Subscription Contoso Prod (aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee), resource group rg-shop-prod" in found
    assert "Availability zone 1" in found
    notes = {node.label for node in network.view(a, a).root.nodes()}
    assert "AKS nodes" in notes


def test_its_organization_has_management_groups_in_each_other() -> None:
    a = architecture(CONTOSO.read_text(encoding="utf-8"))
    picture = organization.view(a, a)
    assert labels(picture.root)[1:] == [
        "Tenant",
        "",
        "Management group Platform",
        "Subscription Management",
        "Management group Landing zones",
        "Management group Online",
        "Subscription Contoso Dev",
        "Subscription Contoso Prod (aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee)",
    ]
    notes = {node.note for node in picture.root.nodes()}
    assert "resource group rg-shop-prod, 10.20.0.0/16" in notes


NETWORK = "network:\n  azure: {nat_gateway: true, delegations: {data: Microsoft.DBforPostgreSQL/flexibleServers}}\n"


def test_its_network_says_how_traffic_leaves_and_what_a_subnet_is_delegated_to() -> None:
    a = architecture(CONTOSO.read_text(encoding="utf-8").replace("network:\n", NETWORK, 1))
    picture = network.view(a, a)
    assert picture.nodes()["nat-gateway"].label == "NAT Gateway"
    delegated = "Delegated to PostgreSQL subnet 10.20.100.0/24, delegated to Microsoft.DBforPostgreSQL/flexibleServers"
    assert delegated in labels(picture.root)


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        ("subscription: contoso-dev", "subscription: contoso", "ARC-R001", "the subscription 'contoso' does not exist"),
        ("management_group: platform", "management_group: plattform", "ARC-R001", "the management group 'plattform' does not exist"),
        ("{name: Platform}", "{name: P, parent: platform}", "ARC-M005", "the management group 'platform' is inside itself"),
        ("resource_group: rg-shop-dev", "resource_group: rg.", "ARC-M005", "'rg.' is not the name of a resource group"),
        ('["1", "2", "3"]', '["1", "4"]', "ARC-M005", "'4' is not a zone of Microsoft Azure such as 1"),
        ("region: westeurope", "region: west-europe", "ARC-M005", "'west-europe' is not a region of Microsoft Azure such as westeurope"),
        ("subscription: contoso-dev, resource_group: rg-shop-dev, ", "account: contoso-dev, ", "ARC-M002", "unknown key `account`"),
        ("network:\n", "network:\n  azure: {delegations: {dta: Microsoft.Web/serverFarms}}\n", "ARC-R001", "the tier 'dta' does not exist"),
        (
            "network:\n",
            "network:\n  azure: {delegations: {data: PostgreSQL}}\n",
            "ARC-M005",
            "'PostgreSQL' is not a service to delegate to, such as Microsoft.DBforPostgreSQL/flexibleServers",
        ),
        ("product: aks", "product: eks", "ARC-R003", "Amazon EKS is not available on Azure"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_its_words(old: str, new: str, code: str, message: str) -> None:
    assert (code, message) in said(CONTOSO.read_text(encoding="utf-8").replace(old, new, 1))


def test_a_subscription_that_never_runs_workloads_is_found(tmp_path: Path) -> None:
    text = CONTOSO.read_text(encoding="utf-8").replace(
        "management_group: online}", "management_group: online, workloads: false}", 1
    )
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    found = archgen("validate", cwd=tmp_path).err
    assert "environment 'dev' uses the subscription 'contoso-dev', which must never run workloads" in found
    assert "choose a different subscription of `organization.azure.subscriptions`" in found


# General explanations of rules say "account or project"; a link and a key of a picture have names of others in them.
ELSEWHERE = re.compile(r"GoogleContainerTools")


@pytest.mark.slow
def test_its_pages_and_pictures_mention_no_other_cloud(tmp_path: Path) -> None:
    shutil.copy(CONTOSO, tmp_path / "architecture.yaml")
    with (tmp_path / "architecture.yaml").open("a", encoding="utf-8") as file:
        file.write("terraform: {stacks: {base: {purpose: All of it.}}}\nrules: {severities: {DATA407: warning}}\n")
    result = archgen("build", "--no-site", cwd=tmp_path)
    assert result.code == 0, result.err
    files = [file for file in (tmp_path / "docs").rglob("*") if file.suffix in (".md", ".svg")]
    assert len(files) > 40
    for file in files:
        text = re.sub(r"base64,[A-Za-z0-9+/=&#;]*", "", file.read_text(encoding="utf-8"))
        for line in ELSEWHERE.sub("", text).splitlines():
            assert not mentions_another(line, {"azure"}), (file, line)
    environments = (tmp_path / "docs/architecture/environments.md").read_text(encoding="utf-8")
    assert "| Subscription | Contoso Dev | Contoso Prod" in environments
    assert "| Resource group | rg" in environments
    assert "| Azure subscription | ID | Management group | Purpose |" in environments
    weeks = (tmp_path / "docs/architecture/start/weeks.md").read_text(encoding="utf-8")
    assert "az account set" in weeks
    assert "The API server of the cluster is private" in weeks
    stack = (tmp_path / "docs/architecture/terraform/base.md").read_text(encoding="utf-8")
    assert "archgen has no Terraform bindings for Azure" in stack
    assert not (tmp_path / "infra").exists()


def test_its_export_has_no_entries_of_other_clouds() -> None:
    exported = json.dumps(export(architecture(CONTOSO.read_text(encoding="utf-8"))))
    assert '"azure": {"subscription"' in exported or '"azure": {"cidr"' in exported
    assert '"aws"' not in exported
    assert '"gcp"' not in exported


@pytest.mark.parametrize("cloud", sorted(clouds()))
def test_every_cloud_is_complete(cloud: str) -> None:
    facts, classes = clouds()[cloud], cloud_classes()[cloud]
    assert classes.home.key in classes.home.model_fields
    assert classes.organization.key in classes.organization.model_fields
    assert not facts.misnamed(facts.region_example, zone=False)
    assert not facts.misnamed(facts.zone_example, zone=True)
    assert set(facts.looks) == set(cloud_bases()["private"].looks)
