"""Room for labels at the borders of groups, made by moving boxes apart."""

from __future__ import annotations

import itertools
from dataclasses import replace

from archgen.draw.drawing import draw, frames_of
from archgen.draw.graph import Edge, Graph, Group, Icon, Node
from archgen.draw.labels import Label, borders_of, bounds_of, hits
from archgen.draw.measure import Rect, ink
from archgen.draw.stretch import Cut, cuts_for, stretched


def node(id_: str) -> Node:
    return Node(id_, id_, Icon(tile=id_))


def two_groups(layout: str, label: str) -> Graph:
    groups = tuple(Group(name, name, "outside", (node(f"{name}1"),)) for name in ("a", "b"))
    edges = (Edge("e", "a1", "b1", label),)
    return Graph("x", "X", "x", "aws", layout, Group("root", "", "none", groups), edges)  # type: ignore[arg-type]


def test_a_label_between_two_groups_is_on_no_border() -> None:
    for layout, label in itertools.product(("flow", "down", "grid"), ("443", "HTTPS", "PostgreSQL 5432")):
        drawing = draw(two_groups(layout, label))
        borders = borders_of(frames_of(drawing.graph, drawing.boxes))
        assert not hits(drawing.labels["e"], borders), (layout, label)


def test_a_label_between_icons_that_are_close_covers_none() -> None:
    notes = {"nightly": "EventBridge", "placed": "SNS", "worker": "Lambda", "orders": "SQS", "failed": "SQS"}
    columns = tuple(
        Group(f"step-{n}", "", "none", tuple(replace(node(name), note=notes[name]) for name in names), arrange="column")
        for n, names in enumerate((("nightly", "placed"), ("worker", "orders"), ("failed",)))
    )
    region = Group(
        "region", "Region", "region", (Group("services", "", "none", columns, arrange="row"),), arrange="row"
    )
    ends = (
        ("orders", "worker", ""),
        ("orders", "failed", "failures"),
    )
    edges = tuple(Edge(f"{tail}-{head}", tail, head, label) for tail, head, label in ends)
    drawing = draw(Graph("x", "X", "x", "aws", "grid", Group("root", "", "none", (region,)), edges))
    covered = [bounds_of(rect) for id_, one in drawing.graph.nodes().items() for rect in ink(one, drawing.boxes[id_])]
    assert not hits(drawing.labels["orders-failed"], covered)


def test_the_cut_is_as_small_as_the_label_needs() -> None:
    label = Label("e", "HTTPS", (((50, 24), (110, 24)),), frozenset({"e"}))
    frame, icons = Rect(80, -20, 100, 100), [Rect(0, 0, 48, 48), Rect(112, 0, 48, 48)]
    placed = {"e": Rect(60, 8, 37, 13)}
    (cut,) = cuts_for([label], placed, borders_of([frame]), [bounds_of(icon) for icon in icons])
    assert cut.axis == 0
    assert 50 < cut.low < cut.high < 80 or 80 < cut.low < cut.high < 110
    assert 12 < cut.by < 16
    assert cuts_for([label], {"e": Rect(51, 8, 20, 13)}, borders_of([frame]), []) == []


def test_what_is_beyond_a_cut_moves_and_groups_on_both_sides_of_it_grow() -> None:
    graph = two_groups("flow", "")
    boxes = {"a": Rect(0, 0, 72, 90), "a1": Rect(12, 24, 48, 60), "b": Rect(90, 0, 72, 90), "b1": Rect(102, 24, 48, 60)}
    wider = stretched(graph, boxes, [Cut(0, 73, 89, 10), Cut(0, 91, 101, 5)])
    assert [(wider[id_].x, wider[id_].width) for id_ in ("a", "a1", "b", "b1")] == [
        (0, 72),
        (12, 48),
        (100, 77),
        (117, 48),
    ]
    assert {id_: (box.y, box.height) for id_, box in wider.items()} == {
        id_: (box.y, box.height) for id_, box in boxes.items()
    }


def test_a_picture_does_not_get_wider_than_a_page_or_too_tall() -> None:
    graph = two_groups("flow", "")
    boxes = {
        "a": Rect(0, 0, 72, 90),
        "a1": Rect(12, 24, 48, 60),
        "b": Rect(1060, 0, 72, 90),
        "b1": Rect(1072, 24, 48, 60),
    }
    assert stretched(graph, boxes, [Cut(0, 80, 1000, 10)]) == boxes
    tall = {
        "a": Rect(0, 0, 100, 350),
        "a1": Rect(12, 24, 20, 20),
        "b": Rect(0, 360, 100, 39),
        "b1": Rect(12, 375, 20, 20),
    }
    assert stretched(graph, tall, [Cut(1, 351, 359, 10)]) == tall
