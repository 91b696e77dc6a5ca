"""Helpers that draw a component as a node, and a call as an edge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from archgen.draw.graph import Edge, Icon, Meaning, Node
from archgen.model.architecture import Architecture
from archgen.model.calls import Call
from archgen.model.component import Component, Member
from archgen.model.connections import Connection

NBSP = "\u00a0"  # keeps what belongs together on one line of a label, such as a number and its unit


def icon_of(architecture: Architecture, product: str | None, component: Component | None = None) -> Icon:
    """The icon of a product, or its tile; without a product, the icon of the component's kind."""
    if product is None:
        return Icon(component.icon if component else None, tile="?")
    entry = architecture.catalog.products[product]
    return Icon(entry.icon, entry.tile or entry.short[:4], entry.category)


def node_of(architecture: Architecture, name: str, *, planned: bool = False, note: str | None = None) -> Node:
    """A component as one node, labeled with its title and, below that, its product."""
    component = architecture.components[name]
    product = architecture.product(component)
    return Node(
        id=name,
        label=component.title,
        icon=icon_of(architecture, component.product, component),
        note=note if note is not None else product.short if product else "",
        page=component_page(name),
        planned=planned,
    )


def product_node(architecture: Architecture, name: str, *, planned: bool = False) -> Node:
    """A component as one node, labeled with its product, as is usual in network diagrams."""
    component = architecture.components[name]
    product = architecture.product(component)
    label = product.short if product else component.title
    return Node(
        name, label, icon_of(architecture, component.product, component), component.title, component_page(name), planned
    )


def member_node(
    architecture: Architecture, name: str, member: Member, id_: str, *, planned: bool, titled: bool = False
) -> Node:
    """One instance of a component in a zone. `titled` adds the component's title, for when the product alone is ambiguous."""
    component = architecture.components[name]
    product = member.product or nodes_product(architecture, member.nodes) or component.product
    label = member.label or (architecture.catalog.products[product].short if product else component.title)
    note = ", ".join(part for part in (component.title if titled else "", member.note) if part)
    return Node(id_, label, icon_of(architecture, product, component), note, component_page(name), planned)


def nodes_product(architecture: Architecture, capacity: str) -> str:
    """The product of a cluster's machines on this cloud, by their capacity; empty if the cloud has no such product."""
    facts = architecture.facts
    return {"on-demand": facts.nodes_product, "spot": facts.spot_product}.get(capacity, "")


def component_page(name: str) -> str:
    """The page of a component."""
    return f"components/{name}"


def meaning_of(connections: Iterable[Connection]) -> Meaning:
    """What one line for all these connections stands for: an event, for example, if all of them are events; empty if they differ."""
    meanings = {_meaning(connection) for connection in connections}
    return meanings.pop() if len(meanings) == 1 else ""


def _meaning(connection: Connection) -> Meaning:
    if connection.call.drawn_instead_of:
        return "instead"
    return connection.kind if connection.kind in ("event", "control") else ""


def edge_of(id_: str, tail: str, head: str, call: Call, *, planned: bool = False, meaning: Meaning = "") -> Edge:
    """A call as an edge, labeled with its protocol and port, or with its purpose if it has neither. `meaning` decides how its line looks.

    The arrow shows which way the data goes: what only receives data gets the head of the arrow, although it opens the connection.
    """
    caller: Literal["tail", "head"] = "tail"
    if call.direction == "received":
        tail, head, caller = head, tail, "head"
    what = call_label(call), call.purpose or ""
    return Edge(id_, tail, head, *what, both=call.answers, planned=planned, caller=caller, meaning=meaning)


# How protocols are written that are not abbreviations; what a picture shows beside a database or a cache anyway is left out.
_PROTOCOLS = {
    "postgresql": "",
    "redis": "",
    "grpc": "gRPC",
    "grpcs": "gRPC over TLS",
    "kafka": "Kafka",
    "memcached": "Memcached",
    "mongodb": "MongoDB",
    "mysql": "MySQL",
    "rediss": "Redis over TLS",
}
_USUAL = {"https": 443, "http": 80, "dns": 53}


def call_label(call: Call) -> str:
    """`HTTPS`, `HTTP 8080`, `5432`, or the purpose."""
    spoken = call.protocol or ""
    protocol = _PROTOCOLS.get(spoken, spoken.upper())
    port = "" if call.port is None or _USUAL.get(call.protocol or "") == call.port else str(call.port)
    return " ".join(part for part in (protocol, port) if part) or call.purpose or ""
