"""What the network view shows: everything in the network, and what its traffic comes from or leads to."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping

from archgen.analysis.crossings import crossings
from archgen.analysis.ways import links_of
from archgen.kinds.remote_access import RemoteAccess
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, OUTSIDE
from archgen.model.connections import Connection


def shown(sources: Mapping[str, Architecture]) -> set[str]:
    """The ids of the components to draw; `sources` has every component with the architecture to read it from.

    These are people and their ways in, what is in the network, everything to which their traffic leads, and the services and systems
    from which traffic leads into the network. In a system without a network, it is everything that has any traffic.

    What is in a further network and has no traffic with anything is there, too: otherwise, the box of that network would be empty.
    """
    ahead, behind = _neighbors(sources)
    inside = {name for name, a in sources.items() if a.place(a.components[name]) in a.tiers}
    alone = {n for n, a in sources.items() if a.network_of(a.components[n]) and not (ahead.get(n) or behind.get(n))}
    if not inside:
        busy = {name for name in sources if ahead.get(name) or behind.get(name)}
        return busy | alone | _people(sources) | _joining(sources)
    start = inside | _people(sources)
    start |= {n for n, a in sources.items() if a.place(a.components[n]) == EDGE and (ahead.get(n) or behind.get(n))}
    through = {n for n, a in sources.items() if a.place(a.components[n]) != OUTSIDE or a.components[n].person}
    hosted = {name for name, a in sources.items() if a.components[name].runs_on}
    before = _closure(inside - hosted, behind, through=through - hosted)
    found = _closure(start, ahead, through=through) | before | alone | _joining(sources) | _ways_in(sources)
    # Of what only pods call, no line is drawn, since there are too many; outside the cloud, a node without a line says nothing.
    lines = {end for name in found - hosted for end in (*ahead.get(name, ()), *behind.get(name, ()))}
    return {name for name in found if name in through or name in lines} - hosted


def _ways_in(sources: Mapping[str, Architecture]) -> set[str]:
    """The ways in for people that have connections over the network, and what they lead to."""
    found: set[str] = set()
    for name, a in sources.items():
        if isinstance(a.components[name], RemoteAccess):
            calls = [c for c in (*a.traffic_from(name), *a.traffic_to(name)) if not c.by_api]
            found |= {name, *(c.head for c in calls)} if calls else set()
    return found


def _joining(sources: Mapping[str, Architecture]) -> set[str]:
    """The links that lead from the networks, directly or through other links."""
    found: set[str] = set()
    for a in {id(a): a for a in sources.values()}.values():
        links = links_of(a)
        waiting = [a.coordinate.environment, *a.document.networks]
        while waiting:
            fresh = {name for name in links.near.get(waiting.pop(), ()) if name in links.links} - found
            found |= fresh
            waiting += sorted(fresh)
    return {name for name in found if name in sources}


def distances(sources: Mapping[str, Architecture]) -> dict[str, int]:
    """How many connections each component is from people, or from something that nothing leads to."""
    ahead, behind = _neighbors(sources)
    people = _people(sources)
    away = {name: 0 for name in sources if name in people or not behind.get(name)}
    rest = iter(sources)
    waiting = list(away)
    while len(away) < len(sources):
        if not waiting:  # only a circle is left, which begins with its first component
            waiting.append(next(name for name in rest if name not in away))
            away[waiting[0]] = 0
        name = waiting.pop(0)
        for other in ahead.get(name, ()):
            if other not in away:
                away[other] = away[name] + 1
                waiting.append(other)
    return away


def _people(sources: Mapping[str, Architecture]) -> set[str]:
    return {name for name, a in sources.items() if a.components[name].person}


def _neighbors(sources: Mapping[str, Architecture]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """By component: where its requests and messages go on, and where they come from."""
    ahead: dict[str, list[str]] = {}
    behind: dict[str, list[str]] = {}
    for tail, head in dict.fromkeys(_steps(sources)):
        ahead.setdefault(tail, []).append(head)
        behind.setdefault(head, []).append(tail)
    return ahead, behind


def _steps(sources: Mapping[str, Architecture]) -> Iterator[tuple[str, str]]:
    for a in {id(a): a for a in sources.values()}.values():
        crossing = crossings(a)
        for connection in a.traffic:
            if connection.kind != "control" and connection.tail != connection.head:
                tail, head = _direction(connection)
                ways = crossing[connection.id].ways if connection.id in crossing else []
                for way in ways:
                    passed = crossing[connection.id].passed(way)
                    yield from itertools.pairwise((tail, *passed, head))
                if not ways:
                    yield tail, head


def _direction(connection: Connection) -> tuple[str, str]:
    """A message that is only taken goes from what keeps it to what takes it."""
    if connection.kind == "event" and connection.data == "received":
        return connection.head, connection.tail
    return connection.tail, connection.head


def _closure(start: Iterable[str], next_: Mapping[str, list[str]], *, through: Collection[str]) -> set[str]:
    """Everything that can be reached from `start`, going on only from what is in `through`."""
    found = set(start)
    waiting = list(found)
    while waiting:
        name = waiting.pop()
        if name in through:
            fresh = [other for other in next_.get(name, ()) if other not in found]
            found.update(fresh)
            waiting += fresh
    return found
