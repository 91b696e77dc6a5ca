"""The page of diagnostics: it explains each rule that can apply to the model, in words about the model's clouds."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from archgen.artifacts import diagnostics_page
from archgen.artifacts._explained import without_other_clouds
from archgen.catalog import catalog
from archgen.diagnostics.codes import rules, titles
from archgen.diagnostics.explain import explain
from conftest import emitted, project_of

AZURE = """\
version: 1
name: Shop
clouds:
  azure: {region: westeurope, availability_zones: ['1']}
environments:
  live: {name: Live, azure: {subscription: main, resource_group: rg-live}}
"""
SITE = "components:\n  site: {kind: object-store, title: Files, product: blob-storage}\n"
ROBOT = "kinds: {robot: {label: Robot, definition: Picks., like: queue, needs_product: false}}\n"


CODES = {
    code for code in titles() if not code.startswith("ARC-")
}  # the others are about models and files, not about systems


def page(folder: Path, text: str) -> str:
    """The list of all codes, then the pages of the families."""
    made = emitted(project_of(folder, text), diagnostics_page)
    return html.unescape("\n".join(artifact.content.decode() for artifact in made))


def explained(text: str) -> set[str]:
    return set(re.findall(r"^## (\S+) \{#", text, re.MULTILINE))


def test_rules_about_products_of_other_clouds_are_left_out_and_named(tmp_path: Path) -> None:
    text = page(tmp_path, AZURE + SITE)
    missing = CODES - explained(text)
    assert {"DATA409", "HA214", "SEC510"} <= missing
    head = text.partition("\n## ")[0]
    assert f"The explanations of {len(missing)} rules are left out here" in head
    assert "are not available on Microsoft Azure" in head
    assert set(re.findall(r"<code>([A-Z0-9]+)</code>", head)) == missing


def test_other_rules_stay_without_what_is_only_about_other_clouds(tmp_path: Path) -> None:
    text = page(tmp_path, AZURE + SITE)
    assert {"HA212", "OPS912", "NET101"} <= explained(text)
    loops = text.partition("\n## HA212")[2].partition("\n## ")[0]
    assert "A function that writes to the bucket or queue that starts it" in loops
    assert "Lambda" not in loops


@pytest.mark.parametrize(
    "named",
    [
        "rules: {severities: {HA214: error}}\n",
        "controls: {calls: {title: Calls, area: data, statement: No waiting., checked_by: [HA214]}}\n",
    ],
)
def test_a_rule_that_the_model_names_is_explained(tmp_path: Path, named: str) -> None:
    assert "HA214" in explained(page(tmp_path, AZURE + SITE + named))


def test_a_kind_that_needs_no_product_keeps_all_rules(tmp_path: Path) -> None:
    text = page(tmp_path, AZURE + ROBOT + "components:\n  picker: {kind: robot, title: Picker}\n")
    assert explained(text) == CODES
    assert "left out here" not in text


def test_a_model_of_these_clouds_has_every_explanation(tmp_path: Path) -> None:
    text = AZURE.replace(
        "  azure: {region: westeurope, availability_zones: ['1']}",
        "  aws: {region: eu-west-1, availability_zones: [eu-west-1a]}",
    )
    text = text.replace("azure: {subscription: main, resource_group: rg-live}", "aws: {account: main}")
    made = page(tmp_path, text + SITE.replace("blob-storage", "s3"))
    assert explained(made) == CODES


def test_what_a_rule_applies_to_is_never_left_out() -> None:
    text = "It is lost. AWS says so. Applies to Amazon SQS and Pub/Sub."
    assert without_other_clouds(text, {"gcp"}) == "It is lost. Applies to Amazon SQS and Pub/Sub."
    assert without_other_clouds("AWS says so.", {"gcp"}) == "AWS says so."
    assert without_other_clouds(text, {"aws"}) == text


def test_rules_that_are_about_some_products_name_them_and_show_one() -> None:
    limited = {code: rule.products for code, rule in rules().items() if rule.products}
    assert len(limited) > 15
    for code, products in limited.items():
        assert set(products) <= catalog().products.keys(), code
        assert any(f"product: {id_}" in explain(code).bad.text for id_ in products), code
