"""A picture explains those of its marks that a reader cannot guess, and no others."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from html import unescape

import pytest

from archgen.draw.bundles import bundles
from archgen.draw.drawing import Drawing, draw, draw_simply
from archgen.draw.export import export
from archgen.draw.graph import Edge, Graph, Group, Icon, Node
from archgen.draw.legend import LegendEntry, legend, marks
from archgen.draw.measure import NOTE, text_width
from archgen.pipeline import load
from archgen.project import Project
from archgen.views import views_of
from conftest import ROOT

A, B = Node("a", "A", Icon(tile="A")), Node("b", "B", Icon(tile="B"))
PLAIN = Edge("e", "a", "b")


def picture(*edges: Edge, nodes: tuple[Node, ...] = (A, B)) -> Graph:
    return Graph("small", "Small", "Two nodes.", "aws", "flow", Group("root", "", "none", nodes), edges)


def entries(drawing: Drawing) -> list[LegendEntry]:
    return legend(drawing.graph, drawing.labels, drawing.width - 8, drawing.height - 4)


def names(graph: Graph) -> list[str]:
    return [entry.mark.name for entry in entries(draw(graph))]


def test_a_picture_of_requests_has_no_legend() -> None:
    assert names(picture(PLAIN)) == []
    assert "ag-note" not in export(draw(picture(PLAIN)), "svg").decode()


@pytest.mark.parametrize(
    ("edge", "nodes", "expected"),
    [
        (replace(PLAIN, meaning="event"), (A, B), ["event"]),
        (replace(PLAIN, meaning="control"), (A, B), ["control"]),
        (replace(PLAIN, meaning="instead"), (A, B), ["instead"]),
        (replace(PLAIN, meaning="copy"), (A, B), ["copy"]),
        (replace(PLAIN, meaning="key"), (A, B), ["key"]),
        (replace(PLAIN, both=True), (A, B), ["both"]),
        (replace(PLAIN, planned=True, meaning="event"), (A, B), ["planned"]),
        (PLAIN, (A, replace(B, planned=True)), ["planned"]),
        (PLAIN, (A, replace(B, stands_for=7)), ["count"]),
        (PLAIN, (A, replace(B, context=True)), ["context"]),
        (replace(PLAIN, change="added"), (A, replace(B, change="removed")), ["added", "removed"]),
        (replace(PLAIN, meaning="event", both=True), (A, replace(B, planned=True)), ["planned", "event", "both"]),
    ],
)
def test_a_legend_has_exactly_the_marks_of_its_picture(
    edge: Edge, nodes: tuple[Node, ...], expected: list[str]
) -> None:
    drawing = draw(picture(edge, nodes=nodes))
    assert [entry.mark.name for entry in entries(drawing)] == expected
    text = unescape(export(drawing, "svg").decode())
    for entry in entries(drawing):
        assert f">{entry.mark.text}</text>" in text
    pymupdf = pytest.importorskip("pymupdf")
    with pymupdf.open(stream=export(drawing, "pdf")) as pages:
        page = " ".join(pages[0].get_text().split())
    assert all(entry.mark.text in page for entry in entries(drawing))


def test_a_closed_box_is_marked_and_explained() -> None:
    box = Group("box", "Other network", "network", (), closed=True)
    graph = replace(picture(PLAIN), layout="grid", root=Group("root", "", "none", (A, B, box)))
    assert names(graph) == ["closed"]
    assert (
        export(draw(graph), "svg").decode().count('<rect class="ag-tip"') == 6
    )  # three in the box, three in the legend
    assert "Other network …" in export(draw(graph), "drawio").decode()
    assert names(replace(graph, root=Group("root", "", "none", (A, B, replace(box, closed=False))))) == []


def test_each_kind_of_line_has_the_same_look_in_the_legend() -> None:
    for edge in (replace(PLAIN, meaning="event"), replace(PLAIN, planned=True), replace(PLAIN, change="stopped")):
        lines = re.findall(r'<path class="ag-line"[^>]*?( stroke=.*?)/>', export(draw(picture(edge)), "svg").decode())
        assert len(lines) == 2
        assert lines[0] == lines[1]


def test_joined_lines_are_explained_where_they_are_joined() -> None:
    callers = tuple(Node(f"c{n}", f"C{n}", Icon(tile="C")) for n in range(12))
    edges = [Edge(f"e{n}", node.id, "a", "5432") for n, node in enumerate(callers)]
    graph = picture(*edges, nodes=(A, *callers))
    assert bundles(graph)
    assert names(graph) == ["joint"]
    assert entries(draw_simply(graph)) == []  # its lines are straight


def test_a_long_legend_gets_rows_instead_of_a_wide_picture() -> None:
    meanings = ("event", "control", "instead", "copy", "key")
    edges = [Edge(meaning, "a", "b", meaning=meaning) for meaning in meanings]
    drawing = draw(picture(*edges))
    assert drawing.width <= 360
    assert len({entry.y for entry in entries(drawing)}) == 3
    check_space(drawing)


@pytest.mark.parametrize(
    ("format_", "words"),
    [
        ("drawio", "Marks: dotted line: event, the sender goes on."),
        ("mermaid", "%% Marks: dotted: event, the sender goes on."),
        ("dot", "Marks: dotted: event, the sender goes on."),
    ],
)
def test_formats_that_other_programs_draw_have_it_as_a_sentence(format_: str, words: str) -> None:
    assert words in export(draw(picture(replace(PLAIN, meaning="event"))), format_).decode()
    assert "Marks" not in export(draw(picture(PLAIN)), format_).decode()


def test_lines_of_a_model_have_their_meanings(reference: Project) -> None:
    at = reference.resolved.axes.default
    shown = {name: view.graph(at) for name, view in views_of(reference.resolved).items()}
    found = {name: {edge.meaning for edge in graph.edges} - {""} for name, graph in shown.items()}
    assert found["context"] == {"instead"}
    assert found["network"] == {"copy", "route", "control"}
    assert found["data"] == {"copy", "control"}
    assert found["identity"] == {"control", "key"}
    assert found["platform"] == found["delivery"] == {"event", "control"}
    assert found["observability"] == {"event"}


@pytest.mark.slow
@pytest.mark.parametrize("example", ["serverless", "brownfield", "azure", "boutique"])
def test_legends_of_whole_systems_are_complete_and_cover_nothing(example: str) -> None:
    project = load(ROOT / "examples" / example / "architecture.yaml").project
    assert project
    at = project.resolved.axes.default
    for view in views_of(project.resolved).values():
        graph = view.graph(at)
        if graph.nodes():
            drawing = draw(graph)
            stated = {mark.name for mark in marks(graph, drawing.labels)}
            assert ("closed" in stated) == any(group.closed for group in graph.root.groups())
            lines = {e.meaning for e in graph.edges if e.meaning and not e.planned and not e.mark}
            lines |= {"both"} if any(edge.both for edge in graph.edges) else set()
            lines |= {"planned"} if any(part.planned for part in (*graph.edges, *graph.nodes().values())) else set()
            assert ("context" in stated) == any(node.context for node in graph.root.nodes())
            assert stated - {"joint", "count", "closed", "context"} == lines | set(graph.changes())
            check_space(drawing)


def check_space(drawing: Drawing) -> None:
    """The legend is below everything else and inside of the picture, and its entries do not touch."""
    shown = entries(drawing)
    below = max([box.bottom for box in (*drawing.boxes.values(), *drawing.labels.values())])
    below = max([below, *(y for route in drawing.routes.values() for _x, y in route)])
    for entry in shown:
        assert entry.y - 10 > below
        assert entry.y + 10 < drawing.height
        assert entry.text_x + text_width(entry.mark.text, NOTE) < drawing.width
    for one, other in itertools.pairwise(shown):
        assert other.y > one.y + 20 or other.x > one.text_x + text_width(one.mark.text, NOTE) + 10
