"""A product of a cloud, as the catalog describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Literal

from archgen.records import dataclass

NEUTRAL = "neutral"  # products that run on any cloud


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """The monthly uptime that a vendor commits to, in percent.

    `single_zone` is the uptime of a single copy in one zone if it is lower, and False if the agreement does not cover it. `editions` has
    the uptime of editions with another one. `excluded_sizes` are not covered. `read` is the day (ISO 8601) on which the agreement was read.
    """

    percent: float
    url: str
    single_zone: float | Literal[False] | None = None
    editions: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    excluded_sizes: tuple[str, ...] = ()
    read: str | None = None

    def promised(self, *, single: bool, edition: str | None = None, size: str | None = None) -> float | None:
        """The uptime of a component with this edition and size; None if the agreement does not cover it."""
        if size in self.excluded_sizes or (single and self.single_zone is False):
            return None
        if single and self.single_zone is not None:
            return self.single_zone
        return self.editions.get(edition or "", self.percent)


# How far a product is spread, from the narrowest.
SCOPES = ("zonal", "regional", "global")


@dataclass(frozen=True, slots=True)
class ProductRedundancy:
    """How far the vendor spreads a product: the loss of which part of the cloud its service survives by itself.

    `zonal` means that it runs as copies that are each in one zone, and the customer chooses how many; the loss of one zone does
    not stop a `regional` product, and the loss of one region does not stop a `global` one. `url` is the vendor's page that says
    so, and None for a product that a model declares. `read` is the day (ISO 8601) on which it was read there; None if it is recorded
    from other knowledge of the product, and the page has still to be checked.
    """

    scope: Literal["zonal", "regional", "global"]
    url: str | None = None
    read: str | None = None


@dataclass(frozen=True, slots=True)
class FactSource:
    """Where a fact was read: the address of the page, and the day (ISO 8601)."""

    url: str
    read: str


@dataclass(frozen=True, slots=True)
class Product:
    """A cloud's offering. `cloud` is the ID of a cloud, or `neutral`; `also` has declared clouds that are like it.

    `icon` is a class of the diagrams package, without its prefix, or the data URI of a project's icon; a product without one is
    drawn as a tile with the letters in `tile`, in the color of `category`. `read` is the day (ISO 8601) on which its name and
    definition were compared with the vendor's documentation; None if they are recorded from other knowledge. `limits` are numbers
    from `limits_source`, `endpoints` the VPC endpoints for calls to it, `max_connections` a database's limit by its size.
    `supported_until` is the day (ISO 8601) that standard support of a version ends; `versions` names the product at endoflife.date
    that these days are recorded from. `caller_roles` are the roles, or on AWS the actions, that the identity of a caller needs, by
    the kind of the component that is called; for a database also by its `client_connection` and by `iam-authentication`. `ports` are
    the ports that it listens on by a setting that decides it, such as `encrypted_in_transit=true`, where its vendor chooses
    them; with `kind=…`, those of a front end that passes requests on to components of that kind. `where` says where it
    is, if not in a region: `global` for what is in none of them, and `apart` for what the cloud's vendor runs as a separate service,
    in no account, project or subscription of a customer.
    """

    id: str
    cloud: str
    name: str
    short: str
    definition: str
    documentation: str
    kinds: tuple[str, ...] = ()
    icon: str | None = None
    tile: str | None = None
    category: str = "general"
    aliases: tuple[str, ...] = ()
    settings: tuple[str, ...] | None = None  # the settings of its kinds that it has; None: all of them
    successor: str | None = None  # the ID of the product that its vendor names instead, because it ends
    api: str | None = None  # the API that a Google Cloud project must enable for it
    read: str | None = None
    limits: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    limits_source: FactSource | None = None
    sla: ServiceLevel | None = None
    redundancy: ProductRedundancy | None = None  # None: not known
    endpoints: tuple[str, ...] = ()
    source_ranges: tuple[str, ...] = ()  # the addresses from which it opens connections, if its vendor publishes them
    webhook_port: int | None = None  # the port on which the API server of a cluster calls its pods; None if it does not
    max_connections: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    supported_until: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    versions: str | None = None
    caller_roles: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    ports: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    also: tuple[str, ...] = ()
    where: Literal["", "global", "apart"] = ""

    def named_in(self, text: str) -> bool:
        """Whether the text mentions the product by its name, its short name or one of its aliases."""
        folded = text.casefold()
        for name in (self.name, self.short, *self.aliases):
            words = name.casefold()
            if words in folded and _place_of_words(folded, words) >= 0:
                return True
        return False

    def mention_in(self, text: str) -> slice:
        """Where the text has the longest of the product's names that it mentions; an empty slice if it does not mention it."""
        lower = text.lower()
        if len(lower) != len(text):  # positions would differ, as for a dotted capital I
            return slice(0, 0)
        for name in sorted((self.name, self.short, *self.aliases), key=len, reverse=True):
            if (start := _place_of_words(lower, name.lower())) >= 0:
                return slice(start, start + len(name))
        return slice(0, 0)

    def in_homes_of(self, cloud: str) -> bool:
        """Whether it belongs to the cloud, and is in an account, project or subscription there."""
        return self.where != "apart" and cloud in (self.cloud, *self.also)

    def on(self, cloud: str) -> bool:
        """Whether it can be used on the cloud."""
        return self.cloud in (cloud, NEUTRAL) or cloud in self.also


def _place_of_words(text: str, words: str) -> int:
    """Where a text contains words that are not parts of longer words; -1 if nowhere. A pattern for each name would take longer."""
    start = text.find(words)
    while start >= 0:
        around = text[max(0, start - 1) : start], text[start + len(words) : start + len(words) + 1]
        if not any(character.isalnum() or character == "_" for character in around):
            return start
        start = text.find(words, start + 1)
    return -1
