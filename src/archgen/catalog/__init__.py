"""The catalog: facts about products, VPC endpoints and technical terms, read from the data files in this package.

To add a product, add an entry to any file in the folder of its cloud. Installed packages add folders with the same structure
through the entry point group `archgen.catalog`, and a model can declare products.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from archgen.catalog.cloud_facts import clouds
from archgen.catalog.entries import (
    line_of,
    named,
    parse_own,
    product_of,
    read_entries,
    read_toml,
    split_files,
    version_ends,
)
from archgen.catalog.equivalents import Equivalents, equivalents_of
from archgen.catalog.icon_classes import problem_of
from archgen.catalog.product import NEUTRAL, Product
from archgen.lazy import LazyMapping
from archgen.records import dataclass
from archgen.registry import ExtensionError, folders

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A service that a VPC can reach privately: its service name and `Gateway` or `Interface`."""

    id: str
    name: str
    service: str
    type: str


class Listing(NamedTuple):
    """What is known about a product before its entry is read: the clouds that have it, and its kinds."""

    cloud: str
    kinds: tuple[str, ...]
    also: tuple[str, ...] = ()

    def on(self, cloud: str) -> bool:
        """Whether it can be used on the cloud."""
        return self.cloud in (cloud, NEUTRAL) or cloud in self.also


@dataclass(frozen=True)
class Catalog:
    """The products that a model can use: those of archgen, of installed packages and of the model.

    The entry of a product is read when the product is asked for. `listings` has what is known of each without reading it.
    `replaced_kinds` and `replaced_products` are the IDs that mean something else in the model than in archgen.
    """

    products: LazyMapping[Product]
    listings: Mapping[str, Listing]
    replaced_kinds: frozenset[str] = frozenset()
    replaced_products: frozenset[str] = frozenset()

    def for_clouds(self, bases: Mapping[str, str]) -> Catalog:
        """A catalog whose products can also be used on declared clouds; `bases` has the cloud that each of them is like."""
        if not bases:
            return self
        makers, listings = dict(self.products.makers), dict(self.listings)
        for id_, listing in self.listings.items():
            if also := tuple(cloud for cloud, base in bases.items() if base == listing.cloud):
                makers[id_] = partial(_offered, self.products, id_, also)
                listings[id_] = listing._replace(also=also)
        return replace(self, products=LazyMapping(makers), listings=MappingProxyType(listings))

    def without_kinds(self, ids: Collection[str]) -> Catalog:
        """A catalog whose products cannot be used for some kinds, because the model declares other kinds under these IDs."""
        makers, listings = dict(self.products.makers), dict(self.listings)
        for id_, listing in self.listings.items():
            if lost := {kind for kind in listing.kinds if kind in ids}:
                makers[id_] = partial(_without_kinds, self.products, id_, lost)
                listings[id_] = listing._replace(kinds=tuple(kind for kind in listing.kinds if kind not in lost))
        return Catalog(
            LazyMapping(makers), MappingProxyType(listings), self.replaced_kinds | {*ids}, self.replaced_products
        )

    def equivalents_of(self, kind: str) -> Equivalents | None:
        """What is known about archgen's products of a kind; None if they have not been compared, or if the model replaces the kind."""
        known = None if kind in self.replaced_kinds else equivalents_of(kind)
        return known.without(self.replaced_products) if known and self.replaced_products else known

    def with_own(self, own: Mapping[str, Product]) -> Catalog:
        """A catalog with additional products, and with those of the model instead of archgen's of the same ID."""
        if not own:
            return self
        makers = dict(self.products.makers)
        makers |= {id_: partial(_same, product) for id_, product in own.items()}
        listings = {**self.listings, **{id_: _listing(product) for id_, product in own.items()}}
        return Catalog(
            LazyMapping(dict(sorted(makers.items()))),
            MappingProxyType(dict(sorted(listings.items()))),
            self.replaced_kinds,
            self.replaced_products | (own.keys() & self.listings.keys()),
        )

    def sold_on(self, clouds: Collection[str]) -> Catalog:
        """A catalog without products that none of these clouds offers."""
        kept = {id_: listing for id_, listing in self.listings.items() if any(map(listing.on, clouds))}
        makers = self.products.makers
        return replace(self, products=LazyMapping({id_: makers[id_] for id_ in kept}), listings=MappingProxyType(kept))

    def products_for(self, kind: str, cloud: str) -> tuple[str, ...]:
        """The ids of the products that a component of this kind can use on this cloud."""
        return self._possible.get((kind, cloud), ()) or self._possible.get((kind, NEUTRAL), ())

    @cached_property
    def _possible(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """Product ids by (kind, cloud), cached because they are looked up for every component at every coordinate."""
        offering = {cloud for listing in self.listings.values() for cloud in (listing.cloud, *listing.also)}
        possible: dict[tuple[str, str], tuple[str, ...]] = {}
        for id_, listing in self.listings.items():
            for pair in ((kind, cloud) for kind in listing.kinds for cloud in offering if listing.on(cloud)):
                possible[pair] = (*possible.get(pair, ()), id_)
        return possible


def _offered(products: Mapping[str, Product], id_: str, also: tuple[str, ...]) -> Product:
    """A product that declared clouds offer too."""
    return replace(products[id_], also=also)


def _without_kinds(products: Mapping[str, Product], id_: str, kinds: Collection[str]) -> Product:
    """A product that cannot be used for some of its kinds."""
    product = products[id_]
    return replace(product, kinds=tuple(kind for kind in product.kinds if kind not in kinds))


def _same(product: Product) -> Product:
    return product


def _listing(product: Product) -> Listing:
    return Listing(product.cloud, product.kinds, product.also)


@cache
def catalog() -> Catalog:
    """Every product that is known before a model is read, in order of id.

    The entries of archgen's own files are read when they are asked for; those of installed packages now. Raises ExtensionError for a
    file of a package that is not as it should be, and for a product that there is already.
    """
    makers: dict[str, Callable[[], Product]] = {}
    listings: dict[str, Listing] = {}
    files: dict[str, Path] = {}
    for cloud in (*clouds(), NEUTRAL):
        own = sorted((_HERE / cloud).glob("*.toml"))
        for file, entries in zip(own, split_files([file.read_text(encoding="utf-8") for file in own]), strict=True):
            for id_, text, kinds in entries:
                if id_ in makers:
                    raise _twice(file, id_, files[id_])
                makers[id_], files[id_] = partial(_read_entry, id_, cloud, text, file), file
                listings[id_] = Listing(cloud, kinds)
    for folder in folders("catalog"):
        for cloud in (*clouds(), NEUTRAL):
            for file in sorted((folder.path / cloud).glob("*.toml")):
                for id_, entry in read_entries(file).items():
                    if id_ in makers:
                        raise _twice(file, id_, files[id_])
                    product = _checked(id_, cloud, entry, file)
                    makers[id_], files[id_], listings[id_] = partial(_same, product), file, _listing(product)
    return Catalog(LazyMapping(dict(sorted(makers.items()))), MappingProxyType(dict(sorted(listings.items()))))


def _twice(file: Path, id_: str, first: Path) -> ExtensionError:
    """The error about a product whose ID another file has already."""
    message = f"the product '{id_}' is already defined in {named(first)}"
    return ExtensionError(message, "give it a different ID", str(file), line_of(file, id_))


def _checked(id_: str, cloud: str, entry: object, file: Path) -> Product:
    """The product of an entry of a package, whose icon must exist. Raises ExtensionError."""
    product = product_of(id_, cloud, entry, file)
    if product.icon and (wrong := problem_of(product.icon)):
        message, help_ = f"the product '{id_}': {wrong}", 'name an existing class, or set tile = "…"'
        raise ExtensionError(message, help_, str(file), line_of(file, id_, "icon"))
    return product


def _read_entry(id_: str, cloud: str, text: str, file: Path) -> Product:
    """The product in the text of one of archgen's entries."""
    return product_of(id_, cloud, parse_own(text)[id_], file)


@dataclass(frozen=True, slots=True)
class Term:
    """A technical term: its full name, its definition, and the clouds that have it; none for a term of any cloud."""

    id: str
    name: str
    definition: str
    clouds: Sequence[str] = ()


@cache
def terms() -> Mapping[str, Term]:
    """Technical terms that are not products, by the term."""
    return MappingProxyType({id_: Term(id=id_, **entry) for id_, entry in read_toml(_HERE / "terms.toml").items()})


@dataclass(frozen=True, slots=True)
class Protocol:
    """A protocol that calls can use: how it is written, and its usual port; None if it has none."""

    id: str
    label: str
    port: int | None = None


@cache
def protocols() -> Mapping[str, Protocol]:
    """The protocols that archgen knows, by id. Calls may use others, which have no usual port."""
    return MappingProxyType({id_: Protocol(id_, **entry) for id_, entry in read_toml(_HERE / "protocols.toml").items()})


def kubernetes_versions() -> Mapping[str, str]:
    """The planned day (ISO 8601) of the last patches of each Kubernetes version."""
    return version_ends()["kubernetes"]


@cache
def endpoints() -> Mapping[str, Endpoint]:
    """All VPC endpoints by id."""
    return MappingProxyType(
        {id_: Endpoint(id=id_, **entry) for id_, entry in read_toml(_HERE / "endpoints.toml").items()}
    )
