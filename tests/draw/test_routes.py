"""Routes in random pictures: around all obstacles, at right angles, and from end to end."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archgen.draw.graph import Edge, Graph, Group, Icon, Node
from archgen.draw.grid import place
from archgen.draw.measure import Rect
from archgen.draw.routes import _Router, route
from archgen.draw.search import BEND


def node(id_: str) -> Node:
    return Node(id_, f"A node called {id_}", Icon(tile="N"))


def graph_of(groups: list[int], pairs: list[tuple[int, int]]) -> Graph:
    """A graph with groups of the given sizes, nodes in rows of two, and edges between nodes by number."""
    names = iter(range(sum(groups)))
    parts = tuple(
        Group(f"g{g}", f"Group {g}", "generic", tuple(node(f"n{next(names)}") for _n in range(count)))
        for g, count in enumerate(groups)
    )
    edges = tuple(Edge(f"e{i}", f"n{a}", f"n{b}") for i, (a, b) in enumerate(dict.fromkeys(pairs)))
    return Graph("some", "Some", "d", "aws", "grid", Group("root", "", "none", parts, 2), edges)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    groups = draw(st.lists(st.integers(1, 4), min_size=1, max_size=5))
    number = st.integers(0, sum(groups) - 1)
    return graph_of(groups, draw(st.lists(st.tuples(number, number), min_size=1, max_size=10)))


def crossed(route_: tuple[tuple[float, float], ...], box: Rect) -> bool:
    return any(
        box.overlaps(Rect(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2)), -0.5)
        for (x1, y1), (x2, y2) in itertools.pairwise(route_)
    )


@pytest.mark.slow
@given(graphs())
@settings(max_examples=60)
def test_any_graph_is_routed_around_its_nodes_at_right_angles(graph: Graph) -> None:
    boxes = place(graph)
    routes = route(graph, boxes, {})
    assert list(routes) == [edge.id for edge in graph.edges]
    assert routes == route(graph, boxes, {})
    for edge in graph.edges:
        found = routes[edge.id]
        assert len(found) > 1
        for (x1, y1), (x2, y2) in itertools.pairwise(found):
            assert (x1 == x2) != (y1 == y2)
        for other in graph.nodes():
            if other not in (edge.tail, edge.head):
                assert not crossed(found, boxes[other]), (edge, other)
        for end, (x, y) in ((edge.tail, found[0]), (edge.head, found[-1])):
            assert boxes[end].overlaps(Rect(x, y, 0, 0), 8)


def test_neighbors_are_joined_by_a_straight_line() -> None:
    graph = graph_of([2], [(0, 1)])
    ((x1, y1), (x2, y2)) = route(graph, place(graph), {})["e0"]
    assert y1 == y2
    assert x1 < x2


def test_an_edge_between_groups_runs_from_border_to_border() -> None:
    graph = graph_of([1, 1], [])
    edges = (Edge("e", "g0", "g1"), Edge("out", "n0", "g0"), Edge("into", "g1", "n1"))
    boxes = place(graph)
    routes = route(Graph("g", "G", "d", "aws", "grid", graph.root, edges), boxes, {})
    assert routes["e"][0][0] == boxes["g0"].right
    assert routes["e"][-1][0] == boxes["g1"].x
    # An edge from within a group meets the group's border without leaving the group.
    for end, points in (("g0", routes["out"]), ("g1", routes["into"])):
        box = boxes[end]
        assert all(box.x <= x <= box.right and box.y <= y <= box.bottom for x, y in points)


def test_two_edges_between_the_same_ends_run_side_by_side() -> None:
    graph = graph_of([2], [(0, 1), (1, 0)])
    one, other = route(graph, place(graph), {}).values()
    assert one[0][1] != other[0][1]
    assert {len(one), len(other)} == {2}


@pytest.mark.parametrize("title", [Rect(0, 60, 400, 18), Rect(150, 0, 18, 400)])
def test_routes_go_around_a_title(title: Rect) -> None:
    boxes = {"root": Rect(0, 0, 400, 400), "g0": Rect(0, 0, 0, 0)}
    boxes |= {"n0": Rect(20, 0, 48, 50), "n1": Rect(300, 300, 48, 50)}
    parts = Group("root", "", "none", (node("n0"), node("n1")))
    graph = Graph("g", "G", "d", "aws", "grid", parts, (Edge("e", "n0", "n1"),))
    found = route(graph, boxes, {"root": title})["e"]
    assert not crossed(found, title)


def test_without_any_route_an_edge_is_drawn_straight() -> None:
    """Overlapping boxes leave no space for a line. The picture is poor, but it exists."""
    boxes = {"n0": Rect(0, 0, 50, 60), "n1": Rect(10, 10, 50, 60), "root": Rect(0, 0, 60, 70)}
    parts = Group("root", "", "none", (node("n0"), node("n1")))
    graph = Graph("g", "G", "d", "aws", "grid", parts, (Edge("e", "n0", "n1"),))
    assert len(route(graph, boxes, {})["e"]) >= 2


def price(router: _Router, edge: Edge) -> float:
    """What the route of an edge costs among the routes of all others."""
    found = router.searched[edge.id]
    tracks = router._tracks_for(edge, 0)
    prices = [
        (tracks.level if abs(a - b) == 1 else tracks.upright)[min(a, b)] for a, b in itertools.pairwise(found.vertices)
    ]
    ends = sum(
        next(p.price for p in ports if (p.vertex, p.side) == (end.vertex, end.side))
        for ports, end in zip(router._ends(edge)[:2], (found.start, found.goal), strict=True)
    )
    return sum(prices) + ends + BEND * (len(router.done[edge.id]) - 2)


@pytest.mark.slow
def test_an_edge_keeps_its_route_only_if_a_search_would_find_none_that_costs_less(monkeypatch) -> None:
    """Searching again is the reference for the check that makes it unnecessary."""
    original, kept = _Router._has_best_route, []

    def checked(self: _Router, edge: Edge) -> bool:
        if not original(self, edge):
            return False
        self._forget(edge)
        searched = self.searched[edge.id]
        self.done[edge.id] = self._polyline(searched.start, searched.goal, searched.vertices)
        before = price(self, edge)
        self._route_edge(edge)
        again, route_ = self.searched[edge.id], self.done[edge.id]
        self._forget(edge)
        self.done[edge.id] = route_
        kept.append(edge.id)
        assert price(self, edge) == pytest.approx(before)
        self.searched[edge.id] = searched if searched.vertices == again.vertices else again
        return original(self, edge)

    monkeypatch.setattr(_Router, "_has_best_route", checked)

    @settings(max_examples=30)
    @given(graphs())
    def every(graph: Graph) -> None:
        boxes = place(graph)
        assert set(route(graph, boxes, {})) == {edge.id for edge in graph.edges}

    every()
    assert len(kept) > 5
