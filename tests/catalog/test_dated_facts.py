"""Each fact of the catalog names its page and the day on which it was read there. A fact without a page is not in the catalog."""

from __future__ import annotations

from datetime import date

from archgen.catalog import catalog

PRODUCTS = tuple(catalog().products.values())


def test_names_and_definitions_have_a_day() -> None:
    assert {p.id for p in PRODUCTS if p.read is None} == set()


def test_service_levels_have_a_page_and_a_day() -> None:
    assert {p.id for p in PRODUCTS if p.sla and p.sla.read is None} == set()
    assert all(p.sla.url.startswith("https://") for p in PRODUCTS if p.sla)


def test_redundancy_has_a_day() -> None:
    assert {p.id for p in PRODUCTS if p.redundancy and p.redundancy.read is None} == set()


def test_limits_have_a_page_and_a_day() -> None:
    assert {p.id for p in PRODUCTS if p.limits and p.limits_source is None} == set()


def test_no_day_is_in_the_future() -> None:
    days = [p.read for p in PRODUCTS] + [p.sla.read for p in PRODUCTS if p.sla]
    days += [p.redundancy.read for p in PRODUCTS if p.redundancy] + [
        p.limits_source.read for p in PRODUCTS if p.limits_source
    ]
    assert all(date(2026, 1, 1) <= date.fromisoformat(day) <= date.today() for day in days if day)  # noqa: DTZ011
