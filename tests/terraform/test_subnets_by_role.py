"""Subnets of tiers by role in Terraform: their lists and names, and components in tiers of another role."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archgen.pipeline import Project, check, load
from terraforming import planned, stacks, terraform, validate_against_stubs, write_terraform_files

MODEL = """\
version: 2
name: Shop
project: shop
clouds: {aws: {region: eu-west-1, availability_zones: [eu-west-1a, eu-west-1b]}}
environments:
  dev: {name: Development, aws: {account: shop-dev, cidr: 10.0.0.0/16}}
  prod: {name: Production, aws: {account: shop-prod, cidr: 10.1.0.0/16}}
network:
  tiers:
    front: {name: Front, internet: both, prefix_length: 24}
    app: {name: App, internet: outbound, prefix_length: 24, netnum: 4}
    data: {name: Data, prefix_length: 24, netnum: 8}
components:
  users: {kind: actor, title: Users, calls: {orders: {port: 5432, protocol: postgresql}}}
  orders: {kind: postgresql, title: Orders, product: rds-postgresql, placement: data, engine_version: "17", size: db.t4g.micro,
           storage_gib: 20, backup: {retention_days: 7}}
terraform:
  stacks:
    network: {purpose: The network., modules: [vpc]}
    data: {purpose: The database., after: [network], modules: [rds]}
"""
LISTS = ("public_subnets", "private_subnets", "database_subnets", "intra_subnets")
OPTIONAL = ("intra_subnets", *(f"{role}_subnet_names" for role in ("public", "private", "database", "intra")))


def written(root: Path, tiers: str = "", text: str = MODEL) -> dict[str, Any]:
    """The values of the VPC in each environment, for the model with more tiers."""
    model = root / "architecture.yaml"
    model.write_text(text.replace("components:\n", f"{tiers}components:\n", 1), encoding="utf-8")
    write_terraform_files(model, root)
    return {
        name: json.loads((root / f"infra/aws/network/{name}.tfvars.json").read_text())["vpc"]
        for name in ("dev", "prod")
    }


def refused(text: str, root: Path) -> list[tuple[str, str, tuple[object, ...]]]:
    model = root / "architecture.yaml"
    model.write_text(text, encoding="utf-8")
    project: Project | None = load(model).project
    assert project
    return [(d.code, d.help, tuple(d.path or ())) for d in check(project).findings if d.code == "ARC-F002"]


def test_without_roles_and_with_the_roles_that_follow_from_the_internet_the_values_are_the_same(tmp_path: Path) -> None:
    usual = written(tmp_path)
    assert [usual["prod"].get(name) for name in LISTS] == [
        ["10.1.0.0/24", "10.1.1.0/24"],
        ["10.1.4.0/24", "10.1.5.0/24"],
        ["10.1.8.0/24", "10.1.9.0/24"],
        None,
    ]
    assert not set(OPTIONAL) & set(usual["prod"])
    stated = MODEL.replace("internet: both,", "internet: both, role: public,").replace(
        "{name: Data,", "{name: Data, role: database,"
    )
    assert written(tmp_path, text=stated.replace("internet: outbound,", "internet: outbound, role: private,")) == usual


TWICE = """\
    batch: {name: Batch, internet: outbound, prefix_length: 26, netnum: 3}
    edge: {name: Edge, internet: both, prefix_length: 24, netnum: 2}
    ledger: {name: Ledger, role: isolated, prefix_length: 24, netnum: 12}
    mesh: {name: Mesh, role: intra, prefix_length: 24, netnum: 10}
"""


def test_subnets_of_several_tiers_with_one_role_are_in_the_order_of_zones_and_named_after_their_tiers(
    tmp_path: Path,
) -> None:
    values = written(tmp_path, TWICE)["dev"]
    assert values["public_subnets"] == ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"]
    assert values["public_subnet_names"] == [
        f"shop-dev-network-{tier}-eu-west-1{zone}" for tier in ("front", "edge") for zone in "ab"
    ]
    assert values["private_subnets"] == ["10.0.0.192/26", "10.0.1.0/26", "10.0.4.0/24", "10.0.5.0/24"]
    assert values["private_subnet_names"][:3] == [
        "shop-dev-network-batch-eu-west-1a",
        "shop-dev-network-batch-eu-west-1b",
        "shop-dev-network-app-eu-west-1a",
    ]
    # Neither has a way to the internet, so that both are the same subnets for the module.
    assert values["intra_subnets"] == ["10.0.10.0/24", "10.0.11.0/24", "10.0.12.0/24", "10.0.13.0/24"]
    assert values["intra_subnet_names"][0] == "shop-dev-network-mesh-eu-west-1a"
    assert values["intra_subnet_names"][-1] == "shop-dev-network-ledger-eu-west-1b"
    assert values["database_subnets"] == ["10.0.8.0/24", "10.0.9.0/24"]
    assert "database_subnet_names" not in values  # the names of the module are right


@pytest.mark.terraform
def test_terraform_accepts_two_tiers_of_one_role_and_roles_that_only_one_environment_has(tmp_path: Path) -> None:
    tiers = TWICE.replace("role: isolated,", "when: {prod: {role: isolated}},").replace("    mesh:", "    gate:")
    tiers = tiers.replace("role: intra,", "role: database,")
    values = written(tmp_path, tiers)
    assert "intra_subnets" not in values["dev"]
    assert values["dev"]["database_subnets"][2:] == ["10.0.10.0/24", "10.0.11.0/24", "10.0.12.0/24", "10.0.13.0/24"]
    assert values["prod"]["intra_subnets"] == ["10.1.12.0/24", "10.1.13.0/24"]
    variables = (tmp_path / "infra/aws/network/variables.tf").read_text()
    assert "optional(list(string), [])" in variables
    done = terraform("fmt", "-check", "-recursive", "-diff", cwd=tmp_path / "infra")
    assert (done.returncode, done.stdout) == (0, "")
    for stack in stacks(tmp_path / "infra"):
        for environment in ("dev", "prod"):
            done = planned(stack, f"{environment}.tfvars.json")
            assert done.returncode == 0, done.stdout + done.stderr
            assert "Warning" not in done.stdout + done.stderr
    file = tmp_path / "infra/aws/network/prod.tfvars.json"
    broken = json.loads(file.read_text())
    for name in ("public_subnets", "intra_subnets"):
        short = {**broken, "vpc": {**broken["vpc"], name: broken["vpc"][name][:-1]}}
        (file.parent / "short.tfvars.json").write_text(json.dumps(short))
        assert "Every zone must have the same number" in planned(file.parent, "short.tfvars.json").stderr
    validate_against_stubs(tmp_path / "infra")


def test_a_database_in_a_tier_of_another_role_is_refused_at_its_place(tmp_path: Path) -> None:
    assert refused(MODEL, tmp_path) == []
    assert refused(MODEL.replace("{name: Data,", "{name: Data, role: database,"), tmp_path) == []
    found = refused(MODEL.replace("{name: Data,", "{name: Data, role: isolated,"), tmp_path)
    assert [(code, path) for code, _help, path in found] == [("ARC-F002", ("components", "orders"))] * len(found)
    assert found[0][1] == (
        "the module uses database subnets, but the tier 'data' of 'orders' has the role isolated; "
        "set `role: database`, or place the component in a tier that has it"
    )


ROUTES = (
    "create_database_subnet_route_table",
    "create_database_nat_gateway_route",
    "create_private_nat_gateway_route",
)


@pytest.mark.parametrize(
    ("app", "data", "routes"),
    [
        ("outbound", "none", (True, False, True)),
        ("outbound", "outbound, role: database", (False, False, True)),
        ("none, role: private", "outbound, role: database", (True, True, False)),
        ("none, role: private", "none", (False, False, False)),
        ("none, role: isolated", "outbound, role: database", (True, True, False)),  # there are no private subnets
        ("none, role: isolated", "none", (True, False, False)),
    ],
)
def test_only_tiers_that_state_a_way_out_have_one(
    tmp_path: Path, app: str, data: str, routes: tuple[bool, bool, bool]
) -> None:
    text = MODEL.replace("internet: outbound,", f"internet: {app},")
    values = written(tmp_path, text=text.replace("{name: Data,", f"{{name: Data, internet: {data},"))
    assert tuple(values["prod"][name] for name in ROUTES) == routes


def beside(role: str) -> str:
    """Two tiers of a role of which only one reaches the internet."""
    return "".join(
        f"    {name}: {{name: Tier {name}, role: {role}, internet: {internet}, prefix_length: 24, netnum: {number}}}\n"
        for name, internet, number in (("open", "outbound", 20), ("closed", "none", 24))
    )


def test_tiers_for_databases_with_and_without_a_way_out_are_refused(tmp_path: Path) -> None:
    text = MODEL.replace("    app:", f"{beside('database')}    app:").replace(
        "{name: Data,", "{name: Data, role: isolated,"
    )
    found = [help_ for _code, help_, _path in refused(text, tmp_path) if "routes" in help_]
    assert found
    assert "all database subnets have the same routes" in found[0]
    assert "'closed'" in found[0]


def test_a_private_tier_without_a_way_out_has_no_route_to_the_internet_beside_others(tmp_path: Path) -> None:
    values = written(tmp_path, beside("private"))["prod"]
    assert values["private_subnets"] == ["10.1.4.0/24", "10.1.5.0/24", "10.1.20.0/24", "10.1.21.0/24"]
    assert values["intra_subnets"] == ["10.1.24.0/24", "10.1.25.0/24"]
    assert values["create_private_nat_gateway_route"]
    work = "  work: {kind: function, title: Work, product: lambda, placement: TIER, calls: {orders: {port: 5432}}}\n"
    text = MODEL.replace("components:\n", f"{beside('private')}components:\n{work}", 1).replace(
        "[rds]", "[rds, lambda]"
    )
    assert refused(text.replace("TIER", "open"), tmp_path) == []
    found = refused(text.replace("TIER", "closed"), tmp_path)
    assert [path for _code, _help, path in found] == [("components", "work")] * len(found)
    assert "the tier 'closed' of 'work' states `internet: none`" in found[0][1]
