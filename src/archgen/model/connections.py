"""Connections: the calls of all components and segments, with what follows from their ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from archgen.catalog import protocols
from archgen.diagnostics.diagnostic import Path
from archgen.model.calls import Call, ConnectionKind, Direction
from archgen.model.traits import Traits, setting_of
from archgen.records import dataclass

if TYPE_CHECKING:
    from archgen.model.component import Component

Necessity = Literal["required", "own-way", "optional"]


@dataclass(frozen=True, slots=True)
class Connection:
    """A directed edge from the side that opens it.

    `tail` is the id of a component, or of a network segment if `from_segment` is true. `call` has the settings of the model, with the
    usual port and whether it is required filled in. `key` is the key under `calls`. `kind` is None if the model does not state it and
    it does not follow from the ends. `need` says what the caller does without the other end: it stops (`required`), it goes on
    (`optional`), or it goes on as long as it has another way (`own-way`).
    """

    tail: str
    head: str
    call: Call
    key: str
    kind: ConnectionKind | None = "request"
    need: Necessity = "required"
    from_segment: bool = False

    @property
    def id(self) -> str:
        """The caller and the key, such as `api--database`."""
        return f"{self.tail}--{self.key}"

    @property
    def path(self) -> Path:
        """Where the model states it."""
        part = ("network", "segments") if self.from_segment else ("components",)
        return (*part, self.tail, "calls", self.key)

    @property
    def only_drawn(self) -> bool:
        """Whether it is a line of the high-level view that stands for others, and no traffic."""
        return self.from_segment or bool(self.call.drawn_instead_of)

    @property
    def by_api(self) -> bool:
        """Whether the caller manages the other end through the API of the cloud or the cluster, instead of connecting to it."""
        return self.kind == "control" and self.call.port is None

    @property
    def data(self) -> Direction | None:
        """Which way the data goes, seen from `tail`; None if the model does not state it."""
        return self.call.direction


class Connector:
    """Makes connections from calls. `traits` is what is known about a component, by its id.

    `made` keeps connections by their ends, for other architectures that share these components.
    """

    def __init__(
        self, components: Mapping[str, Component], traits: Callable[[str], Traits], made: dict[Any, Any]
    ) -> None:
        self._components = components
        self._traits = traits
        self._made = made

    def connect(self, segments: Mapping[str, Mapping[str, Call]]) -> Iterator[Connection]:
        """All connections in the order of the file: those of components, then those of segments.

        `segments` has the calls of the network's segments. Calls of components that do not exist are left out; they are reported
        as references.
        """
        for name, component in self._components.items():
            for key, call in component.calls.items():
                if (call.to or key) in self._components:
                    yield self._between(name, call.to or key, call, key)
        for name, calls in segments.items():
            for key, call in calls.items():
                drawn = call.model_copy(update={"required": False, "answers": call.direction == "both"})
                yield Connection(name, call.to or key, drawn, key, need="optional", from_segment=True)

    def _between(self, tail: str, head: str, call: Call, key: str) -> Connection:
        """The connection of a call, which depends on nothing but its ends."""
        ends = self._components[tail], self._components[head]
        place = (tail, key, *map(id, ends))
        if (known := self._made.get(place)) is None:
            known = self._made[place] = (
                ends,
                self._connection(tail, head, call, key),
            )  # with the ends, so that no id() is reused
        connection: Connection = known[1]
        return connection

    def _connection(self, tail: str, head: str, call: Call, key: str) -> Connection:
        need: Necessity = "required" if call.required else "optional"
        if call.required is None:
            need = "own-way" if self._traits(tail).proxy else "required"
        filled = {"port": self._port(head, call), "required": need != "optional", "answers": call.direction == "both"}
        return Connection(tail, head, call.model_copy(update=filled), key, self._kind(tail, head, call), need)

    def _kind(self, tail: str, head: str, call: Call) -> ConnectionKind | None:
        """The kind of a connection. A carrier that calls something may deliver to it or need it, so that has to be stated."""
        if call.kind or call.drawn_instead_of:
            return call.kind or "request"
        if self._traits(head).carrier:
            return "event"
        return None if self._traits(tail).carrier else "request"

    def _port(self, head: str, call: Call) -> int | None:
        if call.port or call.protocol is None:
            return call.port
        if listens := listening_port(self._components[head], self._traits(head)):
            return listens
        known = protocols().get(call.protocol)
        return known.port if known else None


def listening_port(component: Component, traits: Traits) -> int | None:
    """The port that a component listens on, as its traits or its settings state it; None if they do not."""
    value = setting_of(component, traits.port) if isinstance(traits.port, str) else traits.port
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 65535 else None


def by_tail(connections: Iterable[Connection]) -> Mapping[str, tuple[Connection, ...]]:
    """Connections by the id of the side that opens them."""
    return _grouped((connection.tail, connection) for connection in connections)


def by_head(connections: Iterable[Connection]) -> Mapping[str, tuple[Connection, ...]]:
    """Connections by the id of the side that they are opened to."""
    return _grouped((connection.head, connection) for connection in connections)


def _grouped(pairs: Iterable[tuple[str, Connection]]) -> Mapping[str, tuple[Connection, ...]]:
    grouped: dict[str, list[Connection]] = {}
    for end, connection in pairs:
        grouped.setdefault(end, []).append(connection)
    return {end: tuple(found) for end, found in grouped.items()}
