"""Products of the catalog: whether a text names one."""

from __future__ import annotations

import re

import pytest

from archgen.catalog import catalog
from archgen.catalog.cloud_facts import mentions_another
from archgen.catalog.product import NEUTRAL, Product

QUEUE = Product(
    "sqs", "aws", "Amazon SQS", "SQS", "A queue.", "https://docs.example/", aliases=("Simple Queue Service",)
)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Orders wait in Amazon SQS.", True),
        ("sqs", True),
        ("(SQS)", True),
        ("a simple queue service", True),
        ("a SQSX, then SQS", True),
        ("MySQS", False),
        ("SQS_2", False),
        ("SQS2", False),
        ("simple queue services", False),
        ("", False),
    ],
)
def test_a_text_names_a_product_by_whole_words_in_any_case(text: str, named: bool) -> None:
    assert QUEUE.named_in(text) is named


def test_what_is_known_of_each_product_without_reading_its_entry_is_what_the_entry_says() -> None:
    known = catalog()
    assert len(known.listings) > 500
    for id_, product in known.products.items():
        listing = known.listings[id_]
        assert (listing.cloud, listing.kinds, listing.also) == (product.cloud, product.kinds, product.also), id_


def test_no_product_is_described_by_another_cloud() -> None:
    for product in catalog().products.values():
        own = set() if product.cloud == NEUTRAL else {product.cloud}
        assert not mentions_another(f"{product.name} {product.definition}", own), product.id


def test_no_product_of_a_cloud_has_the_icon_of_another_cloud() -> None:
    clouds = {"aws", "azure", "gcp"}
    icons = [(id_, one.cloud, one.icon.partition(".")[0]) for id_, one in catalog().products.items() if one.icon]
    assert [(id_, cloud, icon) for id_, cloud, icon in icons if cloud in clouds and icon in clouds - {cloud}] == []
    assert {cloud for _id, cloud, _icon in icons} >= clouds


def test_products_without_an_icon_have_tiles_of_two_letters_in_the_color_of_a_category() -> None:
    tiles = {id_: product for id_, product in catalog().products.items() if not product.icon}
    assert len(tiles) <= 102
    assert [id_ for id_, product in tiles.items() if not re.fullmatch(r"[A-Z][A-Z0-9]", product.tile or "")] == []
    assert [id_ for id_, product in tiles.items() if product.category == "general"] == ["location-service"]
