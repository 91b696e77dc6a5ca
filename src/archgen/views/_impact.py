"""The picture of a failure: what stops, what is degraded, what may stop, who is cut off, and the calls between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from archgen.analysis.failure import Impact
from archgen.analysis.grouping import by_place
from archgen.draw.graph import Change, Edge, Graph, Group, Node
from archgen.model.architecture import Architecture
from archgen.views._groups import calls_between, grouped, picture


def impact_graph(name: str, a: Architecture, impact: Impact) -> Graph:
    """The graph; empty if nothing fails and nothing is unknown."""
    changes: dict[str, Change] = dict.fromkeys((*impact.unknown, *impact.may_stop), "unknown")
    changes |= dict.fromkeys((*impact.degraded, *impact.cut_off, *impact.stale), "degraded")
    changes |= dict.fromkeys((*impact.failed, *impact.stopped), "stopped")
    names = [component for component in a.components if component in changes]
    parts = [_with_changes(part, changes) for part in grouped(a, a, names, by_place)]
    described = f"{len(impact.failed) + len(impact.stopped)} components stop, {len(impact.degraded)} are degraded."
    if impact.after_failover:
        described += f" {len(impact.after_failover)} of those that stop do so until a failover."
    if impact.may_be_stale:
        described += f" {len(impact.may_be_stale)} more may get nothing new."
    if impact.unknown:
        described += f" Of {len(impact.unknown)} the model does not say whether they fail."
    described += " Only what is affected is drawn."
    return picture(name, f"{impact.what} fails", described, a, parts, list(_edges(a, names, changes)))


def _edges(a: Architecture, names: list[str], changes: dict[str, Change]) -> Iterator[Edge]:
    """The calls between components; one to a stopped component has the mark of its caller."""
    ends = {connection.id: (connection.tail, connection.head) for connection in a.traffic}
    for edge in calls_between(a, a, names):
        caller, called = ends[edge.id]
        yield replace(edge, change=changes[caller]) if changes[called] == "stopped" else edge


def _with_changes(part: Group | Node, changes: dict[str, Change]) -> Group | Node:
    if isinstance(part, Group):
        return replace(part, children=tuple(_with_changes(child, changes) for child in part.children))
    return replace(part, change=changes[part.id])
