"""What the clouds sell: facts about products, VPC endpoints and the clouds themselves, read from the data files here.

A product is added by an entry in any file of its cloud's folder; nothing else lists it. Installed packages add folders of the
same shape under the entry point group `archgen.catalog`, a model adds products of its own.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from archgen.registry import ExtensionError, extensions

NEUTRAL = "neutral"  # products that run on any cloud

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """The monthly uptime that a vendor promises, in percent; `single_zone` where less is promised for one copy in one zone."""

    percent: float
    url: str
    single_zone: float | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """A cloud's offering. `cloud` is `aws`, `gcp` or `neutral`.

    `icon` is a class of the diagrams package, without its prefix; a product without one is drawn as a tile with the
    letters in `tile`, in the colour of `category`. `limits` are numbers from the vendor's documentation, `endpoints` the VPC
    endpoints that calls to it go through, `max_connections` what a database takes by its size. `supported_until` is the day (ISO
    8601) that standard support of a version ends; `versions` names the product at endoflife.date that these days are recorded
    from. `caller_roles` are the roles that the identity of a caller needs, by the kind of the component that is called; for a
    database also by its `client_connection` and by `iam-authentication`.
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
    api: str | None = None  # the service that a Google Cloud project must switch on for it
    limits: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    sla: ServiceLevel | None = None
    endpoints: tuple[str, ...] = ()
    max_connections: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    supported_until: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    versions: str | None = None
    caller_roles: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def named_in(self, text: str) -> bool:
        """Whether the text mentions the product by its name, its short name or one of its aliases."""
        folded = text.casefold()
        names = [name for name in (self.name, self.short, *self.aliases) if name.casefold() in folded]
        return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) for name in names)

    def on(self, cloud: str) -> bool:
        """Whether it can be used on the cloud."""
        return self.cloud in (cloud, NEUTRAL)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A service that a VPC can reach privately: its service name and `Gateway` or `Interface`."""

    id: str
    name: str
    service: str
    type: str


@dataclass(frozen=True, slots=True)
class CloudFacts:
    """How a cloud is built and what it calls things."""

    id: str
    name: str
    full_name: str
    cloud_label: str
    home: str
    home_label: str
    home_icon: str
    network_label: str
    network_scope: str
    subnet_scope: str
    subnet_label: str
    nodes_product: str
    spot_product: str
    nat_product: str


def _read(file: Path) -> dict[str, dict[str, Any]]:
    with file.open("rb") as stream:
        return tomllib.load(stream)


@dataclass(frozen=True)
class Catalog:
    """The products that a model may use: archgen's, those of installed packages, its own."""

    products: Mapping[str, Product]

    def with_own(self, own: Mapping[str, Product]) -> Catalog:
        """The same with further products."""
        return Catalog(MappingProxyType(dict(sorted({**self.products, **own}.items())))) if own else self

    def sold_on(self, clouds: Collection[str]) -> Catalog:
        """The same without products that none of these clouds sells."""
        kept = {id_: product for id_, product in self.products.items() if any(map(product.on, clouds))}
        return Catalog(MappingProxyType(kept))

    def products_for(self, kind: str, cloud: str) -> tuple[str, ...]:
        """Ids of the products that a component of this kind may be on this cloud."""
        return self._possible.get((kind, cloud), ())

    @cached_property
    def _possible(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """By kind and cloud: asked for every component at every coordinate."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for id_, product in self.products.items():
            for pair in ((kind, cloud) for kind in product.kinds for cloud in ("aws", "gcp") if product.on(cloud)):
                found[pair] = (*found.get(pair, ()), id_)
        return found


@cache
def catalog() -> Catalog:
    """Every product that is known before a model is read, in order of id. Raises ExtensionError."""
    found: dict[str, Product] = {}
    folders = [_HERE, *(Path(place).parent for _name, module in extensions("catalog") if (place := module.__file__))]
    for folder in folders:
        for cloud in ("aws", "gcp", NEUTRAL):
            for file in sorted((folder / cloud).glob("*.toml")):
                for id_, entry in _read(file).items():
                    found[id_] = _product(id_, cloud, entry, file)
    return Catalog(MappingProxyType(dict(sorted(found.items()))))


def _product(id_: str, cloud: str, entry: dict[str, Any], file: Path) -> Product:
    entry["kinds"] = tuple(entry.get("kinds", ()))
    entry["aliases"] = tuple(entry.get("aliases", ()))
    entry["endpoints"] = tuple(entry.get("endpoints", ()))
    try:
        if "sla" in entry:
            entry["sla"] = ServiceLevel(**entry["sla"])
        if "caller_roles" in entry:
            entry["caller_roles"] = {way: tuple(roles) for way, roles in entry["caller_roles"].items()}
        if "versions" in entry:
            entry["supported_until"] = _recorded_ends(entry["versions"])
        return Product(id=id_, cloud=cloud, **entry)
    except (TypeError, LookupError) as error:
        raise ExtensionError(f"the product {id_} in {file.name}: {error}") from None


def _recorded_ends(name: str) -> Mapping[str, str]:
    """The last days of support of one product's versions. Raises LookupError."""
    if name not in version_ends():
        raise LookupError(f"`versions` is '{name}', but recorded are only {', '.join(version_ends())}")
    return version_ends()[name]


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the field: what it stands for, and what it means."""

    id: str
    name: str
    definition: str


@cache
def terms() -> Mapping[str, Term]:
    """Words of the field that are no product, by the word."""
    return MappingProxyType({id_: Term(id=id_, **entry) for id_, entry in _read(_HERE / "terms.toml").items()})


@cache
def version_ends() -> Mapping[str, Mapping[str, str]]:
    """The last day (ISO 8601) of support by product and version, as tools/record_versions.py recorded them from endoflife.date."""
    with (_HERE / "versions.json").open(encoding="utf-8") as stream:
        ends: dict[str, dict[str, str]] = json.load(stream)["ends"]
    return MappingProxyType({product: MappingProxyType(versions) for product, versions in ends.items()})


def kubernetes_versions() -> Mapping[str, str]:
    """The day (ISO 8601) of the last patches of each Kubernetes version, as its project plans them."""
    return version_ends()["kubernetes"]


@cache
def endpoints() -> Mapping[str, Endpoint]:
    """All VPC endpoints by id."""
    return MappingProxyType({id_: Endpoint(id=id_, **entry) for id_, entry in _read(_HERE / "endpoints.toml").items()})


@cache
def clouds() -> Mapping[str, CloudFacts]:
    """The clouds by id."""
    return MappingProxyType({id_: CloudFacts(id=id_, **entry) for id_, entry in _read(_HERE / "clouds.toml").items()})
