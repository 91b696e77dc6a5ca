"""Who sends messages to what carries them, and who gets them."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.connections import Connection

QUEUE, STREAM, TABLE, BUS = (
    "visibility_timeout_seconds",
    "partitions",
    "change_stream",
    "patterns",
)  # settings that tell kinds apart


def dead_letter_targets(a: Architecture) -> frozenset[str]:
    """The IDs of the components that keep what others could not process or deliver."""
    return frozenset(target for c in a.components.values() if (target := getattr(c, "dead_letters", None)))


def has_setting(a: Architecture, name: str, *settings: str) -> bool:
    """Whether the kind of a component has one of these settings, also if it is declared to be like one that has it."""
    return any(setting in type(a.components[name]).model_fields for setting in settings)


def receivers(a: Architecture, name: str) -> list[str]:
    """The IDs of the components that get messages of a carrier: it delivers to them, or they read from it."""
    dead = getattr(a.components[name], "dead_letters", None)
    pushed = [c.head for c in a.traffic_from(name) if c.kind == "event" and c.head != dead]
    pulled = [c.tail for c in a.traffic_to(name) if c.kind != "control" and c.data in ("received", "both")]
    return list(dict.fromkeys((*pushed, *pulled)))


def undecided(a: Architecture, name: str) -> Iterator[Lack]:
    """What the model does not state about the calls to and from a carrier, so that it is not known who gets its messages."""
    dead = getattr(a.components[name], "dead_letters", None)
    for c in a.traffic_from(name):
        if c.kind is None and c.head != dead:
            yield Lack(
                c.path, f"whether '{name}' delivers to '{c.head}' or needs it", "state `kind: event` or `kind: request`"
            )
    for c in a.traffic_to(name):
        if c.kind != "control" and c.data is None:
            yield Lack(
                c.path,
                f"whether '{c.tail}' sends to '{name}' or reads from it",
                "state `data: sent` or `data: received`",
            )


def triggers(a: Architecture, name: str) -> Iterator[tuple[str, Connection]]:
    """Pairs of ID and connection for what starts a component with its messages, changes or events."""
    for c in a.traffic_to(name):
        if c.kind == "event" and c.data != "received":
            yield c.tail, c
    for c in a.traffic_from(name):
        if c.kind == "event" and c.data in ("received", "both"):
            yield c.head, c


def is_only_triggered(a: Architecture, name: str) -> bool:
    """Whether nothing calls a component and waits for its answer, so that it runs only when messages or events arrive."""
    return all(c.kind in ("event", "control") for c in a.traffic_to(name))
