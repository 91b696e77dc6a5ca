"""A regional NAT gateway of AWS: one that is in every zone with workloads, so that no zone depends on another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archgen.pipeline import Project, check, load, make
from archgen.views import network

MODEL = """\
version: 1
name: Shop
clouds: {aws: {region: eu-west-1, availability_zones: [eu-west-1a, eu-west-1b, eu-west-1c]}}
environments: {prod: {name: Prod, production: true, aws: {account: main, cidr: 10.20.0.0/16}}}
network:
  aws: {nat_gateways: GATEWAYS}
  flow_logs: {retention_days: 90}
  tiers:
    public: {name: Public, internet: both, prefix_length: 24, netnum: 0}
    app: {name: App, internet: outbound, prefix_length: 24, netnum: 10}
components:
  web: {kind: service, title: Web, placement: app}
terraform: {path: "infra/{stack}", stacks: {network: {purpose: N., modules: MODULES}}}
"""


def project(tmp_path: Path, gateways: str, modules: str = "[vpc, regional-nat-gateway, security-groups]") -> Project:
    file = tmp_path / "architecture.yaml"
    file.write_text(MODEL.replace("GATEWAYS", gateways).replace("MODULES", modules), encoding="utf-8")
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    return loaded.project


@pytest.mark.parametrize(("gateways", "found"), [("single", True), ("per-zone", False), ("regional", False)])
def test_only_a_single_zonal_gateway_is_a_finding(tmp_path: Path, gateways: str, *, found: bool) -> None:
    assert ("NET105" in {d.code for d in check(project(tmp_path, gateways)).findings}) is found


def test_it_is_drawn_once_and_in_no_zone(tmp_path: Path) -> None:
    a = project(tmp_path, "regional").resolved.default
    nodes = network.view(a, a).nodes()
    assert "nat" in nodes
    assert not {"nat-1", "nat-2", "nat-3"} & set(nodes)


def test_its_code_is_beside_a_vpc_without_gateways_of_its_module(tmp_path: Path) -> None:
    artifacts, problems = make(check(project(tmp_path, "regional")))
    assert [p for p in problems if p.severity == "error"] == []
    files = {a.path: a.content.decode() for a in artifacts if a.path.startswith("infra/")}
    main = files["infra/network/main.tf"]
    assert 'availability_mode = "regional"' in main
    assert "vpc_id            = module.vpc.vpc_id" in main
    assert "private = module.vpc.private_route_table_ids }[each.value.table][0]" in main
    values = files["infra/network/prod.tfvars.json"]
    assert json.loads(values)["regional_nat_gateway"]["table"] == "private"
    assert '"enable_nat_gateway": false' in values
    assert '"single_nat_gateway": true' in values


def test_a_stack_without_its_module_is_a_finding(tmp_path: Path) -> None:
    found = [
        d.message for d in check(project(tmp_path, "regional", "[vpc, security-groups]")).findings if d.code == "TF102"
    ]
    assert found == ["no stack has the module 'regional-nat-gateway', which makes a part of the network on AWS"]
