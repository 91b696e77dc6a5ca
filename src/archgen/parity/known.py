"""What the catalog knows about the products of several clouds that meet the same need."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from archgen.catalog import Catalog
from archgen.catalog.equivalents import Pair, ProductDifference


def known_differences(catalog: Catalog, sides: Mapping[str, Collection[str]]) -> list[ProductDifference]:
    """The differences between the products of each cloud, by its ID, without repetitions, kind by kind."""
    found: dict[str, ProductDifference] = {}
    for kind in _kinds(catalog, sides):
        equivalents = catalog.equivalents_of(kind)
        for difference in equivalents.between(sides) if equivalents else ():
            found.setdefault(difference.text, difference)
    return list(found.values())


def known_pairs(catalog: Catalog, sides: Mapping[str, Collection[str]]) -> list[Pair]:
    """How well products of one cloud do the job of those of another one, as far as they have been compared."""
    products = {id_ for ids in sides.values() for id_ in ids}
    found: dict[tuple[str, str], Pair] = {}
    for kind in _kinds(catalog, sides):
        equivalents = catalog.equivalents_of(kind)
        for pair in equivalents.pairs if equivalents else ():
            if {pair.from_, pair.to} <= products:
                found.setdefault((pair.from_, pair.to), pair)
    return list(found.values())


def _kinds(catalog: Catalog, sides: Mapping[str, Collection[str]]) -> Iterator[str]:
    """The kinds of the products, in the order in which the products name them."""
    listed = (catalog.listings[id_].kinds for ids in sides.values() for id_ in ids if id_ in catalog.listings)
    yield from dict.fromkeys(kind for kinds in listed for kind in kinds)
