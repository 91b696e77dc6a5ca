"""Components that call themselves, as replicas and peers do: they are valid, are drawn with a loop, and do not depend on themselves."""

from __future__ import annotations

import itertools
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pygraphviz
import pytest

from archgen.analysis.availability import needs
from archgen.analysis.failure import of_component
from archgen.draw.batch import draw_all
from archgen.draw.drawing import Drawing, draw, draw_simply
from archgen.draw.export import export
from archgen.draw.graph import Edge, Graph, Group, Icon, Node
from archgen.draw.measure import ICON, ink
from archgen.kubernetes.policies import network_policies
from archgen.pipeline import Project, check, load
from archgen.views import views_of
from conftest import MINIMAL, ROOT, archgen, copy_project, project_of

GOSSIP = "{port: 7946, purpose: who is a member}"


@pytest.fixture(scope="module")
def peers(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A shop whose pods, cache and database each call themselves, and a flow with the shop's call to itself."""
    text = MINIMAL.replace("    calls: {orders:", f"    calls: {{shop: {GOSSIP}, orders:")
    text = text.replace("kind: postgresql,", f"kind: postgresql, calls: {{orders: {GOSSIP}}},")
    text += """flows:
  join:
    title: A pod joins
    steps:
      - {from: shop, to: shop, text: A pod asks its peers who is there.}
      - {from: shop, to: orders, text: It asks the database for its work.}
"""
    return project_of(tmp_path_factory.mktemp("peers"), text)


def loops(drawing: Drawing) -> list[Edge]:
    return [edge for edge in drawing.graph.edges if edge.tail == edge.head]


def assert_loop(drawing: Drawing, edge: Edge) -> None:
    """Checks that a loop runs from the node around a corner of its icon and back, with its label, and through nothing else."""
    node, box, route = drawing.graph.nodes()[edge.tail], drawing.boxes[edge.tail], drawing.routes[edge.id]
    assert len(route) == 5
    assert all((a[0] == b[0]) != (a[1] == b[1]) for a, b in itertools.pairwise(route))
    icon = ink(node, box)[0]
    for x, y in (route[0], route[-1]):
        assert icon.x - 6 <= x <= icon.right + 6
        assert icon.y - 6 <= y <= icon.bottom + 6
    middle = box.x + box.width / 2
    assert any(not (icon.x < x < icon.right) and y < icon.y for x, y in route), "it goes around a corner"
    assert max(abs(x - middle) for x, _y in route) < ICON
    if edge.label:
        label = drawing.labels[edge.id]
        assert abs(label.x + label.width / 2 - middle) < 100


def test_it_is_valid_and_no_rule_objects(peers: Project) -> None:
    assert not [d for d in check(peers).findings if "ARC-R" in d.code or d.code in ("NET111", "NET112", "REF003")]


@pytest.mark.parametrize("other", ["runs_on: shop", "runs_on: ghost"])
def test_what_runs_on_itself_is_still_refused(tmp_path: Path, other: str) -> None:
    (tmp_path / "architecture.yaml").write_text(MINIMAL.replace("    title: Shop\n", f"    title: Shop\n    {other}\n"))
    (found, *_rest) = load(tmp_path / "architecture.yaml").diagnostics
    assert found.code == "ARC-R001"


def test_it_is_drawn_as_a_loop_in_every_view_that_shows_it(peers: Project) -> None:
    drawn = {}
    for name, view in views_of(peers.resolved).items():
        graph = view.graph(peers.resolved.axes.default)
        if graph.nodes():
            drawing = draw_all([graph]).of[graph]
            drawn[name] = [edge.tail for edge in loops(drawing)]
            for edge in loops(drawing):
                assert_loop(drawing, edge)
            pictured = ET.fromstring(export(drawing, "svg"))
            lines = [e for e in pictured.iter() if e.get("data-tail")]
            heads = [tip for line in lines for tip in line if tip.get("class") == "ag-tip"]
            assert len(heads) == sum(2 if e.both else 1 for e in graph.edges)
    assert drawn["context"] == ["shop", "orders"]
    assert drawn["flow-join"] == ["shop"]
    assert drawn["data"] == ["shop", "orders-primary"]


@pytest.mark.parametrize("layout", ["grid", "flow", "down"])
def test_loops_keep_clear_of_neighbors_titles_and_each_other(layout: str) -> None:
    nodes = tuple(Node(f"n{i}", f"N{i}", Icon(tile="N"), planned=i == 2) for i in range(4))
    group = Group("g", "A title that is long enough to be over the first icons", "private-subnet", nodes)
    edges = [Edge(f"s{i}", f"n{i}", f"n{i}", "7946") for i in range(4)] + [Edge("again", "n1", "n1")]
    edges += [Edge(f"e{i}", f"n{i}", f"n{i + 1}", "HTTPS") for i in range(3)] + [Edge("back", "n2", "n1", "5432")]
    graph = Graph("g", "G", "d", "aws", layout, Group("root", "", "none", (group,)), tuple(edges))  # type: ignore[arg-type]
    drawing = draw(graph)
    for edge in loops(drawing):
        assert_loop(drawing, edge)
        for other in graph.nodes().values():
            if other.id != edge.tail:
                for x, y in drawing.routes[edge.id]:
                    assert not any(
                        r.x < x < r.right and r.y < y < r.bottom for r in ink(other, drawing.boxes[other.id])
                    )
        title = drawing.titles["g"]
        assert not any(title.x < x < title.right and title.y < y < title.bottom for x, y in drawing.routes[edge.id])
    assert drawing.routes["s1"] != drawing.routes["again"]
    boxes = list(drawing.labels.values())
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    simple = draw_simply(graph)
    assert len(set(simple.routes["s0"])) > 3


def test_a_page_is_still_wide_enough_for_the_network_with_loops(tmp_path: Path) -> None:
    text = (ROOT / "architecture.yaml").read_text()
    for name in ("load-balancer", "cache", "api"):
        text = re.sub(rf"(\n  {name}:\n(?:    .*\n)*?    calls:\n)", rf"\1      {name}: {GOSSIP}\n", text, count=1)
    project = project_of(copy_project(tmp_path / "project"), text)
    for cloud in project.resolved.axes.clouds:
        standing = project.resolved.standing(cloud, "prod").coordinate
        drawing = draw(views_of(project.resolved)["network"].graph(standing))
        assert {edge.tail for edge in loops(drawing)} == {"load-balancer", "cache-primary-1"}
        assert drawing.width <= 1254  # text of 11 pixels has 10 in a page
        for edge in loops(drawing):
            assert_loop(drawing, edge)
    a = project.resolved.standing("aws", "prod")
    (policy,) = (p for p in network_policies(a, "cluster") if p["metadata"]["name"] == "api")
    assert "api--api" in policy["metadata"]["annotations"]["archgen/ingress"].split(", ")
    assert "api--api" in policy["metadata"]["annotations"]["archgen/egress"].split(", ")


def test_other_formats_have_it_too(peers: Project) -> None:
    graph = views_of(peers.resolved)["context"].graph(peers.resolved.axes.default)
    drawing = draw(graph)
    assert '  n_shop -->|"7946"| n_shop' in export(drawing, "mermaid").decode().splitlines()
    dot = pygraphviz.AGraph(string=export(drawing, "dot").decode())
    assert ("shop", "shop") in dot.edges()
    cells = ET.fromstring(export(drawing, "drawio")).iter("mxCell")
    (cell,) = (c for c in cells if c.get("id") == "shop--shop")
    assert (cell.get("source"), cell.get("target"), cell.get("value")) == ("shop", "shop", "7946")
    assert len(list(cell.iter("mxPoint"))) == 3
    assert export(drawing, "pdf").startswith(b"%PDF")


def test_it_makes_nothing_fail_and_needs_nothing_more(peers: Project) -> None:
    a = peers.resolved.default
    assert needs(a, "shop") == ["shop", "orders"]
    impact = of_component(a, "orders")
    assert impact.failed == ("orders",)
    assert (list(impact.stopped), list(impact.cut_off)) == (["shop"], ["visitors"])
    assert "orders" not in {*impact.stopped, *impact.degraded}
    assert of_component(a, "shop").flows == {"join": 0}
    assert impact.flows == {"join": 1}


def test_a_flow_that_begins_with_a_call_to_itself_breaks_where_it_breaks(tmp_path: Path) -> None:
    """Also if the peers are optional."""
    text = MINIMAL.replace("    calls: {orders:", "    calls: {shop: {port: 7946, required: false}, orders:")
    text += """flows:
  join: {title: Join, steps: [{from: shop, to: shop, text: Peers.}, {from: shop, to: orders, text: Work.}]}
"""
    a = project_of(tmp_path, text).resolved.default
    assert of_component(a, "orders").flows == {"join": 1}


def test_a_component_that_only_calls_itself_has_no_neighborhood(tmp_path: Path) -> None:
    text = MINIMAL + f"  lonely: {{kind: service, title: Lonely, calls: {{lonely: {GOSSIP}}}}}\n"
    found = [d for d in check(project_of(tmp_path, text)).findings if d.code == "REF003"]
    assert [d.path for d in found] == [("components", "lonely")]


def test_the_command_that_compares_knows_it(tmp_path: Path) -> None:
    text = MINIMAL.replace(
        "environments:\n", "phases: {one: {name: One}, two: {name: Two, entered_when: Later.}}\nenvironments:\n"
    )
    text = text.replace("    name: Live\n", "    name: Live\n    phase: one\n")
    text = text.replace("    title: Shop\n", f"    title: Shop\n    when: {{two: {{calls: {{shop: {GOSSIP}}}}}}}\n")
    (tmp_path / "architecture.yaml").write_text(text)
    sides = ("--from", "aws,live,one", "--to", "aws,live,two")
    result = archgen("compare", *sides, "--format", "json", cwd=tmp_path)
    assert result.code == 0, result.err
    said = json.loads(result.out)
    assert [c["id"] for c in said["connections"]] == ["shop--shop"]
    assert archgen("compare", *sides, "--format", "svg", cwd=tmp_path).out.startswith("<svg")
