"""The picture of one component with its callers and callees."""

from __future__ import annotations

from archgen.analysis.grouping import by_place
from archgen.draw.graph import Graph
from archgen.model.architecture import Architecture
from archgen.views._groups import calls_between, grouped, picture

MOST = 12  # components in the picture; of more, those that come first in the model are shown


def neighborhood(a: Architecture, name: str) -> Graph:
    """The graph; only the component itself if it has no connections."""
    near = {c.head for c in a.traffic if c.tail == name}
    near |= {c.tail for c in a.traffic if c.head == name}
    shown = [other for other in a.components if other in near - {name}][: MOST - 1]
    names = [other for other in a.components if other == name or other in shown]
    title = f"Connections of {a.components[name].title}"
    described = f"{a.components[name].title} with what it calls and what calls it, on {a.facts.full_name}."
    edges = [edge for edge in calls_between(a, a, names) if name in (edge.tail, edge.head)]
    return picture(f"near-{name}", title, described, a, grouped(a, a, names, by_place), edges)
