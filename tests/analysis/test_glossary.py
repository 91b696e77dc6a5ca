"""The glossary: which words it has, what it says about them, and how a page gets their definitions."""

from __future__ import annotations

import pytest

from archgen.analysis.glossary import GlossaryEntry, anchor, glossary, meanings, with_definitions
from archgen.model.resolve import Resolved
from archgen.pipeline import load
from conftest import MINIMAL

WORDS = """\
glossary:
  Order: What a visitor buys.
  C: A language.
  C++: Another language.
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Resolved:
    file = tmp_path_factory.mktemp("glossary") / "architecture.yaml"
    file.write_text(MINIMAL + WORDS, encoding="utf-8")
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    return loaded.project.resolved


@pytest.fixture(scope="module")
def entries(small: Resolved) -> dict[str, GlossaryEntry]:
    return {entry.word: entry for entry in glossary(small)}


def test_a_product_is_explained_with_its_cloud_and_the_components_that_use_it(
    entries: dict[str, GlossaryEntry],
) -> None:
    product = entries["RDS PostgreSQL"]
    assert product.name == "Amazon RDS for PostgreSQL"
    assert product.cloud == "aws"
    assert product.link.startswith("https://docs.aws.amazon.com/")
    assert product.components == (("orders", "Orders"),)


def test_a_product_that_the_model_does_not_use_is_left_out(entries: dict[str, GlossaryEntry]) -> None:
    assert "Cloud SQL" not in entries
    assert "EKS" not in entries


def test_a_word_of_the_project_has_only_its_definition(entries: dict[str, GlossaryEntry]) -> None:
    assert entries["Order"] == GlossaryEntry("Order", "Order", "What a visitor buys.", "term-order", "", "", (), ())


def test_terms_are_explained_by_the_catalog(entries: dict[str, GlossaryEntry], small: Resolved) -> None:
    assert entries["RPO"].name == "Recovery point objective"
    assert meanings(small)["RPO"].startswith("Recovery point objective: ")
    assert meanings(small)["Order"] == "What a visitor buys."


def test_words_are_in_alphabetical_order_and_have_different_anchors(small: Resolved) -> None:
    words = [entry.word for entry in glossary(small)]
    assert [word.casefold() for word in words] == sorted(word.casefold() for word in words)
    anchors = [entry.id for entry in glossary(small)]
    assert len(set(anchors)) == len(anchors)
    assert anchor("C") == anchor("C++") == "term-c"


def test_a_page_gets_the_definitions_of_the_words_that_it_uses() -> None:
    known = {"RDS": "A database", "KMS": "Keys"}
    assert with_definitions("Uses RDS.", known) == "Uses RDS.\n*[RDS]: A database\n"
    assert with_definitions("Uses RDSX and kms.", known) == "Uses RDSX and kms."


def test_a_word_in_a_picture_looks_the_same_but_is_not_found_there() -> None:
    picture = '<svg id="RDS">\n<text>RDS</text></svg>'
    text = with_definitions(f"RDS\n{picture}\nRDS", {"RDS": "A database"})
    hidden = "".join(f"&#{ord(letter)};" for letter in "RDS")
    assert text == f'RDS\n<svg id="RDS">\n<text>{hidden}</text></svg>\nRDS\n*[RDS]: A database\n'
