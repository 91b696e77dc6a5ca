"""The view of sites and networks shows what links join, how many connections need each, and what inspects their traffic."""

from __future__ import annotations

from pathlib import Path

from archgen.draw.graph import Graph, LeftOut
from archgen.pipeline import load
from archgen.views import views_of
from archgen.views.hybrid_network import view

MODEL = """version: 2
name: T
clouds: {aws: {region: eu-west-1, availability_zones: [eu-west-1a, eu-west-1b]}}
phases: {first: {name: First}, later: {name: Later}}
environments:
  dev: {name: Development, aws: {account: dev, cidr: 10.1.0.0/16}}
  prod: {name: Production, production: true, aws: {account: prod, cidr: 10.2.0.0/16}}
organization: {aws: {accounts: {net: {name: Network}, dev: {name: Dev}, prod: {name: Prod}}}}
teams: {team: {name: Team}}
network:
  name: vpc
  tiers: {app: {name: App, internet: none, prefix_length: 24, netnum: 0}}
networks:
  hub: {name: Hub, home: net, cidr: 10.0.0.0/16, routed_by: router, tiers: {inspection: {name: Inspection}}}
  lab: {name: Lab, cidr: 10.9.0.0/16}
sites:
  works: {name: Works, form: data-center, ranges: [172.16.0.0/16]}
  shop: {name: Shop, form: office}
  partner: {name: Partner, form: partner}
components:
  app:
    kind: virtual-machine
    title: App
    owner: team
    product: ec2
    placement: app
    zones: [eu-west-1a]
    calls: {erp: {protocol: https, data: both}}
  erp: {kind: external-system, title: ERP, owner: team, placement: works}
  transit:
    kind: network-link
    form: transit
    title: Transit
    owner: team
    product: transit-gateway
    home: net
    joins: [hub, dev, prod]
    apart: [dev, prod]
    via: inspector
  line:
    kind: network-link
    form: private-line
    title: Line
    owner: team
    product: direct-connect
    home: net
    bandwidth_mbps: 10000
    joins: [hub, works]
  tunnel:
    in: [later]
    kind: network-link
    form: vpn
    title: Tunnel
    owner: team
    product: site-to-site-vpn
    home: net
    tunnels: 2
    bandwidth_mbps: 500
    joins: [hub, shop]
  router: {kind: network-firewall, title: Router, owner: team, product: network-firewall, placement: hub/inspection}
  inspector: {kind: network-firewall, title: Inspector, owner: team, product: network-firewall, placement: hub/inspection}
  spare: {kind: network-firewall, title: Spare, owner: team, product: network-firewall, placement: hub/inspection}
"""


def graph_of(tmp_path: Path, text: str = MODEL, phase: str = "first") -> Graph:
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    loaded = load(tmp_path / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    resolved = loaded.project.resolved
    at = next(c for c in resolved.architectures if (c.environment, c.phase) == ("prod", phase))
    return view(resolved.architectures[at], resolved.horizon(at))


def lines(graph: Graph) -> dict[tuple[str, str], str]:
    return {(edge.tail, edge.head): edge.label for edge in graph.edges}


def test_it_shows_what_links_join_from_the_sites_inward_and_what_their_traffic_passes(tmp_path: Path) -> None:
    graph = graph_of(tmp_path)
    assert lines(graph) == {
        ("site-works", "line"): "1 connection",
        ("line", "network-hub"): "1 connection",
        ("network-hub", "transit"): "1 connection",
        ("transit", "network-prod"): "1 connection",
        ("transit", "network-dev"): "",
        ("transit", "inspector"): "inspects all traffic",
        ("network-hub", "router"): "forwards traffic",
        ("site-shop", "tunnel"): "",
        ("tunnel", "network-hub"): "",
    }
    assert {edge.meaning for edge in graph.edges} == {"route"}
    assert next(edge for edge in graph.edges if edge.head == "network-prod").detail == "App to ERP"
    assert "Transit joins Hub, the network of Development and the network of Production" in graph.description


def test_networks_and_links_are_in_the_account_that_they_belong_to(tmp_path: Path) -> None:
    boxes = {group.label: [node.id for node in group.nodes()] for group in graph_of(tmp_path).groups().values()}
    assert boxes == {
        "Account Network": ["network-hub", "transit", "line", "router", "inspector", "tunnel"],
        "Account Dev": ["network-dev"],
        "Account Prod": ["network-prod"],
    }


def test_nodes_have_their_ranges_and_capacities(tmp_path: Path) -> None:
    notes = {node.id: node.note.replace("\u00a0", " ") for node in graph_of(tmp_path).root.nodes()}
    assert notes["site-works"] == "Data center, 172.16.0.0/16"
    assert notes["network-prod"] == "VPC, 10.2.0.0/16"
    assert notes["line"] == "Direct Connect, 10 Gbit/s"
    assert notes["tunnel"] == "Site-to-Site VPN, 500 Mbit/s, 2 tunnels"


def test_what_a_later_phase_adds_is_planned(tmp_path: Path) -> None:
    graph = graph_of(tmp_path)
    assert {node.id for node in graph.root.nodes() if node.planned} == {"tunnel"}
    assert {edge.id for edge in graph.edges if edge.planned} == {"tunnel--network-hub", "site-shop--tunnel"}
    assert not any(node.planned for node in graph_of(tmp_path, phase="later").root.nodes())


def test_what_no_link_joins_is_named(tmp_path: Path) -> None:
    assert graph_of(tmp_path).left_out == (
        LeftOut(("Partner", "Lab"), "no link joins them"),
        LeftOut(("Spare",), "the model does not say which network or link sends its traffic through them"),
    )
    text = MODEL.replace("joins: [hub, dev, prod]\n    apart: [dev, prod]", "joins: [hub, dev]")
    assert text != MODEL
    left = graph_of(tmp_path, text).left_out[0]
    assert left.titles == ("Partner", "Lab", "the network of Production")


def test_networks_without_sites_are_joined_from_the_hub(tmp_path: Path) -> None:
    text = MODEL.replace("joins: [hub, works]", "joins: [hub, lab]").replace("joins: [hub, shop]", "joins: [lab, dev]")
    shown = lines(graph_of(tmp_path, text))
    assert ("network-hub", "line") in shown
    assert not any(end.startswith("site-") for ends in shown for end in ends)


def test_sites_that_no_link_joins_have_no_such_view(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(WITHOUT_LINKS, encoding="utf-8")
    loaded = load(tmp_path / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    resolved = loaded.project.resolved
    shown = views_of(resolved)["hybrid-network"].graph(resolved.axes.default)
    assert not shown.nodes()
    assert not shown.left_out


WITHOUT_LINKS = """version: 2
name: T
clouds: {aws: {region: eu-west-1}}
environments: {prod: {name: Prod, production: true, aws: {account: a}}}
teams: {team: {name: Team}}
sites: {works: {name: Works, form: data-center}}
components:
  report: {kind: function, title: Report, owner: team, product: lambda, calls: {erp: {protocol: https}}}
  erp: {kind: external-system, title: ERP, owner: team, placement: works}
"""
