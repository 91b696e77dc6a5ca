"""Which products of several clouds do the same job, how well, and what differs between them, read from `equivalents/`.

There is one file for each kind of component. A file is read when its kind is asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from archgen.catalog.entries import read_toml
from archgen.records import dataclass

_HERE = Path(__file__).parent / "equivalents"

Grade = Literal["equivalent", "partial", "gap"]
# What a difference can be about, in the order in which pages list them.
SUBJECTS = (
    *("features", "ordering", "delivery", "consistency", "limits", "availability", "networking", "security"),
    *("lifecycle", "operations", "pricing"),
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two products of different clouds: how well `to` does the job of `from_`, and why, in a sentence."""

    from_: str
    to: str
    grade: Grade
    why: str


@dataclass(frozen=True, slots=True)
class ProductDifference:
    """One difference between products, with the pages that state it, and the day (ISO 8601) on which they were read.

    `clouds` are those that the sentence compares. `decide` is what a team must settle because of it; empty if nothing.
    """

    about: str
    clouds: tuple[str, ...]
    products: tuple[str, ...]
    text: str
    sources: tuple[str, ...]
    read: str
    decide: str = ""


@dataclass(frozen=True, slots=True)
class Equivalents:
    """What is known about the products of a kind: those of each cloud, the best fit first, pairs of them, and differences."""

    kind: str
    products: Mapping[str, tuple[str, ...]]
    pairs: tuple[Pair, ...]
    differences: tuple[ProductDifference, ...]

    def grade(self, first: str, second: str) -> Pair | None:
        """The pair of two products, in either direction; None if they have not been compared."""
        return next((pair for pair in self.pairs if {pair.from_, pair.to} == {first, second}), None)

    def without(self, products: Collection[str]) -> Equivalents:
        """What is known without some products, which then mean something else."""
        return Equivalents(
            self.kind,
            {cloud: tuple(id_ for id_ in ids if id_ not in products) for cloud, ids in self.products.items()},
            tuple(pair for pair in self.pairs if not {pair.from_, pair.to} & {*products}),
            tuple(difference for difference in self.differences if not {*difference.products} & {*products}),
        )

    def between(self, sides: Mapping[str, Collection[str]]) -> Iterator[ProductDifference]:
        """The differences that matter where each cloud uses some products, by the ID of the cloud.

        A difference matters if it is about two of these clouds, or about one cloud alone, and names a product of each.
        """
        for difference in self.differences:
            compared = [sides[cloud] for cloud in difference.clouds if cloud in sides]
            enough = len(compared) >= min(2, len(difference.clouds))
            if enough and all(set(difference.products) & set(products) for products in compared):
                yield difference


@cache
def kinds_with_equivalents() -> tuple[str, ...]:
    """The IDs of the kinds whose products have been compared, sorted."""
    return tuple(sorted(file.stem for file in _HERE.glob("*.toml")))


@cache
def equivalents_of(kind: str) -> Equivalents | None:
    """What is known about the products of a kind; None if they have not been compared."""
    if kind not in kinds_with_equivalents():
        return None
    data: dict[str, Any] = read_toml(_HERE / f"{kind}.toml")
    pairs = tuple(Pair(pair["from"], pair["to"], pair["grade"], pair["why"]) for pair in data.get("pairs", ()))
    differences = [_difference(entry) for entry in data.get("differences", ())]
    products = MappingProxyType({cloud: tuple(ids) for cloud, ids in data["products"].items()})
    return Equivalents(kind, products, pairs, tuple(sorted(differences, key=lambda d: SUBJECTS.index(d.about))))


def _difference(entry: Mapping[str, Any]) -> ProductDifference:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return ProductDifference(**values)
