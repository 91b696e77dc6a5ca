"""Pictures have a shape that fits a page: those that would be too tall are drawn downwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archgen.draw.drawing import draw
from archgen.draw.graph import Edge, Graph, Group, Icon, Node
from archgen.project import Project
from archgen.views import views_of


def star(callees: int, *, turns: bool) -> Graph:
    nodes = tuple(Node(f"n{n}", f"Node {n}", Icon(tile="N")) for n in range(callees))
    edges = tuple(Edge(f"e{n}", "hub", f"n{n}", f"port {n}") for n in range(callees))
    root = Group("root", "", "none", (Node("hub", "Hub", Icon(tile="H")), *nodes))
    return Graph("star", "Star", "A star.", "aws", "flow", root, edges, turns=turns)


def test_a_tall_picture_is_drawn_downwards() -> None:
    tall, turned = draw(star(9, turns=False)), draw(star(9, turns=True))
    assert tall.height > 1.2 * tall.width
    assert turned.height <= turned.width
    assert turned.graph == star(9, turns=True)
    assert draw(star(2, turns=True)) == replace(draw(star(2, turns=False)), graph=star(2, turns=True))


@pytest.mark.parametrize("name", ["context", "edge", "identity", "delivery", "observability", "audit"])
def test_no_free_picture_of_the_reference_is_too_tall(reference: Project, name: str) -> None:
    view = views_of(reference.resolved)[name]
    for cloud in reference.resolved.axes.clouds:
        last = [c for c in reference.resolved.architectures if c.cloud == cloud][-1]
        drawing = draw(view.graph(last))
        assert drawing.height <= max(400, 1.2 * drawing.width)
