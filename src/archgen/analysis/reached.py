"""What requests and events reach: the components of the high-level view."""

from __future__ import annotations

from archgen.kinds.cluster_add_on import ClusterAddOn
from archgen.model.architecture import Architecture


def reached(architecture: Architecture) -> set[str]:
    """The ids of all that starts something, of what that reaches by calls and events, and of what segments call.

    People, what is at a site, and what has the trait `starts` start something; if there is nothing of that, all components are shown.
    People who only manage other components, as engineers do, start nothing.
    Add-ons of a cluster are left out: other views show them.
    """
    starting = [name for name in architecture.components if _starts(architecture, name)]
    if not starting:
        return set(architecture.components)
    leads_to = _ways(architecture)
    found, waiting = set(starting), list(starting)
    while waiting:
        fresh = [end for end in leads_to.get(waiting.pop(), ()) if end not in found]
        found.update(fresh)
        waiting += fresh
    found |= {c.head for c in architecture.connections if c.from_segment}
    return {name for name in found if not isinstance(architecture.components[name], ClusterAddOn)}


def _starts(a: Architecture, name: str) -> bool:
    component = a.components[name]
    return (
        (component.person and not _only_manages(a, name)) or a.traits(name).starts or a.site_of(component) is not None
    )


def _only_manages(a: Architecture, name: str) -> bool:
    """Whether all connections of people are for managing other components."""
    calls = list(a.traffic_from(name))
    return bool(calls) and all(call.kind == "control" for call in calls)


def _ways(a: Architecture) -> dict[str, list[str]]:
    """By component, where a request at it goes on: to what it calls, and to what takes events or messages from it."""
    ways: dict[str, list[str]] = {}
    for connection in a.connections:
        if connection.kind != "control":
            ways.setdefault(connection.tail, []).append(connection.head)
        if connection.kind == "event" and connection.data == "received":
            ways.setdefault(connection.head, []).append(connection.tail)
    return ways
