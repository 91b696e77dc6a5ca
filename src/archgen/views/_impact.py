"""An architecture and a failure in, its picture out: what stops, what goes on without it, and what stands next to that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from archgen.analysis.failure import Impact
from archgen.draw.graph import Change, Edge, Graph, Group, Node
from archgen.model.architecture import Architecture
from archgen.views._groups import by_place, calls_between, grouped, picture


def impact_graph(name: str, a: Architecture, impact: Impact) -> Graph:
    """The picture; without nodes where nothing fails."""
    changes: dict[str, Change] = dict.fromkeys(impact.degraded, "degraded")
    changes |= dict.fromkeys((*impact.failed, *impact.stopped), "stopped")
    names = [component for component in a.components if component in changes]
    parts = [_marked(part, changes) for part in grouped(a, a, names, by_place)]
    described = f"{len(impact.failed) + len(impact.stopped)} components stop, {len(impact.degraded)} go on with less."
    return picture(name, f"{impact.what} fails", described, a, parts, list(_edges(a, names, changes)))


def _edges(a: Architecture, names: list[str], changes: dict[str, Change]) -> Iterator[Edge]:
    """The calls between them; one to something that has stopped is marked as its caller is."""
    for edge in calls_between(a, a, names):
        yield replace(edge, change=changes[edge.tail]) if changes[edge.head] == "stopped" else edge


def _marked(part: Group | Node, changes: dict[str, Change]) -> Group | Node:
    if isinstance(part, Group):
        return replace(part, children=tuple(_marked(child, changes) for child in part.children))
    return replace(part, change=changes[part.id])
