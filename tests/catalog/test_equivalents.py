"""Equivalents of products across clouds: every statement names its products, its pages and a day."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from archgen.catalog import catalog
from archgen.catalog.equivalents import (
    SUBJECTS,
    Equivalents,
    Grade,
    Pair,
    ProductDifference,
    equivalents_of,
    kinds_with_equivalents,
)
from archgen.model.component import all_kinds


def found(kind: str) -> Equivalents:
    equivalents = equivalents_of(kind)
    assert equivalents
    return equivalents


@pytest.mark.parametrize("kind", kinds_with_equivalents())
def test_each_statement_is_about_products_of_the_catalog_and_names_its_pages(kind: str) -> None:
    equivalents, products = found(kind), catalog().products
    assert equivalents.kind == kind
    assert kind in all_kinds()
    for cloud, ids in equivalents.products.items():
        assert all(products[id_].cloud == cloud for id_ in ids), ids
    for pair in equivalents.pairs:
        assert products[pair.from_].cloud != products[pair.to].cloud
        assert pair.grade in get_args(Grade)
        assert pair.why.endswith(".")
    assert len({frozenset((pair.from_, pair.to)) for pair in equivalents.pairs}) == len(equivalents.pairs)
    for difference in equivalents.differences:
        assert difference.about in SUBJECTS
        assert set(difference.products) <= set(products)
        assert {products[id_].cloud for id_ in difference.products} <= {*difference.clouds, "neutral"}, difference.text
        assert difference.sources
        assert all(source.startswith("https://") for source in difference.sources)
        assert date.fromisoformat(difference.read) >= date(2026, 11, 25)
        assert difference.text.endswith(".")


def test_the_clouds_have_been_compared_for_sixty_pairs_and_more() -> None:
    every = [pair for kind in kinds_with_equivalents() for pair in found(kind).pairs]
    clouds = {cloud: sum(catalog().products[pair.to].cloud == cloud for pair in every) for cloud in ("gcp", "azure")}
    assert clouds["gcp"] >= 60
    assert clouds["azure"] >= 60


QUEUES = Equivalents(
    "queue",
    {"aws": ("sqs",), "gcp": ("pub-sub", "cloud-tasks")},
    (Pair("sqs", "pub-sub", "partial", "One subscription does the job."),),
    (
        ProductDifference(
            "limits", ("aws", "gcp"), ("sqs", "pub-sub"), "Both.", ("https://docs.example/",), "2026-11-25"
        ),
        ProductDifference(
            "limits", ("aws", "gcp"), ("sqs", "cloud-tasks"), "Tasks.", ("https://docs.example/",), "2026-11-25"
        ),
        ProductDifference("pricing", ("gcp",), ("pub-sub",), "One.", ("https://docs.example/",), "2026-11-25"),
        ProductDifference("pricing", ("gcp", "azure"), ("pub-sub",), "Two.", ("https://docs.example/",), "2026-11-25"),
        ProductDifference("pricing", ("azure",), ("service-bus",), "Other.", ("https://docs.example/",), "2026-11-25"),
    ),
)


def test_differences_are_those_of_the_products_that_are_used() -> None:
    used = {"aws": ("sqs",), "gcp": ("pub-sub",)}
    assert [difference.text for difference in QUEUES.between(used)] == ["Both.", "One."]
    assert [difference.text for difference in QUEUES.between({"aws": (), "gcp": ("pub-sub",)})] == ["One."]


def test_a_pair_is_found_in_both_directions() -> None:
    assert QUEUES.grade("sqs", "pub-sub") == QUEUES.grade("pub-sub", "sqs") == QUEUES.pairs[0]
    assert QUEUES.grade("sqs", "cloud-tasks") is None
    assert equivalents_of("actor") is None
