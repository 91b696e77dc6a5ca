"""Pictures have a shape that fits a page: those that would be too tall are drawn downwards."""

from __future__ import annotations

from dataclasses import replace

import pytest

from archgen.draw.drawing import draw
from archgen.draw.graph import Edge, Graph, Group, Icon, Node
from archgen.project import Project
from archgen.views import views_of


def test_a_tall_picture_is_drawn_downwards(reference: Project) -> None:
    graph = views_of(reference.resolved)["identity"].graph(reference.resolved.axes.default)
    tall, turned = draw(replace(graph, turns=False)), draw(graph)
    assert tall.height > 1.2 * tall.width
    assert turned.height <= turned.width
    assert turned.graph == graph


def test_a_small_picture_and_one_whose_direction_is_stated_are_drawn_as_they_are(reference: Project) -> None:
    nodes = (Node("a", "A", Icon(tile="A")), Node("b", "B", Icon(tile="B")))
    root = Group("root", "", "none", nodes)
    small = Graph("small", "Small", "Two nodes.", "aws", "flow", root, (Edge("e", "a", "b"),))
    assert draw(replace(small, turns=True)) == replace(draw(small), graph=replace(small, turns=True))


@pytest.mark.parametrize("name", ["context", "edge", "identity", "delivery", "observability", "audit"])
def test_no_free_picture_of_the_reference_is_too_tall(reference: Project, name: str) -> None:
    view = views_of(reference.resolved)[name]
    for cloud in reference.resolved.axes.clouds:
        last = [c for c in reference.resolved.architectures if c.cloud == cloud][-1]
        drawing = draw(view.graph(last))
        assert drawing.height <= max(400, 1.2 * drawing.width)
