"""The connections that a component or a segment declares, each at its caller."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import Entity, Id, Port, Text


class Call(Entity):
    """A directed connection, declared at the caller."""

    port: Port | None = None
    protocol: Literal["https", "http", "tcp", "tls", "postgresql", "redis", "dns", "otlp"] | None = None
    purpose: Text | None = None
    """What it is for, in a few words; the label in diagrams when there is no port."""
    required: bool = True
    """False where the caller goes on without it, if slower or blind."""
    connections: Annotated[int, Field(ge=1, le=1000)] | None = None
    """How many connections each pod of the caller keeps open."""
    answers: bool = False
    """True where the answer carries what the diagram is about, so that the arrow points both ways."""


# Calls by the component that is called.
Calls = Annotated[dict[Id, Call], Field(json_schema_extra={"x-keys-refer-to": "component"})]
