"""An architecture and a component in, the graph of it with its callers, its callees and what it runs on out."""

from __future__ import annotations

from archgen.draw.graph import Graph
from archgen.model.architecture import Architecture
from archgen.views._groups import by_place, calls_between, grouped, picture

MOST = 12  # with more, only the nearest in the order of the model are shown


def neighbourhood(a: Architecture, name: str) -> Graph:
    """The graph; only the component itself where it has to do with nothing."""
    near = {c.head for c in a.connections if c.tail == name and not c.from_segment}
    near |= {c.tail for c in a.connections if c.head == name and not c.from_segment}
    shown = [other for other in a.components if other in near - {name}][: MOST - 1]
    names = [other for other in a.components if other == name or other in shown]
    title = f"What {a.components[name].title} has to do with"
    described = f"{a.components[name].title} with what it calls and what calls it, on {a.facts.full_name}."
    edges = [edge for edge in calls_between(a, a, names) if name in (edge.tail, edge.head)]
    return picture(f"near-{name}", title, described, a, grouped(a, a, names, by_place), edges)
