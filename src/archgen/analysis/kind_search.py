"""Which kind a component has: kinds found by the words that people use for them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from archgen.catalog import Catalog
from archgen.catalog.product import NEUTRAL, Product
from archgen.diagnostics.report import visible
from archgen.model.component import Component
from archgen.records import dataclass

FORMAT = "archgen-kinds/1"


@dataclass(frozen=True, slots=True)
class FoundKind:
    """A kind, and the IDs and names of the products that it can be, by the name of their cloud."""

    id: str
    label: str
    definition: str
    aliases: tuple[str, ...]
    products: Mapping[str, Mapping[str, str]]


def find_kinds(
    kinds: Mapping[str, type[Component]], catalog: Catalog, clouds: Mapping[str, str], words: str = ""
) -> list[FoundKind]:
    """The kinds that match all words, best first; all kinds without words. `clouds` has the names of clouds by ID.

    A word matches the ID, the label, another name or the definition of a kind, or the name of one of its products, if one of their
    words begins with it.
    """
    wanted = _words(words)
    ranked = []
    for id_, cls in kinds.items():
        products = [product for product in catalog.products.values() if id_ in product.kinds]
        rank = _rank(wanted, id_, cls, products)
        if rank is not None:
            ranked.append((rank, id_, _found(id_, cls, products, clouds)))
    return [found for _rank, _id, found in sorted(ranked, key=lambda entry: entry[:2])]


def _words(text: str) -> list[str]:
    """The words of a text in lower case; one that is written together with digits or signs stays whole."""
    return re.findall(r"[\w+#]+", text.casefold())


def _rank(wanted: list[str], id_: str, cls: type[Component], products: list[Product]) -> int | None:
    """How well a kind matches the words, 0 for the best; None if a word does not match."""
    texts = (
        [id_, cls.label],
        list(cls.aliases),
        [name for product in products for name in (product.name, product.short, *product.aliases)],
        [cls.__doc__ or ""],
    )
    known = [{word for text in group for word in _words(text)} for group in texts]
    ranks = [_rank_of_word(word, known) for word in wanted]
    return None if None in ranks else sum(rank for rank in ranks if rank is not None)


def _rank_of_word(word: str, known: list[set[str]]) -> int | None:
    """Whole words of names come first, then their beginnings; then other names, products and the definition, in this order."""
    for position, words in enumerate(known):
        if word in words:
            return 2 * position
        if any(other.startswith(word) for other in words):
            return 2 * position + 1
    return None


def _found(id_: str, cls: type[Component], products: list[Product], clouds: Mapping[str, str]) -> FoundKind:
    by_cloud = {
        name: {product.id: product.name for product in products if product.on(cloud) and product.cloud != NEUTRAL}
        for cloud, name in clouds.items()
    }
    by_cloud["any cloud"] = {product.id: product.name for product in products if product.cloud == NEUTRAL}
    definition = " ".join((cls.__doc__ or "").split())
    return FoundKind(
        id_, cls.label, definition, cls.aliases, {name: names for name, names in by_cloud.items() if names}
    )


def as_text(found: list[FoundKind]) -> str:
    """The kinds for a terminal."""
    return "\n".join("".join(_lines(kind)) for kind in found)


def _lines(kind: FoundKind) -> Iterator[str]:
    yield f"{visible(kind.id)}: {visible(kind.definition)}\n"
    if kind.aliases:
        yield f"  also called: {', '.join(map(visible, kind.aliases))}\n"
    for cloud, products in kind.products.items():
        yield f"  {visible(cloud)}: {', '.join(f'{visible(name)} ({visible(id_)})' for id_, name in products.items())}\n"


def as_json(found: list[FoundKind]) -> str:
    """The kinds for programs. Keys are added without a new version of the format, and never removed or changed."""
    data: dict[str, Any] = {
        "format": FORMAT,
        "kinds": [
            {
                "id": kind.id,
                "label": kind.label,
                "definition": kind.definition,
                "aliases": list(kind.aliases),
                "products": {cloud: list(products.values()) for cloud, products in kind.products.items()},
                "product_ids": {cloud: list(products) for cloud, products in kind.products.items()},
            }
            for kind in found
        ],
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
