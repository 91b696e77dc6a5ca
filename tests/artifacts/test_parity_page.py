"""The parity page: the status comes first, the score is explained above the table, and products are linked where the text names them."""

from __future__ import annotations

import re

import pytest

from archgen.artifacts import parity_page
from archgen.parity.table import Side
from archgen.project import Project
from conftest import emitted


@pytest.fixture(scope="module")
def page(reference: Project) -> str:
    (content,) = (f.content for f in emitted(reference, parity_page) if f.path.endswith("/parity.md"))
    return bytes(content).decode()


def rows(page: str) -> list[list[str]]:
    """The cells of each row of the table of capabilities."""
    table = page.partition('data-filter="Status"')[2].partition("</div>")[0]
    return [[cell.strip() for cell in line.split(" | ")] for line in table.splitlines() if line.startswith("|")]


@pytest.mark.slow
def test_the_status_is_next_to_the_name(page: str) -> None:
    head, _line, *body = rows(page)
    assert head[1] == "Status"
    assert len(body) == 29
    assert all("ag-status" in row[1] for row in body)


def test_the_score_is_explained_once_and_above_the_table(page: str) -> None:
    above = page.partition("data-filter")[0]
    assert '"Ready" is the share of these needs that a cloud meets' in above
    assert page.count("half if they are partly equivalent") == 1


def test_products_are_linked_where_the_text_names_them(page: str) -> None:
    cells = {re.sub(r"\].*", "", row[0].removeprefix("| [")): row[2] for row in rows(page)[2:]}
    assert cells["Managed K8s"].startswith("[EKS](https://docs.aws.amazon.com/")
    assert cells["Managed K8s"].count("EKS]") == 1
    assert re.fullmatch(r"\[ECR\]\(\S+\) &#40;scan on push&#41;", cells["Registry"])
    assert re.fullmatch(r"A \[NAT gateway\]\(\S+\) in every zone", cells["Egress"])
    assert "Aurora PostgreSQL](" in cells["DB"]  # of a later phase, so that the text does not name it


def test_a_longer_word_that_contains_the_name_of_a_product_is_not_linked(reference: Project) -> None:
    product = reference.resolved.default.catalog.products["eks"]
    cell = parity_page._cell(Side("aws", "EKSctl beside EKS, not eks_x", (product,)))
    assert [piece["text"] for piece in cell["pieces"] if piece["url"]] == ["EKS"]
    assert cell["pieces"][0] == {"space": False, "text": "EKSctl beside ", "url": ""}


def test_who_compared_all_rows_is_said_once(page: str) -> None:
    assert page.count("Platform team") == 1
    assert "Every row has a current review (Platform team" in page
    assert "Reviewed" not in rows(page)[0]
