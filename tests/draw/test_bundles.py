"""Busy nodes: edges that share a line at their hub, in stars of 5 to 60 callers and in a whole model."""

from __future__ import annotations

import itertools
import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator

import pytest

from archgen.artifacts._tables import connections
from archgen.draw.batch import _from_cache, _plain
from archgen.draw.bundles import BUSY, BUSY_IN_GRID, bundles, label_ids
from archgen.draw.drawing import Drawing, draw, draw_simply
from archgen.draw.export import export
from archgen.draw.graph import Edge, Graph, Group, Icon, Node
from archgen.draw.joints import joints
from archgen.draw.labels import segments, ways_from_hub
from archgen.draw.measure import Rect, ink
from archgen.draw.style import look
from archgen.draw.svg import svg
from archgen.draw.tips import LENGTH
from archgen.pipeline import load
from archgen.templating.allowed_svg import allowed
from archgen.views import views_of
from conftest import CASES

SIZES = (5, 7, 8, 12, 13, 20, 40, 60)
SVG = "{http://www.w3.org/2000/svg}"


def same(_n: int) -> str:
    return "5432"


def own(n: int) -> str:
    return str(9000 + n)


def star(count: int, layout: str, *, out: bool = False, label: Callable[[int], str] = same, **look_: bool) -> Graph:
    """A node that `count` others call, or that calls them, in two subnets of a cloud."""
    others = tuple(Node(f"c{n}", f"Caller {n}", Icon(tile="S", category="compute")) for n in range(count))
    hub = Node("hub", "Orders", Icon(tile="DB", category="database"), "RDS PostgreSQL")
    app = Group("app", "Private app", "private", others, max(1, min(8, round(count**0.5 * 1.4))))
    cloud = Group("cloud", "AWS Cloud", "cloud", (app, Group("data", "Private data", "private", (hub,))))
    edges = tuple(
        Edge(f"e{n}", *(("hub", f"c{n}") if out else (f"c{n}", "hub")), label(n), caller="tail", **look_)
        for n in range(count)
    )
    return Graph("star", "Star", "d", "aws", layout, Group("root", "", "none", (cloud,)), edges)  # type: ignore[arg-type]


def shares_a_line(one: tuple[tuple[float, float], ...], other: tuple[tuple[float, float], ...]) -> bool:
    for (a, b), (c, d) in itertools.product(segments(one), segments(other)):
        if (a[0] == b[0]) == (c[0] == d[0]):
            across, along = (0, 1) if a[0] == b[0] else (1, 0)
            low, high = (
                max(min(a[along], b[along]), min(c[along], d[along])),
                min(max(a[along], b[along]), max(c[along], d[along])),
            )
            if high - low > 0.5 and abs(a[across] - c[across]) <= 3:
                return True
    return False


def assert_only_bundles_share_lines(drawing: Drawing) -> None:
    bundle_of = {edge.id: bundle.id for bundle in bundles(drawing.graph) for edge in bundle.edges}
    for (one, a), (other, b) in itertools.combinations(drawing.routes.items(), 2):
        if bundle_of.get(one, one) != bundle_of.get(other, other):
            assert not shares_a_line(a, b), f"{one} runs on {other}"


def assert_arrowheads_have_stems(drawing: Drawing) -> None:
    """Every arrowhead is at the end of a straight segment that is longer than it, without a joint on that part."""
    dots = [point for bundle in bundles(drawing.graph) for point in joints(ways_from_hub(bundle, drawing.routes))]
    for edge in drawing.graph.edges:
        route = drawing.routes[edge.id]
        for before, tip in [route[-2:], *([route[1::-1]] if edge.both else [])]:
            assert abs(before[0] - tip[0]) + abs(before[1] - tip[1]) >= LENGTH, edge.id
            assert all(abs(x - tip[0]) + abs(y - tip[1]) >= LENGTH for x, y in dots), edge.id


def assert_frames_are_not_left(drawing: Drawing) -> None:
    graph = drawing.graph
    for id_, group in graph.groups().items():
        box, inside = drawing.boxes[id_], {node.id for node in group.nodes()} | {inner.id for inner in group.groups()}
        for edge in graph.edges:
            if look(graph.theme, group.style) and {edge.tail, edge.head} <= inside - {id_}:
                for x, y in drawing.routes[edge.id]:
                    assert box.x <= x <= box.right, f"{edge.id} leaves {id_}"
                    assert box.y <= y <= box.bottom, f"{edge.id} leaves {id_}"


def assert_right_angles_around_nodes(drawing: Drawing) -> None:
    nodes = drawing.graph.nodes()
    for edge in drawing.graph.edges:
        for (x1, y1), (x2, y2) in segments(drawing.routes[edge.id]):
            assert (x1 == x2) != (y1 == y2), edge.id
            line = Rect(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2))
            for id_ in set(nodes) - {edge.tail, edge.head}:
                assert not drawing.boxes[id_].overlaps(line, -1), f"{edge.id} crosses {id_}"


def assert_labels_are_free(drawing: Drawing) -> None:
    covered = [rect for id_, node in drawing.graph.nodes().items() for rect in ink(node, drawing.boxes[id_])]
    for (one, a), (other, b) in itertools.combinations(drawing.labels.items(), 2):
        assert not a.overlaps(b), f"labels of {one} and {other}"
    for (id_, label), box in itertools.product(drawing.labels.items(), [*covered, *drawing.titles.values()]):
        assert not label.overlaps(box), f"the label of {id_} is on something"


def assert_good(drawing: Drawing) -> None:
    assert set(drawing.routes) == {edge.id for edge in drawing.graph.edges}
    assert_only_bundles_share_lines(drawing)
    assert_arrowheads_have_stems(drawing)
    assert_frames_are_not_left(drawing)
    assert_right_angles_around_nodes(drawing)
    assert_labels_are_free(drawing)


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["flow", "grid"])
@pytest.mark.parametrize("count", SIZES)
def test_a_star_of_callers(layout: str, count: int) -> None:
    assert_good(draw(star(count, layout)))


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["flow", "grid"])
@pytest.mark.parametrize("count", [6, 13, 40])
@pytest.mark.parametrize("kind", ["out", "both", "dashed", "planned"])
def test_stars_of_other_kinds(layout: str, count: int, kind: str) -> None:
    assert_good(draw(star(count, layout, **{kind: True})))


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["flow", "grid"])
@pytest.mark.parametrize("count", [6, 8, 12, 20, 60])
@pytest.mark.parametrize("out", [False, True])
def test_each_edge_keeps_its_own_label_if_labels_differ(layout: str, count: int, *, out: bool) -> None:
    drawing = draw(star(count, layout, label=own, out=out))
    assert_good(drawing)
    assert {edge.id for edge in drawing.graph.edges} <= set(drawing.labels)


def test_edges_without_labels() -> None:
    drawing = draw(star(13, "flow", label=lambda _n: ""))
    assert_good(drawing)
    assert set(drawing.labels) == {"bundle.1"}


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["flow", "grid"])
def test_the_largest_star_is_drawn_in_seconds(layout: str) -> None:
    started = time.process_time()
    drawing = draw(star(60, layout))
    assert time.process_time() - started < 4
    assert drawing.height < 1.2 * drawing.width


@pytest.mark.parametrize(("layout", "most"), [("flow", BUSY), ("down", BUSY), ("grid", BUSY_IN_GRID)])
def test_few_edges_stay_alone(layout: str, most: int) -> None:
    assert not bundles(star(most, layout))
    (bundle,) = bundles(star(most + 1, layout))
    assert bundle.text == f"5432, {most + 1} callers"


def test_a_picture_that_is_turned_keeps_its_bundles() -> None:
    callers = tuple(Node(f"c{n}", f"Caller {n}", Icon(tile="S")) for n in range(9))
    edges = tuple(Edge(f"e{n}", f"c{n}", "hub", "5432") for n in range(9))
    edges += tuple(Edge(f"n{n}", f"c{n}", f"o{n}") for n in range(9))
    others = tuple(Node(f"o{n}", f"Other {n}", Icon(tile="O")) for n in range(9))
    root = Group("root", "", "none", (*callers, *others, Node("hub", "Orders", Icon(tile="DB"))))
    drawing = draw(Graph("turned", "t", "d", "aws", "flow", root, edges, turns=True))
    assert drawing.width > drawing.height
    assert set(drawing.labels) == label_ids(drawing.graph) == {"bundle.1"}
    assert "5432, from 9" in svg(drawing)


def test_what_is_written_at_a_bundle() -> None:
    def text(graph: Graph) -> str:
        (bundle,) = bundles(graph)
        return bundle.text

    assert text(star(18, "flow")) == "5432, 18 callers"
    assert text(star(18, "flow", out=True)) == "5432, 18 calls"
    assert text(star(18, "flow", label=own)) == "18 callers"
    graph = star(18, "flow", label=lambda n: "encrypts" if n == 0 else "")
    unknown = tuple(Edge(e.id, e.tail, e.head, e.label) for e in graph.edges)
    assert text(Graph("g", "g", "d", "aws", "flow", graph.root, unknown)) == "encrypts, from 18"


def test_edges_that_look_different_are_not_bundled() -> None:
    graph = star(20, "flow")
    edges = tuple(Edge(e.id, e.tail, e.head, e.label, planned=n % 2 == 0) for n, e in enumerate(graph.edges))
    found = bundles(Graph("g", "g", "d", "aws", "flow", graph.root, edges))
    assert [{edge.planned for edge in bundle.edges} for bundle in found] == [{True}, {False}]
    assert sorted(len(bundle.edges) for bundle in found) == [10, 10]


def test_the_label_that_most_edges_have_makes_a_bundle_and_others_stay_alone() -> None:
    graph = star(20, "flow", label=lambda n: "5432" if n < 15 else own(n))
    (bundle,) = bundles(graph)
    assert bundle.text == "5432, 15 callers"
    assert label_ids(graph) == {bundle.id, *(f"e{n}" for n in range(15, 20))}
    assert_only_bundles_share_lines(draw(graph))


def test_an_edge_between_two_hubs_is_in_one_bundle() -> None:
    nodes = tuple(Node(f"n{n}", f"N {n}", Icon(tile="t")) for n in range(12))
    edges = tuple(Edge(f"a{n}", f"n{n}", "n0", "x") for n in range(1, 12))
    edges += (*(Edge(f"b{n}", f"n{n}", "n1", "x") for n in range(2, 12)), Edge("c", "n0", "n1", "x"))
    graph = Graph("two", "Two", "d", "aws", "flow", Group("root", "", "none", nodes), edges)
    inside = [edge.id for bundle in bundles(graph) for edge in bundle.edges]
    assert sorted(inside) == sorted({edge.id for edge in edges})
    assert_only_bundles_share_lines(draw(graph))


def many_callers(view: str) -> Graph:
    loaded = load(CASES / "pictures" / "many-callers" / "architecture.yaml")
    assert loaded.project
    return views_of(loaded.project.resolved)[view].graph(loaded.project.resolved.axes.default)


@pytest.mark.slow
@pytest.mark.parametrize("view", ["network", "data"])
def test_the_same_services_in_grids(view: str) -> None:
    """Here many other lines are in the way, some of them between neighbors in a row."""
    drawing = draw(many_callers(view))
    assert [bundle.text for bundle in bundles(drawing.graph)] == ["5432, 19 callers"]
    assert_good(drawing)


@pytest.mark.slow
def test_nineteen_services_and_their_database() -> None:
    graph = many_callers("context")
    drawing = draw(graph)
    assert_good(drawing)
    (bundle,) = bundles(graph)
    assert bundle.hub == "database"
    assert bundle.text == "5432, 19 callers"
    # The tables beside the picture, and the picture itself, know each connection.
    assert len([row for row in connections(graph) if row["head"].startswith("Orders")]) == 19
    text = svg(drawing)
    root = ET.fromstring(allowed(text))
    ends = [(g.get("data-tail"), g.get("data-head")) for g in root.iter(f"{SVG}g") if g.get("data-tail")]
    assert {(edge.tail, edge.head) for edge in graph.edges} <= set(ends)
    assert text.count("5432, 19 callers") == 1
    assert not re.search(r">5432<", text)


def test_no_format_loses_an_edge() -> None:
    graph = star(20, "grid")
    drawing = draw(graph)
    for edge in graph.edges:
        assert f'n_{edge.tail} -->|"5432"| n_hub' in export(drawing, "mermaid").decode()
    assert export(drawing, "dot").decode().count('label="5432", headport=w') == 20
    cells = ET.fromstring(export(drawing, "drawio"))
    assert {cell.get("source") for cell in cells.iter("mxCell")} >= {edge.tail for edge in graph.edges}
    tips = [(thing.get("id"), thing.get("tooltip")) for thing in cells.iter("UserObject")]
    assert tips == [(edge.id, "5432") for edge in graph.edges]
    assert [cell.get("value") for cell in cells.iter("mxCell")].count("5432, 20 callers") == 1
    assert export(drawing, "pdf").startswith(b"%PDF")
    assert export(drawing, "png").startswith(b"\x89PNG")


def test_the_dots_are_where_three_lines_meet() -> None:
    drawing = draw(star(20, "grid"))
    (bundle,) = bundles(drawing.graph)
    ways = ways_from_hub(bundle, drawing.routes)
    for x, y in joints(ways):
        assert len(set(itertools.chain.from_iterable(directions(way, (x, y)) for way in ways))) >= 3


def directions(way: tuple[tuple[float, float], ...], spot: tuple[float, float]) -> Iterator[tuple[int, int]]:
    """The directions in which a line leaves a point on it."""
    x, y = spot
    for (x1, y1), (x2, y2) in segments(way):
        if min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
            for x3, y3 in ((x1, y1), (x2, y2)):
                if (x3, y3) != spot:
                    yield (x3 > x) - (x3 < x), (y3 > y) - (y3 < y)


def test_a_drawing_with_bundles_is_remembered() -> None:
    drawing = draw(star(13, "flow"))
    assert _from_cache(drawing.graph, _plain(drawing), ()) == drawing


def test_a_simple_drawing_has_a_label_at_each_edge() -> None:
    drawing = draw_simply(star(13, "flow"))
    assert set(drawing.labels) == {edge.id for edge in drawing.graph.edges}
    assert "callers" not in svg(drawing)
    for format_ in ("pdf", "drawio"):
        assert export(drawing, format_)


def test_drawings_are_the_same_each_time() -> None:
    assert svg(draw(star(20, "flow"))) == svg(draw(star(20, "flow")))
