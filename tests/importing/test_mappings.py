"""The tables that say how attributes of resources become settings: every name in them exists."""

from __future__ import annotations

import pytest

from archgen.catalog import catalog
from archgen.catalog.terraform_types import terraform_types
from archgen.importing.converting import convert
from archgen.importing.mappings import SELF, SettingRule, mappings
from archgen.model.calls import Call
from archgen.model.component import all_kinds


@pytest.mark.parametrize("name", mappings())
def test_types_kinds_products_and_settings_exist(name: str) -> None:
    mapping, type_ = mappings()[name], terraform_types()[name]
    products = [*mapping.products.values(), *([mapping.instead.product] if mapping.instead else [])]
    assert [product for product in products if product not in catalog().listings] == []
    owner = terraform_types().get(type_.part_of)
    kinds = {type_.kind, mapping.instead.kind if mapping.instead else "", owner.kind if owner else ""} - {""}
    if type_.role == "relation":
        kinds = {"load-balancer"}
    for rule in mapping.settings:
        names = {rule.setting.partition(".")[0]}
        assert any(names <= set(all_kinds()[kind].model_fields) for kind in kinds), (name, rule.setting)
    for connection in mapping.connections:
        assert set(connection.states) <= set(Call.model_fields)
        assert connection.from_ != connection.to
        assert SELF in (connection.from_, connection.to) or type_.role == "relation", name


def test_a_value_that_a_rule_does_not_know_is_not_guessed() -> None:
    rule = SettingRule("mfa", "mfa_configuration", values={"OFF": "off"})
    assert convert(rule, "OFF") == "off"
    assert convert(rule, "SOMETIMES") is None
    assert convert(SettingRule("x", "y", divide=86400), 129600) == 1.5
    assert convert(SettingRule("x", "y", as_="number"), "512") == 512
    assert convert(SettingRule("x", "y", as_="seconds"), "600s") == 600
