"""The connections that a component or a segment of the network declares as their caller."""

from typing import Annotated

from pydantic import Field

from archgen.model.base import Entity, Id, Port, Text
from archgen.model.patterns import matching

# What calls may speak, apart from what kinds of components add.
PROTOCOLS = (
    "amqp",
    "amqps",
    "dns",
    "grpc",
    "grpcs",
    "http",
    "https",
    "imap",
    "imaps",
    "kafka",
    "ldap",
    "ldaps",
    "memcached",
    "mongodb",
    "mqtt",
    "mqtts",
    "mysql",
    "nats",
    "nfs",
    "ntp",
    "otlp",
    "postgresql",
    "redis",
    "rediss",
    "sftp",
    "smb",
    "smtp",
    "smtps",
    "ssh",
    "syslog",
    "tcp",
    "tls",
    "udp",
    "ws",
    "wss",
)
ProtocolId = Annotated[
    str,
    matching(r"^[a-z][a-z0-9]*([+.-][a-z0-9]+)*$", "a protocol, in lowercase: https", max_length=20),
    Field(json_schema_extra={"x-refers-to": "protocol"}),
]


class Call(Entity):
    """A directed connection, declared at the caller."""

    port: Port | None = None
    protocol: ProtocolId | None = None
    """One that archgen knows, or that a kind of component adds with `protocols`."""
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
