"""Products of the catalog: whether a text names one."""

from __future__ import annotations

import pytest

from archgen.catalog.product import Product

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
