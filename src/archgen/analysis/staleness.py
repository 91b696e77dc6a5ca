"""Staleness: what gets nothing new after a failure, for certain or possibly.

What gets data from something that is down gets nothing new from it. Beyond that, a component passes staleness on for certain only if no
data reaches it any more from anywhere. If other data still does, its receivers may get something new, so that they are only possibly stale.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from archgen.model.architecture import Architecture
from archgen.model.remembered import remembered
from archgen.records import dataclass


@dataclass(frozen=True, slots=True)
class DataPaths:
    """Where data goes: by component, which others get data from it, and which others it may reach at all.

    `reachable` also has both ends of connections that do not say which way the data goes. `receiving` has every component that gets data
    from another one, for certain or possibly.
    """

    receivers: Mapping[str, list[str]]
    reachable: Mapping[str, list[str]]
    receiving: Collection[str]


def stale(a: Architecture, down: Collection[str], cut: Collection[str] = ()) -> tuple[dict[str, str], dict[str, str]]:
    """What gets nothing new without what is down: ids and reasons of what surely gets nothing, then of all that may get nothing.

    `cut` has the ids of connections over which nothing arrives any more.
    """
    usual = data_paths(a)
    left = _data_paths(a, cut) if cut else usual
    sources = usual.receivers
    first = {
        receiver: sender
        for sender, found in sources.items()
        for receiver in found
        if cut and receiver not in left.receivers.get(sender, ()) and receiver not in down and sender not in down
    }
    possibly = _spread(sources, down, through=a.components, first=first)
    # What data still reaches matters only where something passes staleness on, and finding it takes a walk through everything.
    passed_on = any(name in sources for name in possibly)
    dry = _usually_fed(a) - _fed(a, usual, left, down) - set(down) if passed_on else set()
    surely = _spread(sources, down, through=dry, first=first)
    return (
        {name: f"gets nothing new from {a.components[source].title}" for name, source in surely.items()},
        {name: f"gets data from {a.components[source].title}" for name, source in possibly.items()},
    )


@remembered
def data_paths(a: Architecture) -> DataPaths:
    """Where data goes as long as nothing fails, as far as the model states the direction."""
    return _data_paths(a, ())


def _data_paths(a: Architecture, cut: Collection[str]) -> DataPaths:
    """Where data goes without the connections that are cut."""
    receivers: dict[str, list[str]] = {}
    for connection in a.traffic:
        if connection.kind == "control" or connection.id in cut:
            continue
        if connection.data in ("sent", "both") or (connection.kind == "event" and connection.data is None):
            receivers.setdefault(connection.tail, []).append(connection.head)
        if connection.data in ("received", "both"):
            receivers.setdefault(connection.head, []).append(connection.tail)
    reachable = {name: list(found) for name, found in receivers.items()}
    receiving = {name for found in receivers.values() for name in found}
    for id_, tail, head in undirected(a):
        if id_ not in cut:
            reachable.setdefault(tail, []).append(head)
            reachable.setdefault(head, []).append(tail)
            receiving |= {tail, head}
    return DataPaths(receivers, reachable, receiving)


@remembered
def undirected(a: Architecture) -> tuple[tuple[str, str, str], ...]:
    """The id, caller and callee of each connection that may carry data, but does not say which way."""
    return tuple((c.id, c.tail, c.head) for c in a.traffic if c.data is None and c.kind not in ("control", "event"))


def undirected_with(a: Architecture, names: Collection[str]) -> list[tuple[str, str, str]]:
    """The same for the connections of some components only, in the order of the model."""
    positions = _undirected_by_end(a)
    every = undirected(a)
    return [every[at] for at in sorted({at for name in names for at in positions.get(name, ())})]


@remembered
def _undirected_by_end(a: Architecture) -> Mapping[str, list[int]]:
    """The positions in `undirected`, by component."""
    positions: dict[str, list[int]] = {}
    for at, (_id, *ends) in enumerate(undirected(a)):
        for end in ends:
            positions.setdefault(end, []).append(at)
    return positions


def _spread(
    sources: Mapping[str, list[str]], down: Collection[str], *, through: Collection[str], first: dict[str, str]
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


@remembered
def _usually_fed(a: Architecture) -> frozenset[str]:
    """The components that data may reach as long as nothing fails."""
    usual = data_paths(a)
    return frozenset(_fed(a, usual, usual, ()))


def _fed(a: Architecture, usual: DataPaths, left: DataPaths, down: Iterable[str]) -> set[str]:
    """The components that data may reach: from people, and from whatever usually gets data from no other component."""
    lost = set(down)
    fed = {n for n, c in a.components.items() if n not in lost and (c.person or n not in usual.receiving)}
    waiting = list(fed)
    while waiting:
        fresh = set(left.reachable.get(waiting.pop(), ())) - fed - lost
        fed |= fresh
        waiting += fresh
    return fed
