"""The connections that a component or a segment of the network declares as their caller."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import Entity, Id, Port, Text


class Call(Entity):
    """A directed connection, declared at the caller."""

    port: Port | None = None
    protocol: Literal["https", "http", "tcp", "tls", "postgresql", "redis", "dns", "otlp"] | None = None
    purpose: Text | None = None
    """What it is for, in a few words; diagrams show it if there is no port."""
    required: bool = True
    """False if the caller keeps working without it, possibly slower or without monitoring."""
    connections: Annotated[int, Field(ge=1, le=1000)] | None = None
    """How many connections each pod of the caller keeps open."""
    answers: bool = False
    """True if the reply matters as much as the request, so that the arrow points both ways."""


# Calls by the id of the component that is called.
Calls = Annotated[dict[Id, Call], Field(json_schema_extra={"x-keys-refer-to": "component"})]
