"""Transit gateways on AWS: whom they are shared with, what networks reach through them, and plans with the real provider."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from archgen.project import Project
from conftest import ROOT, project_of
from emulating import copied, created, plan
from terraforming import all_values_of, problems_of, terraform, write_roots, write_terraform_files
from tools.check_roots import Emulator, Terraform

MODEL = (ROOT / "tests/data/models/transit-on-aws.yaml").read_text(encoding="utf-8")


APART = ("joins: [shared, dev, prod]", "joins: [shared, dev, prod], apart: [dev, prod]")


def changed(folder: Path, *pairs: str) -> Project:
    """The model with texts replaced, which must be there: each old text is followed by the new one."""
    text = MODEL
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    return project_of(folder, text)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    project = changed(tmp_path_factory.mktemp("transit"))
    assert not problems_of(project, "ARC-F002", "ARC-F003", "ARC-F005", "ARC-F026", "ARC-F027")
    return all_values_of(project)


def test_the_network_reaches_all_other_ends_of_the_gateway(made: dict[str, Any]) -> None:
    attachments = made["transit_attachments"]
    assert attachments["gateways"] == {"transit": ["10.1.0.0/16", "10.50.0.0/16", "172.16.0.0/16"]}
    assert attachments["database_tables"]  # they have routes to it, too
    assert attachments["subnets_in"] == {"positions": [0, 1, 2], "role": "private"}


def test_the_gateway_is_shared_with_the_other_accounts(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(MODEL, encoding="utf-8")
    write_terraform_files(tmp_path / "architecture.yaml", tmp_path)
    values = json.loads((tmp_path / "infra/aws/hub/organization.tfvars.json").read_text(encoding="utf-8"))
    assert values["target"]["account_id"] == "111111111111"
    assert values["transit_gateway_transit"]["accounts"] == ["222222222222", "123456789012"]
    main = (tmp_path / "infra/aws/hub/main.tf").read_text(encoding="utf-8")
    propagation = main[main.index('"aws_ec2_transit_gateway_default_route_table_propagation"') :].split("\n}\n")[0]
    waits = "depends_on = [aws_ec2_transit_gateway_default_route_table_association.transit_gateway_transit]"
    assert waits in propagation  # each of them changes the gateway


def test_the_account_of_a_gateway_is_that_of_its_stack(tmp_path: Path) -> None:
    write_roots(changed(tmp_path, "product: transit-gateway, home: hub,", "product: transit-gateway,"), tmp_path)
    values = json.loads((tmp_path / "infra/aws/hub/organization.tfvars.json").read_text(encoding="utf-8"))
    assert values["transit_gateway_transit"]["accounts"] == ["222222222222", "123456789012"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("joins: [shared, dev, prod]", "joins: [shared, environment]", "one gateway joins the networks of all"),
        (', id: "222222222222"', "", "the model does not state the `id` of the account 'dev'"),
        (", cidr: 10.50.0.0/16", "", "the model does not state the `cidr` of 'shared'"),
    ],
)
def test_what_the_model_must_state_is_an_error(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in str(problems_of(changed(tmp_path, old, new), "ARC-F002"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("joins: [shared, dev, prod]", "joins: [shared, dev, prod], apart: [shared, prod]", "they are left out"),
        ("modules: [transit-attachments]", "modules: []", "nothing reaches it through the gateway"),
        ("scope: organization, home: hub, ", "", "each environment would make another gateway"),
    ],
)
def test_what_no_stack_makes_of_a_gateway_is_reported(tmp_path: Path, old: str, new: str, said: str) -> None:
    found = problems_of(changed(tmp_path, old, new), "ARC-F026")
    assert said in str(found)


def test_a_gateway_that_keeps_only_some_networks_of_environments_apart_is_not_made(tmp_path: Path) -> None:
    project = changed(tmp_path, "joins: [shared, dev, prod]", "joins: [shared, dev, prod], apart: [shared, prod]")
    assert not {name for name in all_values_of(project) if name.startswith("transit")}


def test_networks_that_are_kept_apart_have_no_routes_to_each_other(tmp_path: Path) -> None:
    project = changed(tmp_path, *APART)
    assert not problems_of(project, "ARC-F002", "ARC-F026", "ARC-F027")
    assert all_values_of(project)["transit_attachments"]["gateways"] == {"transit": ["10.50.0.0/16", "172.16.0.0/16"]}


# -- with Terraform ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def roots(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Terraform]:
    """Terraform in a copy of each root, by stack."""
    root = tmp_path_factory.mktemp("joined")
    (root / "architecture.yaml").write_text(MODEL.replace("[vpc]", "[vpc@5]").replace(*APART), encoding="utf-8")
    write_terraform_files(root / "architecture.yaml", root)
    checked = terraform("fmt", "-check", "-diff", "-recursive", ".", cwd=root / "infra")
    assert checked.returncode == 0, checked.stdout
    return copied(sorted((root / "infra/aws").iterdir()), tmp_path_factory.mktemp("roots"), emulator)


@pytest.mark.slow
@pytest.mark.xdist_group("roots")
def test_the_attachment_of_a_network_is_planned(
    roots: Mapping[str, Terraform], record_property: Callable[[str, str], None]
) -> None:
    for step in ("init", "plan"):
        record_property("checks", f"aws transit/joining {step}")
    record_property("how", "run: prod")
    known: dict[str, object] = {
        "transit_gateway_transit_transit_gateway_id": "tgw-0a1b2c3d4e5f60001",
        "vpc_database_route_table_ids": ["rtb-0a1b2c3d4e5f60003"],
        "vpc_database_subnets": [],
        "vpc_intra_route_table_ids": [],
        "vpc_intra_subnets": [],
        "vpc_private_route_table_ids": ["rtb-0a1b2c3d4e5f60001"],
        "vpc_private_subnets": [f"subnet-0a1b2c3d4e5f6001{i}" for i in range(3)],
        "vpc_public_route_table_ids": ["rtb-0a1b2c3d4e5f60002"],
        "vpc_vpc_id": "vpc-0a1b2c3d4e5f60001",
    }
    planned = plan(roots["joining"], known, "123456789012")
    assert {
        'aws_ec2_transit_gateway_vpc_attachment.transit_attachments["transit"]',
        'aws_route.transit_attachments["transit-database-0-172.16.0.0/16"]',
        'aws_route.transit_attachments["transit-private-0-10.50.0.0/16"]',
        'aws_route.transit_attachments["transit-public-0-172.16.0.0/16"]',
    } <= created(planned)
    assert len([address for address in created(planned) if address.startswith("aws_route.")]) == 6


@pytest.mark.slow
@pytest.mark.xdist_group("roots")
def test_the_gateway_and_its_share_are_planned(
    roots: Mapping[str, Terraform], record_property: Callable[[str, str], None]
) -> None:
    for step in ("init", "plan"):
        record_property("checks", f"aws transit/hub {step}")
    record_property("how", "run: the organization")
    hub = roots["hub"]
    (values,) = [path for path in hub.folder.glob("*.tfvars.json") if "from" not in path.name]
    hub.prepare()
    hub.init()
    hub.run("validate")
    planned = hub.run("plan", "-input=false", f"-var-file={values.name}", account="111111111111")
    assert {
        'aws_ec2_transit_gateway.transit_gateway_transit["gateway"]',
        'aws_ec2_transit_gateway_default_route_table_association.transit_gateway_transit["gateway"]',
        'aws_ec2_transit_gateway_default_route_table_propagation.transit_gateway_transit["gateway"]',
        'aws_ec2_transit_gateway_route_table.transit_gateway_transit["all"]',
        'aws_ec2_transit_gateway_route_table.transit_gateway_transit["apart"]',
        'aws_ram_principal_association.transit_gateway_transit["123456789012"]',
        'aws_ram_principal_association.transit_gateway_transit["222222222222"]',
        'aws_ram_resource_association.transit_gateway_transit["gateway"]',
    } <= created(planned)
    assert re.search(r"\+ allow_external_principals += false", planned)
