"""What depends on what: what happens to one end of a connection when the other end is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.model.connections import Connection
from archgen.records import dataclass

Effect = Literal["stops", "degraded", "unknown"]
_WORST_FIRST: tuple[Effect, ...] = ("stops", "unknown", "degraded")


@dataclass(frozen=True, slots=True)
class Dependence:
    """One of `targets` is enough for `owner`; without all of them it has the `effect`.

    `over` has the ID of the connection to or from each target, on whose way the need depends, too; it is empty if there is none.
    `why` is the reason, with `{}` in place of the title of a target.
    With `effect` unknown, `lack` is the statement that would settle it.
    """

    owner: str
    targets: tuple[str, ...]
    why: str
    effect: Effect
    lack: Lack | None = None
    over: tuple[str, ...] = ()


def needs(a: Architecture) -> Iterator[Dependence]:
    """Every need of every component, in the order of the model. Nothing needs people."""
    for name, component in a.components.items():
        yield from _of_calls(a, name)
        if component.runs_on:
            yield Dependence(name, (component.runs_on,), "runs on {}", "stops")
        for target in _named(a, component, "protects"):
            yield Dependence(target, (name,), "{} cannot issue new keys", "degraded")
        for store in _named(a, component, "credentials_in"):
            yield Dependence(name, (store,), "credentials in {} cannot be rotated", "degraded")
        for source in component.rebuilt_from:
            yield Dependence(name, (source,), "cannot be rebuilt from {}", "degraded")


def _named(a: Architecture, component: Component, setting: str) -> Iterator[str]:
    """The components that a setting names, whose kind or a kind that it is like may have it."""
    value = getattr(component, setting, None) or ()
    yield from (name for name in ((value,) if isinstance(value, str) else value) if name in a.components)


def is_needed(a: Architecture, connection: Connection) -> bool:
    """Whether the caller stops without the other end. An alternative is not needed, since another one is enough."""
    return not connection.call.one_of and _effect_on_caller(a, connection) == "stops"


def _of_calls(a: Architecture, name: str) -> Iterator[Dependence]:
    """The needs from connections. Ways of a proxy, and alternatives with the same name, are one need each."""
    groups: dict[str, list[Connection]] = {}
    for connection in a.traffic_from(name):
        if a.components[connection.head].person:
            continue
        if connection.kind == "control":
            yield Dependence(connection.head, (name,), "{} cannot change it", "degraded", over=(connection.id,))
        elif connection.kind == "event" and connection.data == "received" and a.traits(connection.head).carrier:
            yield Dependence(connection.head, (name,), "{} no longer takes from it", "degraded", over=(connection.id,))
        if connection.call.one_of:
            groups.setdefault(f"one of {connection.call.one_of}", []).append(connection)
        elif connection.need == "own-way" and connection.kind == "request":
            groups.setdefault("ways", []).append(connection)
        elif (effect := _effect_on_caller(a, connection)) is not None:
            why, lack = _why(a, connection, effect), _lack(connection, effect)
            yield Dependence(name, (connection.head,), why, effect, lack, over=(connection.id,))
    for key, group in groups.items():
        heads, over = tuple(c.head for c in group), tuple(c.id for c in group)
        why = "no longer leads to {}" if key == "ways" else f"calls {{}} ({key})"
        by_effect = {_effect_on_caller(a, connection): connection for connection in reversed(group)}
        for effect in _WORST_FIRST:
            if effect in by_effect:
                yield Dependence(name, heads, why, effect, _lack(by_effect[effect], effect), over)
                break


def _effect_on_caller(a: Architecture, connection: Connection) -> Effect | None:
    """What happens to the caller without the other end; None if it only gets nothing new."""
    if connection.kind is None:
        return "unknown"
    if connection.kind == "control" or connection.need == "optional":
        return "degraded"
    if connection.kind == "event":
        if connection.data == "received":
            return None
        hands_over = a.traits(connection.head).carrier and not a.traits(connection.tail).carrier
        return "stops" if hands_over else "degraded"
    return "stops"


def _why(a: Architecture, connection: Connection, effect: Effect) -> str:
    if connection.kind == "event" and a.traits(connection.tail).carrier:
        keeps = a.traits(connection.tail).keeps_data
        kept = {True: "messages wait", False: "messages are lost", None: "messages wait or are lost"}[keeps]
        return f"cannot deliver to {{}}; {kept}"
    if connection.kind == "event":
        return "cannot hand over to {}"
    return "cannot manage {}" if connection.kind == "control" else "calls {}"


def _lack(connection: Connection, effect: Effect) -> Lack | None:
    if effect != "unknown":
        return None
    what = f"whether '{connection.tail}' needs '{connection.head}' or delivers to it"
    return Lack(connection.path, what, "state `kind: request` or `kind: event`")
