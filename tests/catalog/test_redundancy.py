"""How far the vendors spread their products: each statement names its page, and a product without one is unknown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from archgen.analysis.failure import zone_impacts
from archgen.catalog import catalog
from archgen.catalog.entries import product_of
from archgen.catalog.product import SCOPES, Product
from archgen.project import Project
from archgen.registry import ExtensionError

# Pages of these hosts are the vendors' own.
HOSTS = {
    "aws": ("https://docs.aws.amazon.com/", "https://aws.amazon.com/"),
    "gcp": ("https://cloud.google.com/", "https://docs.cloud.google.com/", "https://googleapis.dev/"),
    "azure": ("https://learn.microsoft.com/",),
}


@pytest.mark.parametrize(
    "product", [p for p in catalog().products.values() if p.redundancy is not None], ids=lambda product: product.id
)
def test_each_statement_has_a_scope_a_page_of_the_vendor_and_a_date(product: Product) -> None:
    assert product.redundancy is not None
    assert product.redundancy.scope in SCOPES
    assert (product.redundancy.url or "").startswith(HOSTS.get(product.cloud, ("https://",)))
    assert product.redundancy.read is None or product.redundancy.read >= "2026-11-25"


@pytest.mark.parametrize(
    ("cloud", "names", "in_no_region"),
    [
        ("aws", {"monitoring", "audit-log", "configuration-history"}, set()),
        ("gcp", {"threat-detection", "keys", "registry", "monitoring", "audit-log"}, {"ci-identity", "single-sign-on"}),
    ],
)
def test_the_reference_does_not_know_only_what_no_vendor_is_quoted_for(
    reference: Project, cloud: str, names: set[str], in_no_region: set[str]
) -> None:
    """The loss of a zone is unknown only for components whose product has no statement, and each lacks one fact."""
    a = reference.resolved.standing(cloud, "prod")
    for zone, impact in zone_impacts(a):
        assert set(impact.unknown) == names | in_no_region
        for name, lacks in impact.unknown.items():
            product = a.product(a.components[name])
            assert product is not None
            assert product.redundancy is None
            survives = zone in a.zones or name in in_no_region
            lacking = "survives the loss of a zone" if survives else "is in one region only"
            assert [lack.what for lack in lacks] == [f"whether {product.name}, which '{name}' uses, {lacking}"]


def refused(tmp_path: Path, redundancy: Any) -> ExtensionError:
    file = tmp_path / "q.toml"
    file.write_text('[q]\nname = "Q"\nredundancy = {}\n')
    entry = {"name": "Q", "short": "Q", "definition": "A queue.", "documentation": "https://q.example", "tile": "Q"}
    with pytest.raises(ExtensionError) as caught:
        product_of("q", "aws", {**entry, "redundancy": redundancy}, file)
    assert caught.value.line == 3
    return caught.value


@pytest.mark.parametrize(
    ("redundancy", "message"),
    [
        ("regional", "`redundancy` must be a table, not 'regional'"),
        ({"scope": "regional"}, "must have the keys scope and url, and can have read, not scope"),
        ({}, "must have the keys scope and url, and can have read, not none"),
        ({"scope": "multi", "url": "https://q.example", "read": "2026-11-25"}, "unknown value 'multi' of `scope`"),
        ({"scope": ["zonal"], "url": "https://q.example", "read": "2026-11-25"}, "of `scope`"),
        ({"scope": "zonal", "url": "http://q.example", "read": "2026-11-25"}, "`url` must be an https address"),
        ({"scope": "zonal", "url": "https://q.example", "read": "yesterday"}, "`read` must be a date"),
        ({"scope": "zonal", "url": "https://q.example", "read": 2026}, "`read` must be a date"),
    ],
)
def test_a_package_that_states_redundancy_without_a_source_is_refused(
    tmp_path: Path, redundancy: Any, message: str
) -> None:
    assert message in str(refused(tmp_path, redundancy))
