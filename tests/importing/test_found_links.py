"""Links between networks and sites, and the networks besides that of the environment, as an import finds them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from archgen.importing.folding import fold
from archgen.importing.importing import Import
from archgen.importing.report import as_text
from archgen.importing.terraform_json import TerraformFile, read_content
from archgen.project import load
from drifted import report_of, resolved_of

MODEL = Path("architecture.yaml")
ROUTE = "https://www.googleapis.com/compute/v1/projects/p-prod/global/networks/"
Resource = tuple[str, dict[str, Any]]


def file_of(*resources: Resource) -> TerraformFile:
    entries = [
        {
            "address": address,
            "type": address.split(".")[0],
            "name": address.split(".")[1],
            "mode": "managed",
            "values": v,
        }
        for address, v in resources
    ]
    document = {"format_version": "1.0", "values": {"root_module": {"resources": entries}}}
    return read_content(json.dumps(document).encode(), "x.json")


def found(*resources: Resource, cloud: str = "aws") -> Import:
    return Import([file_of(*resources)], cloud, "prod")


def model(*resources: Resource, cloud: str = "aws") -> dict[str, Any]:
    """The model of resources, which is valid."""
    text = found(*resources, cloud=cloud).text()
    loaded = load(MODEL, texts={MODEL.name: text})
    assert loaded.diagnostics == []
    return dict(yaml.safe_load(text))


def vpc(name: str, number: int, *zones: str, **values: Any) -> list[Resource]:
    """A VPC with a subnet in each zone."""
    id_, cidr = f"vpc-000{number}", f"10.{number}"
    whole = {"id": id_, "cidr_block": f"{cidr}.0.0/16", "tags": {"Name": f"{name}-network"}, **values}
    subnets: list[Resource] = [
        (
            f"aws_subnet.{name}_{zone[-1]}",
            {
                "id": f"subnet-{name}-{zone}", "vpc_id": id_, "cidr_block": f"{cidr}.{position}.0/24",
                "availability_zone": zone,
            },
        )
        for position, zone in enumerate(zones)
    ]  # fmt: skip
    return [(f"aws_vpc.{name}", whole), *subnets]


SHOP = vpc("shop", 1, "eu-west-1a", "eu-west-1b")
TOOLS = vpc("tools", 2, "eu-west-1a")
QUEUE: Resource = ("aws_sqs_queue.jobs", {"name": "jobs"})
PEERING: Resource = (
    "aws_vpc_peering_connection.tools",
    {"id": "pcx-0001", "vpc_id": "vpc-0001", "peer_vpc_id": "vpc-0002", "tags": {"Name": "shop-tools"}},
)


def test_a_second_network_is_written_with_what_is_in_it_and_what_joins_it() -> None:
    server = ("aws_instance.ci", {"instance_type": "t3.small", "subnet_id": "subnet-tools-eu-west-1a"})
    written = model(*SHOP, *TOOLS, PEERING, server)
    assert written["network"]["identifier"] == "shop-network"
    assert written["networks"] == {
        "tools-network": {
            "name": "Tools network",
            "identifier": "tools-network",
            "cidr": "10.2.0.0/16",
            "tiers": {"tools": {"name": "Tools", "internet": "none", "assumed": ["internet"]}},
        }
    }
    link = written["components"]["tools"]
    assert (link["product"], link["form"], link["joins"]) == (
        "vpc-peering",
        "peering",
        ["environment", "tools-network"],
    )
    assert written["components"]["ci"]["placement"] == "tools-network/tools"
    assert found(*SHOP, *TOOLS, PEERING).coverage.complete


def test_the_far_end_of_a_peering_is_a_network_of_which_only_the_id_is_known() -> None:
    written = model(*SHOP, PEERING)
    assert written["networks"] == {
        "tools-peer": {
            "name": "Peer of tools",
            "purpose": "The other end of a peering, which is in none of the files.",
            "identifier": "vpc-0002",
        }
    }
    assert written["components"]["tools"]["joins"] == ["environment", "tools-peer"]


def test_a_network_in_another_region_says_so() -> None:
    arn = "arn:aws:ec2:{}:123456789012:vpc/vpc-000{}"
    here = vpc("shop", 1, "eu-west-1a", "eu-west-1b", arn=arn.format("eu-west-1", 1))
    queue = (QUEUE[0], QUEUE[1] | {"arn": "arn:aws:sqs:eu-west-1:123456789012:jobs"})
    there = vpc("far", 2, "us-east-1a", arn=arn.format("us-east-1", 2))
    assert model(queue, *here, *there)["networks"]["far"]["purpose"] == "In the region us-east-1."


def test_a_network_that_nothing_is_in_or_leads_to_is_only_reported() -> None:
    empty = ("aws_vpc.spare", {"id": "vpc-0009", "cidr_block": "10.9.0.0/16"})
    coverage = found(*SHOP, empty).coverage
    assert [resource.address for resource in coverage.networks] == ["aws_vpc.spare"]
    assert "networks and subnets that the model does not get" in as_text(coverage)


def test_a_network_with_a_range_that_a_model_cannot_state_has_none() -> None:
    written = model(QUEUE, *vpc("shop", 1, "eu-west-1a", cidr_block="172.68.0.0/16"))
    assert "network" not in written
    assert [*written["networks"]["shop"]] == ["name", "identifier", "tiers"]


def test_a_transit_gateway_joins_what_is_attached_and_a_vpn_leads_from_it_to_a_site() -> None:
    resources: list[Resource] = [
        ("aws_ec2_transit_gateway.hub", {"id": "tgw-0001"}),
        *(
            (
                f"aws_ec2_transit_gateway_vpc_attachment.n{n}",
                {"transit_gateway_id": "tgw-0001", "vpc_id": f"vpc-000{n}"},
            )
            for n in (1, 2)
        ),
        ("aws_customer_gateway.office", {"id": "cgw-0001", "ip_address": "203.0.113.1"}),
        ("aws_vpn_connection.office", {"transit_gateway_id": "tgw-0001", "customer_gateway_id": "cgw-0001"}),
    ]
    written = model(*SHOP, *TOOLS, *resources)
    assert written["sites"] == {"office-site": {"name": "Office", "form": "other", "assumed": ["form"]}}
    hub, vpn = (written["components"][id_] for id_ in ("hub", "office"))
    assert (hub["form"], hub["joins"]) == ("transit", ["environment", "tools"])
    assert (vpn["form"], vpn["joins"], vpn["tunnels"]) == ("vpn", ["hub", "office-site"], 2)


def test_a_hub_with_one_network_joins_the_links_that_lead_to_it() -> None:
    resources: list[Resource] = [
        ("aws_ec2_transit_gateway.hub", {"id": "tgw-0001"}),
        ("aws_ec2_transit_gateway_vpc_attachment.own", {"transit_gateway_id": "tgw-0001", "vpc_id": "vpc-0001"}),
        ("aws_vpn_connection.office", {"transit_gateway_id": "tgw-0001", "customer_gateway_id": "cgw-elsewhere"}),
    ]
    written = model(*SHOP, *resources)
    assert written["components"]["hub"]["joins"] == ["environment", "office"]
    assert written["components"]["office"]["joins"] == ["hub", "office-site"]


def test_a_hub_that_joins_only_one_network_is_left_out_with_the_reason() -> None:
    hub = ("aws_ec2_transit_gateway.hub", {"id": "tgw-0001"})
    attached = ("aws_ec2_transit_gateway_vpc_attachment.own", {"transit_gateway_id": "tgw-0001", "vpc_id": "vpc-0001"})
    coverage = found(*SHOP, hub, attached).coverage
    assert [(one.id, lacking) for one, lacking in coverage.placed.incomplete] == [("hub", "joins")]


def test_a_vpn_of_which_only_the_site_is_known_is_left_out() -> None:
    office = ("aws_customer_gateway.office", {"id": "cgw-0001", "ip_address": "203.0.113.1"})
    vpn = ("aws_vpn_connection.vpn", {"transit_gateway_id": "tgw-elsewhere", "customer_gateway_id": "cgw-0001"})
    imported = found(*SHOP, office, vpn)
    assert [(one.id, lacking) for one, lacking in imported.placed.incomplete] == [("vpn", "joins")]
    assert "sites" not in imported.model
    odd = (PEERING[0], PEERING[1] | {"peer_vpc_id": "cgw-0001"})
    assert [one.id for one, _lacking in found(*SHOP, office, odd).placed.incomplete] == ["tools"]


def test_a_network_that_several_peerings_name_is_one() -> None:
    peerings: list[Resource] = [
        (f"aws_vpc_peering_connection.p{n}", {"vpc_id": f"vpc-000{n}", "peer_vpc_id": "vpc-0009"}) for n in (1, 2)
    ]
    written = model(*SHOP, *TOOLS, *peerings)
    assert [id_ for id_, one in written["networks"].items() if one["identifier"] == "vpc-0009"] == ["p1-peer"]
    assert written["components"]["p2"]["joins"] == ["tools", "p1-peer"]
    texts = {MODEL.name: found(QUEUE, *SHOP, PEERING).text().replace("tools-peer", "shared")}
    dev = [(address, json.loads(json.dumps(v).replace("10.1.", "10.5."))) for address, v in SHOP]
    after = fold(MODEL, texts, [file_of(QUEUE, *dev, PEERING)], ("aws", "dev"))
    assert [*yaml.safe_load(after.texts[MODEL.name])["networks"]] == ["shared"]


def test_hubs_that_are_joined_stay_two() -> None:
    hubs: list[Resource] = [
        resource
        for n in (1, 2)
        for resource in (
            (f"aws_ec2_transit_gateway.hub{n}", {"id": f"tgw-000{n}"}),
            (
                f"aws_ec2_transit_gateway_vpc_attachment.n{n}",
                {"transit_gateway_id": f"tgw-000{n}", "vpc_id": f"vpc-000{n}"},
            ),
        )
    ]
    ends = {"transit_gateway_id": "tgw-0001", "peer_transit_gateway_id": "tgw-0002"}
    written = model(*SHOP, *TOOLS, *hubs, ("aws_ec2_transit_gateway_peering_attachment.p", ends))
    joined = {id_: facts["joins"] for id_, facts in written["components"].items()}
    assert joined == {"hub1": ["environment", "hub2"], "hub2": ["tools", "hub1"]}


def test_networks_with_one_name_are_not_one() -> None:
    named = [vpc(name, n, "eu-west-1a", tags={"Name": "main"}) for n, name in ((2, "one"), (3, "two"))]
    texts = {MODEL.name: found(QUEUE, *SHOP, *named[0]).text()}
    after = fold(MODEL, texts, [file_of(QUEUE, *SHOP, *named[0], *named[1])], ("aws", "prod"))
    assert after.problems == []
    assert [*yaml.safe_load(after.texts[MODEL.name])["networks"]] == ["one", "two"]


def test_a_private_line_leads_through_its_gateways() -> None:
    resources: list[Resource] = [
        ("aws_dx_connection.line", {"id": "dxcon-0001", "bandwidth": "10Gbps", "location": "EqDC2", "name": "line"}),
        ("aws_dx_gateway.line", {"id": "dxgw-0001"}),
        ("aws_dx_private_virtual_interface.line", {"connection_id": "dxcon-0001", "dx_gateway_id": "dxgw-0001"}),
        ("aws_dx_gateway_association.line", {"dx_gateway_id": "dxgw-0001", "associated_gateway_id": "vgw-0001"}),
        ("aws_vpn_gateway.line", {"id": "vgw-0001", "vpc_id": "vpc-0001"}),
    ]
    link = model(*SHOP, *resources)["components"]["line"]
    assert (link["form"], link["joins"]) == ("private-line", ["environment", "line-site"])
    assert (link["bandwidth_mbps"], link["handover"]) == (10000, "EqDC2")


def network_of_google(name: str, number: int) -> list[Resource]:
    link = f"{ROUTE}{name}"
    subnet = {"network": link, "ip_cidr_range": f"10.{number}.0.0/20", "region": "us-central1", "name": name}
    return [
        (f"google_compute_network.{name}", {"self_link": link, "id": link.partition("v1/")[2], "name": name}),
        (f"google_compute_subnetwork.{name}", subnet),
    ]


def test_both_sides_of_a_peering_of_google_are_one_link() -> None:
    sides: list[Resource] = [
        (
            f"google_compute_network_peering.{one}",
            {"name": f"{one}-to-{other}", "network": f"{ROUTE}{one}", "peer_network": f"{ROUTE}{other}"},
        )
        for one, other in (("apps", "tools"), ("tools", "apps"))
    ]
    written = model(*network_of_google("apps", 1), *network_of_google("tools", 2), *sides, cloud="gcp")
    links = [facts for facts in written["components"].values() if facts["kind"] == "network-link"]
    assert [link["joins"] for link in links] == [["tools-network", "environment"]]
    assert len(links[0]["terraform_addresses"]) == 2


@pytest.mark.parametrize("known", [True, False])
def test_a_vpn_of_google_leads_to_a_site_also_if_its_gateway_is_not_known(known: bool) -> None:
    gateway = "projects/p-prod/regions/us-central1/vpnGateways/office"
    outer = "projects/p-prod/global/externalVpnGateways/branch"
    resources: list[Resource] = [
        ("google_compute_ha_vpn_gateway.office", {"id": gateway, "name": "office", "network": f"{ROUTE}apps"}),
        ("google_compute_vpn_tunnel.office", {"vpn_gateway": gateway, "peer_external_gateway": outer, "name": "t0"}),
    ]
    if known:
        resources.append(("google_compute_external_vpn_gateway.branch", {"id": outer, "name": "branch"}))
    written = model(*network_of_google("apps", 1), *resources, cloud="gcp")
    site = "branch" if known else "office-site"
    assert written["components"]["office"]["joins"] == ["environment", site]
    assert [*written["sites"]] == [site]


def test_an_interconnect_leads_from_the_network_of_its_router() -> None:
    router = "projects/p-prod/regions/us-central1/routers/line"
    resources: list[Resource] = [
        ("google_compute_router.line", {"id": router, "name": "line", "network": f"{ROUTE}apps"}),
        ("google_compute_interconnect_attachment.line", {"name": "line", "router": router, "bandwidth": "BPS_1G"}),
    ]
    link = model(*network_of_google("apps", 1), *resources, cloud="gcp")["components"]["line"]
    assert (link["joins"], link["bandwidth_mbps"]) == (["environment", "line-site"], 1000)


def test_what_was_imported_does_not_differ_and_other_ends_do() -> None:
    text = found(*SHOP, *TOOLS, PEERING).text()
    assert report_of(resolved_of(text), file_of(*SHOP, *TOOLS, PEERING)).findings == []
    other = vpc("other", 3, "eu-west-1a")
    moved = (PEERING[0], PEERING[1] | {"peer_vpc_id": "vpc-0003"})
    report = report_of(resolved_of(text), file_of(*SHOP, *other, moved))
    assert [(d.kind, d.addresses) for d in report.findings] == [("not-modeled", ("aws_vpc.other",))]
    changed = text.replace("joins: [environment, tools-network]", "joins: [prod, spare]")
    changed = changed.replace("networks:\n", "networks:\n  spare: {name: Spare}\n")
    report = report_of(resolved_of(changed), file_of(*SHOP, *TOOLS, PEERING))
    assert [d.path for d in report.findings] == [("components", "tools", "joins")]


def test_a_second_environment_adds_its_networks_and_links() -> None:
    texts = {MODEL.name: found(QUEUE, *SHOP).text()}
    dev = [(address, json.loads(json.dumps(v).replace("10.1.", "10.5."))) for address, v in SHOP]
    after = fold(MODEL, texts, [file_of(QUEUE, *dev, *TOOLS, PEERING)], ("aws", "dev"))
    assert after.problems == []
    folded = yaml.safe_load(after.texts[MODEL.name])
    assert folded["networks"]["tools-network"]["in"] == ["dev"]
    assert folded["components"]["tools"]["in"] == ["dev"]
    again = fold(MODEL, after.texts, [file_of(QUEUE, *dev, *TOOLS, PEERING)], ("aws", "dev"))
    assert again.texts == after.texts


def test_a_tier_that_only_a_second_environment_has_keeps_its_name() -> None:
    texts = {MODEL.name: found(QUEUE, *SHOP, *TOOLS, PEERING).text()}
    builds = {"id": "subnet-builds", "vpc_id": "vpc-0002", "cidr_block": "10.2.9.0/24", "tags": {"Name": "builds"}}
    dev = [*SHOP, *TOOLS, PEERING, ("aws_subnet.builds", {**builds, "availability_zone": "eu-west-1a"})]
    after = fold(MODEL, texts, [file_of(QUEUE, *dev)], ("aws", "dev"))
    assert after.problems == []
    network = yaml.safe_load(after.texts[MODEL.name])["networks"]["tools-network"]
    assert network["when"]["dev"]["tiers"]["builds"]["name"] == "Builds"
    assert "when" not in network["tiers"]["tools"]


def test_a_machine_in_one_of_several_subnets_has_no_zone() -> None:
    names = ("aws_vpc.main", "aws_subnet.app_subnet[0]", "aws_subnet.app_subnet[1]", "aws_instance.ci")
    places = [{"cidr_block": f"10.0.{n}.0/24", "availability_zone": f"eu-west-1{'ab'[n]}"} for n in (0, 1)]
    values = ({"cidr_block": "10.0.0.0/16"}, *places, {"instance_type": "t3.small"})
    expressions = {
        "aws_subnet.app_subnet": {"vpc_id": ["aws_vpc.main"]},
        "aws_instance.ci": {"subnet_id": ["aws_subnet.app_subnet"]},
    }
    blocks = [
        {"address": address, "mode": "managed", "expressions": {k: {"references": v} for k, v in stated.items()}}
        for address, stated in expressions.items()
    ]
    resources = [
        {
            "address": name, "mode": "managed", "type": name.split(".")[0], "name": name.split(".")[1].split("[")[0],
            **({"index": int(name[-2])} if "[" in name else {}), "values": value,
        }
        for name, value in zip(names, values, strict=True)
    ]  # fmt: skip
    document = {"format_version": "1.2", "planned_values": {"root_module": {"resources": resources}}}
    document["configuration"] = {"root_module": {"resources": blocks}}
    written = Import([read_content(json.dumps(document).encode(), "x.json")], "aws", "prod").model
    assert [*written["network"]["tiers"]] == ["app"]
    assert written["components"]["ci"]["placement"] == "app"
    assert "zones" not in written["components"]["ci"]


def test_services_of_one_module_are_called_after_their_types() -> None:
    resources = [
        {"address": f"module.guard.{type_}.main", "type": type_, "name": "main", "mode": "managed", "values": {}}
        for type_ in ("aws_guardduty_detector", "aws_securityhub_account")
    ]
    child = {"address": "module.guard", "resources": resources}
    document = {"format_version": "1.0", "values": {"root_module": {"child_modules": [child]}}}
    written = Import([read_content(json.dumps(document).encode(), "x.json")], "aws", "prod").model
    assert [*written["components"]] == ["guard-guardduty-detector", "guard-securityhub-account"]


def test_a_local_value_is_the_only_network_of_its_module() -> None:
    def planned(given: dict[str, Any]) -> dict[str, Any]:
        blocks = [
            {"address": "aws_vpc.this", "mode": "managed", "type": "aws_vpc", "name": "this", "expressions": {}},
            {
                "address": "aws_subnet.app", "mode": "managed", "type": "aws_subnet", "name": "app",
                "expressions": {"vpc_id": {"references": ["local.vpc_id"]}},
            },
        ]  # fmt: skip
        values = {
            "aws_vpc.this": {"cidr_block": "10.0.0.0/16"},
            "aws_subnet.app": {"cidr_block": "10.0.1.0/24", "availability_zone": "eu-west-1a"},
        }
        resources = [
            {**{k: b[k] for k in ("address", "mode", "type", "name")}, "values": values[b["address"]]} for b in blocks
        ]
        document = {
            "format_version": "1.2",
            "planned_values": {"root_module": {"resources": resources}},
            "configuration": {"root_module": {"resources": blocks, "variables": given}},
        }
        file = read_content(json.dumps(document).encode(), "x.json")
        return Import([file], "aws", "prod").model

    assert [*planned({})["network"]["tiers"]] == ["app"]
    assert "network" not in planned({"vpc_id": {}})
