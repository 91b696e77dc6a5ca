"""HA212: nothing sends messages to what starts it."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.rules._messages import BUS, has_setting, triggers

CODE = "HA212"
TITLE = "Events start what sends them again"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each source of events that gets messages, objects or records again from what it starts, directly or over others.

    Event buses are left out: their rules pass on only some events, so that one that comes back is usually another event.
    """
    ways = _ways(architecture)
    sources = {
        source for name in architecture.components for source, _c in triggers(architecture, name) if source in ways
    }
    reported: set[str] = set()
    for source in (name for name in architecture.components if name in sources):
        path = ("components", source)
        loop = _way_back(ways, source)
        if loop and not reported & set(loop):
            reported |= {source, *loop}
            names = " to ".join(f"'{name}'" for name in (source, *loop))
            message = f"an event can go around forever: from {names}"
            yield Diagnostic(CODE, message, "send to something else, or state in a waiver what ends the loop", path)
        elif loop:
            continue
        elif lacks := [lack for name in ways[source] for lack in _unclear(architecture, name, source)]:
            yield from (Unsaid(path, lack) for lack in lacks)
        else:
            yield Passed(path)


def _ways(a: Architecture) -> dict[str, list[str]]:
    """What events lead to, by ID: what a component starts, and what it sends data to."""
    dead = {(name, getattr(c, "dead_letters", None)) for name, c in a.components.items()}
    ways: dict[str, list[str]] = {}
    for name in a.components:
        if has_setting(a, name, BUS) or a.components[name].person:
            continue
        for source, _c in triggers(a, name):
            if not has_setting(a, source, BUS) and (source, name) not in dead:
                ways.setdefault(source, []).append(name)
        for c in a.traffic_from(name):
            if c.kind != "control" and c.data in ("sent", "both") and (name, c.head) not in dead:
                ways.setdefault(name, []).append(c.head)
    return {name: list(dict.fromkeys(heads)) for name, heads in ways.items()}


def _way_back(ways: dict[str, list[str]], source: str) -> list[str]:
    """The IDs on the shortest way from a component back to itself, which is the last one; empty if there is none."""
    before: dict[str, str] = {}
    waiting = [source]
    for name in waiting:
        for head in ways.get(name, ()):
            if head == source:
                way, last = [source], name
                while last != source:
                    way.append(last)
                    last = before[last]
                return way[::-1]
            if head not in before:
                before[head] = name
                waiting.append(head)
    return []


def _unclear(a: Architecture, name: str, source: str) -> Iterator[Lack]:
    """What the model does not state about the calls of a component to what starts it."""
    for c in a.traffic_from(name):
        if c.head == source and c.data is None and c.kind != "control":
            yield Lack(
                c.path,
                f"whether '{name}' sends to '{source}' or reads from it",
                "state `data: sent` or `data: received`",
            )
