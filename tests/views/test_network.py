"""The network view shows or names everything, in systems with a network and without one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from archgen.draw.graph import Graph, LeftOut
from archgen.model.architecture import Architecture
from archgen.pipeline import load
from archgen.views.data import view as data_view
from archgen.views.edge import view as edge_view
from archgen.views.network import view
from archgen.views.platform import view as platform_view
from conftest import DATA, ROOT, archgen

MODELS = (
    "event-shop",
    "grpc-shop",
    "hybrid-insurer",
    "serverless",
    "boutique",
    "azure",
    "three-clouds",
    "private-cloud",
)

WITHOUT_NETWORK = """version: 2
name: T
clouds: {aws: {region: eu-west-1}}
environments: {prod: {name: Prod, production: true, aws: {account: a}}}
teams: {team: {name: Team}}
kinds:
  api: {label: API, definition: An API., needs_product: false}
  fn: {label: Function, definition: A function., needs_product: false}
components:
  people: {kind: actor, title: People, calls: {api: {port: 443, protocol: https}}}
  api: {kind: api, title: API, owner: team, calls: {func: {}}}
  func: {kind: fn, title: Function, owner: team}
  diary: {kind: fn, title: Diary, owner: team}
"""


@cache
def everywhere(name: str) -> tuple[tuple[Architecture, Architecture], ...]:
    file = ROOT / "architecture.yaml" if name == "reference" else DATA / "models" / f"{name}.yaml"
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    resolved = loaded.project.resolved
    return tuple((a, resolved.horizon(c)) for c, a in resolved.architectures.items())


def loaded(tmp_path: Path, text: str) -> tuple[Architecture, Graph]:
    file = tmp_path / "architecture.yaml"
    file.write_text(text, encoding="utf-8")
    read = load(file)
    assert read.project, read.diagnostics
    a = read.project.resolved.default
    return a, view(a, a)


@pytest.mark.parametrize("name", ["reference", *MODELS])
def test_every_component_is_drawn_or_named_below(name: str) -> None:
    for a, horizon in everywhere(name):
        graph = view(a, horizon)
        drawn = {(node.page or "").removeprefix("components/") for node in graph.nodes().values()}
        named = {title for left in graph.left_out for title in left.titles}
        titles = {c.title for n, c in (horizon.components | a.components).items() if n not in drawn}
        assert titles == named


def test_a_system_without_a_network_has_its_services_in_the_order_of_requests(tmp_path: Path) -> None:
    a, graph = loaded(tmp_path, WITHOUT_NETWORK)
    assert (a.cidr, a.zones, a.subnets) == ("", (), ())
    services = graph.groups()["services"]
    assert [[node.id for node in group.nodes()] for group in services.groups() if group is not services] == [
        ["api"],
        ["func"],
    ]
    assert [edge.id for edge in graph.edges] == ["people--api", "api--func"]
    assert graph.left_out == (LeftOut(("Diary",), "no traffic of these services passes through them"),)
    assert graph.description == "Account a in region eu-west-1, without a network."
    assert not {"network", "zone-1"} & set(graph.groups())


@pytest.mark.slow
def test_a_project_without_a_network_builds(tmp_path: Path) -> None:
    loaded(tmp_path, WITHOUT_NETWORK)
    result = archgen("build", "--no-site", cwd=tmp_path)
    assert result.code == 0, result.err
    page = (tmp_path / "docs/architecture/environments.md").read_text(encoding="utf-8")
    assert "no zones are stated" in page
    assert "Address range" not in page
    health = (tmp_path / "docs/architecture/health.md").read_text(encoding="utf-8")
    assert "The model states no zones on AWS" in health


TIERS = "network: {tiers: {app: {name: App, prefix_length: 24}}}\n"


def test_a_network_needs_a_range_and_zones(tmp_path: Path) -> None:
    file = tmp_path / "architecture.yaml"
    file.write_text(WITHOUT_NETWORK + TIERS, encoding="utf-8")
    assert [(d.code, d.message) for d in load(file).diagnostics] == [
        ("ARC-M001", "AWS has no zones, which the network needs for its subnets"),
        ("ARC-M001", "the environment 'prod' has no address range for its network"),
    ]


def test_what_leads_into_the_network_is_shown_wherever_it_is(tmp_path: Path) -> None:
    """A schedule starts a function that uses a database in the network, which a data center reads."""
    text = WITHOUT_NETWORK.replace("{region: eu-west-1}", "{region: eu-west-1, availability_zones: [eu-west-1a]}")
    text = text.replace("{account: a}", "{account: a, cidr: 10.1.0.0/16}") + (
        "  schedule: {kind: fn, title: Schedule, owner: team, calls: {job: {kind: event}}}\n"
        "  job: {kind: fn, title: Job, owner: team, calls: {store: {port: 5432}}}\n"
        "  store: {kind: fn, title: Store, owner: team, placement: app}\n"
        "  center: {kind: fn, title: Data center, owner: team, placement: outside, calls: {store: {port: 5432}}}\n"
        "  partner: {kind: fn, title: Partner, owner: team, placement: outside}\n"
    )
    _a, graph = loaded(tmp_path, text + TIERS)
    assert {"schedule", "job", "store", "center", "api", "func"} <= set(graph.nodes())
    assert graph.groups()["outside"].label == "Outside"
    assert [left.titles for left in graph.left_out] == [("Diary", "Partner")]
    assert {(e.tail, e.head) for e in graph.edges} >= {("schedule", "job"), ("job", "store"), ("center", "store")}


def test_lines_show_how_traffic_gets_in_and_out() -> None:
    drawn = {str(a.coordinate): view(a, horizon) for a, horizon in everywhere("reference")}
    aws, gcp = drawn["aws, prod, scale"], drawn["gcp, prod, scale"]
    ends = {(edge.tail, edge.head) for edge in aws.edges}
    assert {("waf", "internet-gateway"), ("internet-gateway", "load-balancer")} <= ends
    assert {(f"app-{zone}", f"nat-{zone}") for zone in (1, 2, 3)} <= ends
    assert ("vpc-endpoints", "services") in ends
    assert (
        "NAT gateways send traffic on through the internet gateway. Lines from the copies in one zone"
        in aws.description
    )
    assert {("tier-app", "nat"), ("private-service-connect", "services")} <= {(e.tail, e.head) for e in gcp.edges}


@cache
def example(name: str, coordinate: str) -> tuple[Architecture, Graph]:
    read = load(ROOT / "examples" / name / "architecture.yaml").project
    assert read
    a = next(a for c, a in read.resolved.architectures.items() if str(c) == coordinate)
    return a, view(a, a)


def in_two_regions() -> tuple[Architecture, Graph]:
    return example("boutique", "gcp, prod, scale")


def test_a_network_that_spans_regions_contains_them() -> None:
    graph = in_two_regions()[1]
    network = graph.groups()["network"]
    assert [part.label for part in network.children] == ["Region us-central1", "Region us-east1"]
    assert [node.note for node in network.children[1].nodes()] == ["Cluster", "Carts", "Products, passive"]


def test_what_runs_on_a_cluster_in_two_regions_is_reached_and_calls_in_both() -> None:
    edges = {(edge.tail, edge.head) for edge in in_two_regions()[1].edges}
    assert {edge for edge in edges if any(end.endswith("/recovery") for end in edge)} == {
        ("load-balancer", "cluster/recovery"),
        ("cluster/recovery", "cart-store/recovery"),
        ("cluster/recovery", "catalog-store-primary-1"),  # the copy in the other region is used only after a failover
    }


def test_a_copy_to_fail_over_to_is_drawn_once() -> None:
    a = in_two_regions()[0]
    graph = data_view(a, a)
    assert [node.label for node in graph.groups()["recovery"].nodes()] == ["Cluster", "Carts", "Products"]
    assert [edge.head for edge in graph.edges if edge.label == "replicated"] == ["region-recovery--catalog-store"]


def test_a_cluster_in_two_regions_says_so() -> None:
    a = in_two_regions()[0]
    assert platform_view(a, a).groups()["cluster-cluster"].label == "GKE 1.35, in us-central1 and us-east1"


def test_a_firewall_of_the_region_inspects_what_enters_through_the_gateway() -> None:
    ends = {(edge.tail, edge.head) for edge in example("boutique", "aws, prod, launch")[1].edges}
    assert {("shoppers", "firewall"), ("firewall", "internet-gateway"), ("internet-gateway", "load-balancer")} <= ends
    assert ("firewall", "load-balancer") not in ends


def test_a_link_at_the_edge_is_not_on_the_way_of_a_request() -> None:
    a = example("brownfield", "aws, prod")[0]
    graph = edge_view(a, a)
    assert "line" not in graph.nodes()
    reason = "no request of a person passes there"
    assert [left.titles for left in graph.left_out if left.why == reason] == [("Private line",)]


def test_lines_between_many_services_have_labels_only_where_they_leave_the_region() -> None:
    a, graph = example("serverless", "aws, prod")
    assert len(graph.nodes()) > 20
    within = {"managed"}
    edges = {(edge.tail, edge.head): edge for edge in graph.edges}
    assert not [
        e for (t, h), e in edges.items() if e.label and {a.place(a.components[t]), a.place(a.components[h])} == within
    ]
    assert (edges["api-firewall", "shop-api"].detail, edges["shoppers", "api-firewall"].label) == ("HTTPS", "HTTPS")


@pytest.mark.parametrize(
    ("tier", "stated", "drawn"),
    [("outbound", "", True), ("none", "", False), ("none", "aws: {nat_gateways: single}", True)],
)
def test_nat_gateways_are_drawn_if_something_uses_them_or_the_model_states_them(
    tmp_path: Path, tier: str, stated: str, drawn: bool
) -> None:
    text = f"""version: 2
name: T
clouds: {{aws: {{region: eu-west-1, availability_zones: [eu-west-1a]}}}}
environments: {{live: {{name: Live, aws: {{account: a, cidr: 10.41.0.0/16}}}}}}
network:
  tiers:
    public: {{name: Public, internet: both, prefix_length: 24, netnum: 1}}
    app: {{name: App, internet: {tier}, prefix_length: 24}}
  {stated}
components: {{sessions: {{kind: cache, title: Sessions, product: elasticache, placement: app}}}}
"""
    _a, graph = loaded(tmp_path, text)
    assert ("nat-1" in graph.nodes()) is drawn
    assert ("NAT gateways send traffic on" in graph.description) is drawn
