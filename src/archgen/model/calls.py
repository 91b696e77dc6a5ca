"""The connections that a component or a segment of the network declares as their caller."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from archgen.model.base import ComponentId, ConnectionId, Entity, Id, Listed, Port, Text, WayId
from archgen.model.patterns import matching

ProtocolId = Annotated[
    str,
    matching(r"^[a-z][a-z0-9]*([+.-][a-z0-9]+)*$", "a protocol, in lowercase: https", max_length=20),
    Field(json_schema_extra={"x-refers-to": "protocol"}),
]


Direction = Literal["sent", "received", "both"]
ConnectionKind = Literal["request", "event", "control"]


class Call(Entity):
    """A directed connection, declared at the component that opens it."""

    to: ComponentId | None = None
    """The component that is called; by default the key under `calls`. Several calls to one component each have their own key."""
    kind: ConnectionKind | None = None
    """`request`: the caller needs an answer. `event`: it hands something over and goes on. `control`: it manages the other, and is not
    part of what the other does. By default `event` if a carrier such as a queue is called, else `request`."""
    data: Direction | None = None
    """Which way the data goes, seen from the caller."""
    port: Port | None = None
    """By default the port that the called component listens on, or the usual port of the protocol."""
    protocol: ProtocolId | None = None
    """One that archgen knows, or any other name."""
    purpose: Text | None = None
    """What it is for, in a few words; diagrams show it if there is no port."""
    required: bool | None = None
    """False if the caller keeps working without it, possibly slower or without monitoring. By default true, except for calls of what
    passes requests on, such as a load balancer, which works as long as one of its targets does."""
    one_of: Id | None = None
    """Calls with the same name are alternatives: the caller works as long as one of them does."""
    through: Listed[WayId] = ()
    """The links that it takes to another network or site, or `internet`; by default any links that lead there."""
    drawn_instead_of: Listed[ConnectionId] = ()
    """This line is only drawn, in the high-level view, in place of these connections. Nothing else claims that it exists."""
    connections: Annotated[int, Field(ge=1, le=1000)] | None = None
    """How many connections each pod, or other copy, of the caller keeps open."""
    answers: bool = False
    """Whether the arrow points both ways, the same as `data: both`."""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.answers and self.data not in (None, "both"):
            raise ValueError(f"`answers: true` means `data: both`, but `data` is {self.data}; remove `answers`")
        return self

    @property
    def direction(self) -> Direction | None:
        """Which way the data goes; None if the model does not state it."""
        return self.data or ("both" if self.answers else None)


Call.model_rebuild()  # once, because otherwise each kind builds it again as a part of itself

# Calls by the id of the component that is called, or by another key, with `to`.
Calls = Annotated[dict[Id, Call], Field(json_schema_extra={"x-keys-refer-to": "component"})]
