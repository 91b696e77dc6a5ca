"""Staleness: what gets nothing new after a failure, for certain or possibly.

What gets data from something that is down gets nothing new from it. Beyond that, a component passes staleness on for certain only if no
data reaches it any more from anywhere. If other data still does, its receivers may get something new, so that they are only possibly stale.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from archgen.model.architecture import Architecture


def stale(a: Architecture, down: Collection[str], cut: Collection[str] = ()) -> tuple[dict[str, str], dict[str, str]]:
    """What gets nothing new without what is down: ids and reasons of what surely gets nothing, then of all that may get nothing.

    `cut` has the ids of connections over which nothing arrives any more.
    """
    sources, left = receivers(a), receivers(a, cut)
    dry = _fed(a, ()) - _fed(a, down, cut) - set(down)
    first = {
        receiver: sender
        for sender, found in sources.items()
        for receiver in found
        if cut and receiver not in left.get(sender, ()) and receiver not in down and sender not in down
    }
    surely = _spread(sources, down, through=dry, first=first)
    possibly = _spread(sources, down, through=set(a.components), first=first)
    return (
        {name: f"gets nothing new from {a.components[source].title}" for name, source in surely.items()},
        {name: f"gets data from {a.components[source].title}" for name, source in possibly.items()},
    )


def receivers(a: Architecture, cut: Collection[str] = ()) -> dict[str, list[str]]:
    """By component: each component that gets data from it, as far as the model states the direction, without connections that are cut."""
    found: dict[str, list[str]] = {}
    for connection in a.traffic:
        if connection.kind == "control" or connection.id in cut:
            continue
        if connection.data in ("sent", "both") or (connection.kind == "event" and connection.data is None):
            found.setdefault(connection.tail, []).append(connection.head)
        if connection.data in ("received", "both"):
            found.setdefault(connection.head, []).append(connection.tail)
    return found


def undirected(a: Architecture) -> Iterator[tuple[str, str, str]]:
    """The id, caller and callee of each connection that may carry data, but does not say which way."""
    for c in a.traffic:
        if c.data is None and c.kind not in ("control", "event"):
            yield c.id, c.tail, c.head


def _spread(
    sources: dict[str, list[str]], down: Collection[str], *, through: Collection[str], first: dict[str, str]
) -> dict[str, str]:
    """What gets data from what is down, directly or through the given components, and from which component.

    `first` has what gets nothing because of a connection, with the component at the other end.
    """
    found = dict(first)
    waiting = [*down, *(name for name in first if name in through)]
    while waiting:
        name = waiting.pop(0)
        for receiver in sources.get(name, ()):
            if receiver not in down and receiver not in found:
                found[receiver] = name
                if receiver in through:
                    waiting.append(receiver)
    return found


def _fed(a: Architecture, down: Iterable[str], cut: Collection[str] = ()) -> set[str]:
    """The components that data may reach: from people, and from whatever gets data from no other component."""
    next_ = {name: list(found) for name, found in receivers(a, cut).items()}
    for id_, tail, head in undirected(a):
        if id_ in cut:
            continue
        next_.setdefault(tail, []).append(head)
        next_.setdefault(head, []).append(tail)
    received = {name for found in receivers(a).values() for name in found}
    received |= {end for _id, *ends in undirected(a) for end in ends}
    lost = set(down)
    fed = {n for n, c in a.components.items() if n not in lost and (c.person or n not in received)}
    waiting = list(fed)
    while waiting:
        fresh = set(next_.get(waiting.pop(), ())) - fed - lost
        fed |= fresh
        waiting += fresh
    return fed
