"""The picture of one component with its callers and callees."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.analysis.crossings import passing
from archgen.analysis.grouping import by_place
from archgen.draw.graph import Edge, Graph
from archgen.model.architecture import Architecture
from archgen.model.links import links
from archgen.views._groups import calls_between, grouped, picture
from archgen.views._left_out import with_left_out
from archgen.views._parts import edge_of, meaning_of

MOST = 12  # components in the picture; of more, those that come first in the model are shown


def neighborhood(a: Architecture, name: str) -> Graph:
    """The graph; only the component itself if it has no connections. A link is drawn between the ends of the connections that pass it."""
    through = list(_through(a, name))
    near = {end for edge in through for end in (edge.tail, edge.head)}
    near |= {c.head for c in a.traffic if c.tail == name}
    near |= {c.tail for c in a.traffic if c.head == name}
    neighbors = [other for other in a.components if other in near - {name}]
    shown = neighbors[: MOST - 1]
    names = [other for other in a.components if other == name or other in shown]
    title = f"Connections of {a.components[name].title}"
    described = f"{a.components[name].title} with what it calls and what calls it, on {a.facts.full_name}."
    if through:
        described = f"{a.components[name].title} with the connections that pass it, on {a.facts.full_name}."
    edges = [edge for edge in calls_between(a, a, names) if name in (edge.tail, edge.head)]
    edges += [edge for edge in through if {edge.tail, edge.head} <= set(names)]
    graph = picture(f"near-{name}", title, described, a, grouped(a, a, names, by_place), edges)
    reason = f"a picture of neighbors has at most {MOST} components"
    return with_left_out(graph, dict.fromkeys(a.components, a), dict.fromkeys(neighbors, reason))


def _through(a: Architecture, name: str) -> Iterator[Edge]:
    """Two lines for each connection that passes a link: from the caller to the link, and from there on. Each line is drawn once."""
    done: set[tuple[str, str]] = set()
    for crossing in passing(a, name) if name in links(a.components) else ():
        call = crossing.connection
        for tail, head in ((call.tail, name), (name, call.head)):
            if (tail, head) not in done and (head, tail) not in done:
                done.add((tail, head))
                yield edge_of(f"{call.id}--{tail}--{head}", tail, head, call.call, meaning=meaning_of([call]))
