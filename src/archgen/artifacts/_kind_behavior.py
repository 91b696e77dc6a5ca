"""What a kind states about all of its components, in words: their data, failures, connections, names and references.

Only facts of the class are used. What its docstring, the catalog or a setting says is on the page anyway.
"""

from __future__ import annotations

from collections.abc import Iterator

from archgen.model.component import Component
from archgen.model.mentions import references_of
from archgen.model.traits import Traits
from archgen.model.wording import listed

# What settings can name, by the name in `x-refers-to`. What is not listed here is clear from the setting.
_THINGS = {
    "component": "components",
    "tier": "tiers of the network",
    "place": "tiers and other places",
    "network": "networks",
    "joined": "networks, sites and regions",
}


_SEE_PRODUCTS = "What it survives depends on its product: see the redundancy of each one under Products."


def behavior(cls: type[Component], *, products_say: bool) -> list[tuple[str, list[str]]]:
    """(a topic, sentences about it) for each topic on which the kind states something.

    `products_say` tells whether its products on the page state what they survive.
    """
    traits = cls.inherent
    found = {
        "Data": [*_data(traits)],
        "When something fails": [*_failures(cls, traits), *(_SEE_PRODUCTS,) * products_say],
        "Connections": [*_connections(cls, traits)],
        "Refers to": [*_references(cls)],
        "Name": ["Its name must be unique in all regions."] if cls.named_globally else [],
        "Parity": [] if cls.compared else ["Clouds do not differ in it, so it needs no row in the parity table."],
    }
    return [(topic, sentences) for topic, sentences in found.items() if sentences]


def _data(traits: Traits) -> Iterator[str]:
    if traits.keeps_data is not None:
        stores = "It stores data, which is expected to be encrypted, backed up and recoverable."
        yield stores if traits.keeps_data else "It stores no data."
    if traits.stateful is not None:
        yield "Losing it loses state." if traits.stateful else "Losing it loses no state."


def _failures(cls: type[Component], traits: Traits) -> Iterator[str]:
    spread = {
        "zonal": "Each copy is in one zone and stops with it.",
        "regional": "The vendor spreads it over the zones of its region, so it survives the loss of a zone.",
        "global": "It survives the loss of a region.",
    }
    if cls.person:
        yield "It stands for people, who do not stop but are cut off."
    if traits.redundancy:
        yield spread[traits.redundancy]
    if isinstance(traits.copies, int):
        yield f"It has {traits.copies} copies." if traits.copies != 1 else "It has one copy."
    elif traits.copies:
        yield _copies(cls, traits.copies)
    if traits.restarts == "guests":
        yield "It starts what runs on it anew in another zone."
    elif traits.restarts == "itself":
        yield "It is started anew in another zone."


def _copies(cls: type[Component], setting: str) -> str:
    """What the setting with the number of copies says."""
    key = setting.removesuffix(" + 1")
    field = cls.model_fields.get(key)
    if field is not None and field.annotation in (bool, bool | None):
        return f"`{key}` states whether it has a second copy."
    return f"`{key}` states how many copies it has{' in addition to the first' if key != setting else ''}."


def _connections(cls: type[Component], traits: Traits) -> Iterator[str]:
    if traits.entrance is not None:
        yield "It can be reached from the internet." if traits.entrance else "It cannot be reached from the internet."
    if isinstance(traits.port, int):
        yield f"It listens on port {traits.port}."
    elif traits.port:
        yield f"It listens on the port that `{traits.port}` states."
    if cls.protocols:
        yield f"Calls to it may also use {listed(f'`{name}`' for name in cls.protocols)}."
    said = (
        (cls.data_store, "It only answers and opens no connections."),
        (traits.starts, "It starts something by itself, so the high-level view begins with it."),
        (traits.carrier, "It takes messages and delivers them later, so its senders do not wait for receivers."),
        (traits.proxy, "It passes requests on; without one of its targets, it still leads to the others."),
        (cls.firewall, "It inspects requests and blocks malicious ones."),
        (cls.joins_places, "It joins networks and sites."),
        (cls.alone, "It can do its work without any connection."),
    )
    yield from (sentence for true, sentence in said if true)


def _references(cls: type[Component]) -> Iterator[str]:
    """Which settings of the kind name other things in the model."""
    keys: dict[str, list[str]] = {}
    for key, what in references_of(cls):
        if key not in Component.model_fields and what in _THINGS:
            keys.setdefault(what, []).append(f"`{key}`")
    for what, names in keys.items():
        yield f"{listed(names)} {'names' if len(names) == 1 else 'name'} {_THINGS[what]}."
