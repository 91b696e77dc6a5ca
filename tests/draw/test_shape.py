"""Pictures have a shape that fits a page: those that would be too tall are arranged differently."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archgen.draw.drawing import Drawing, draw
from archgen.draw.graph import Edge, Graph, Group, Icon, Node
from archgen.draw.ports import STEM
from archgen.pipeline import load
from archgen.project import Project
from archgen.views import views_of
from conftest import DATA, ROOT


def test_a_tall_picture_is_drawn_downwards(reference: Project) -> None:
    graph = views_of(reference.resolved)["identity"].graph(reference.resolved.axes.default)
    tall, turned = draw(replace(graph, turns=False)), draw(graph)
    assert tall.height > 1.2 * tall.width
    assert turned.height <= turned.width
    assert turned.graph == graph


def test_a_picture_that_is_not_tall_and_one_whose_direction_is_stated_are_drawn_as_they_are() -> None:
    nodes = tuple(Node(id_, id_, Icon(tile=id_)) for id_ in "abcdefgh")
    edges = tuple(Edge(node.id, "a", node.id) for node in nodes[1:])
    wide = Graph("wide", "Wide", "Nodes.", "aws", "flow", Group("root", "", "none", nodes[:2]), edges[:1], turns=True)
    assert draw(wide) == replace(draw(replace(wide, turns=False)), graph=wide)
    tall = replace(wide, root=Group("root", "", "none", nodes), edges=edges, turns=False)
    assert draw(tall).height > 1.2 * draw(tall).width
    assert draw(replace(tall, turns=True)).height < draw(tall).height


def column(*ids: str, wide: int = 1) -> Graph:
    """A grid of boxes below each other, each with some nodes in a row."""
    nodes = {id_: tuple(Node(f"{id_}{n}", id_, Icon(tile=id_)) for n in range(wide)) for id_ in ids}
    boxes = tuple(Group(f"box-{id_}", id_, "generic", nodes[id_]) for id_ in ids)
    return Graph("tall", "Tall", "Boxes.", "aws", "grid", Group("root", "", "none", boxes, "column"), ())


def test_boxes_of_a_tall_grid_are_placed_side_by_side() -> None:
    graph = column("a", "b", "c")
    drawing = draw(graph)
    assert len({box.y for id_, box in drawing.boxes.items() if id_.startswith("box-")}) == 1
    assert drawing.graph == graph


def test_boxes_of_a_tall_grid_that_would_be_too_wide_in_one_row_are_placed_in_columns() -> None:
    drawing = draw(column(*"abcdefghijklmn", wide=5))
    boxes = [box for id_, box in drawing.boxes.items() if id_.startswith("box-")]
    assert len({box.x for box in boxes}) == 3
    assert drawing.height <= 1.2 * drawing.width <= 1.2 * 1140


def test_boxes_with_peers_keep_their_arrangement() -> None:
    tall = column("a", "b")
    zones = tuple(
        replace(
            tall.root, id=zone, label=zone, style="zone", peer="zone", children=(Node(zone * 2, "n", Icon(tile="n")),)
        )
        for zone in ("x", "y")
    )
    drawing = draw(replace(tall, root=replace(tall.root, children=(*zones, *tall.root.children))))
    assert drawing.height <= 1.2 * drawing.width


def test_a_few_nodes_below_each_other_get_space_on_both_sides() -> None:
    single = Group("root", "", "none", (Group("box", "", "generic", (Node("a", "A", Icon(tile="A"), "note"),)),))
    drawing = draw(Graph("one", "One", "One node.", "aws", "flow", single, ()))
    box = drawing.boxes["box"]
    assert drawing.height <= 1.2 * drawing.width
    assert abs((drawing.width - box.right) - box.x) <= 1


EXAMPLES = sorted((ROOT / "examples").glob("*/architecture.yaml"))
SMALL = [
    DATA / "models" / f"{name}.yaml"
    for name in ("references", "presence", "one-promise", "three-clouds", "shop", "two-regions", "data-platform")
]


@pytest.mark.slow
@pytest.mark.parametrize("file", [*EXAMPLES, *SMALL], ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_no_automatic_picture_of_any_system_is_too_tall_and_every_arrowhead_has_a_stem(file: Path) -> None:
    project = load(file).project
    assert project
    resolved = project.resolved
    automatic = [view for view in views_of(resolved).values() if view.part[0] not in ("views", "flows")]
    for graph in dict.fromkeys(view.graph(coordinate) for view in automatic for coordinate in resolved.axes.all):
        if graph.nodes():
            drawing = draw(graph)
            assert drawing.height <= 1.2 * drawing.width, graph.title
            assert not list(without_stem(drawing)), graph.title


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["context", "edge", "identity", "delivery", "observability", "audit", "network", "data"]
)
def test_no_picture_of_the_reference_is_too_tall_and_every_arrowhead_has_a_stem(reference: Project, name: str) -> None:
    view = views_of(reference.resolved)[name]
    for cloud in reference.resolved.axes.clouds:
        last = [c for c in reference.resolved.architectures if c.cloud == cloud][-1]
        drawing = draw(view.graph(last))
        assert drawing.height <= 1.2 * drawing.width
        assert not list(without_stem(drawing))


def without_stem(drawing: Drawing) -> Iterator[str]:
    """The edges with an arrowhead that begins where the line before it ends."""
    nodes = drawing.graph.nodes()
    for edge in drawing.graph.edges:
        route = drawing.routes[edge.id]
        ends = [(edge.head, route[-2:])] + ([(edge.tail, route[1::-1])] if edge.both else [])
        for end, ((ax, ay), (bx, by)) in ends:
            if end in nodes and abs(ax - bx) + abs(ay - by) < STEM - 0.01:
                yield edge.id
