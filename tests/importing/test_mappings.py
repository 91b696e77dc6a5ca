"""The tables that say how attributes of resources become settings: every name in them exists."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from archgen.catalog import catalog
from archgen.catalog.terraform_types import patterns, recorded_types, terraform_types
from archgen.importing.converting import UNSET, convert
from archgen.importing.mappings import SELF, SettingRule, TypeMapping, mappings
from archgen.importing.unread import unaccounted_arguments, unread_arguments
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
        kinds = {terraform_types()[mapping.belongs_to].kind} if mapping.belongs_to else {"load-balancer"}
    for rule in mapping.settings:
        names = {rule.setting.partition(".")[0]}
        assert any(names <= set(all_kinds()[kind].model_fields) for kind in kinds), (name, rule.setting)
    for connection in mapping.connections:
        assert set(connection.states) <= set(Call.model_fields)
        assert connection.from_ != connection.to
        assert SELF in (connection.from_, connection.to) or type_.role == "relation", name


def attributes_of(mapping: TypeMapping) -> Iterator[str]:
    yield from (mapping.named, *mapping.product_by.split("|"), mapping.same_by)
    yield from (name for rule in mapping.settings for name in (rule.attribute, rule.unless_off))
    yield from (end for rule in (*mapping.connections, *mapping.attaches) for end in (rule.from_, rule.to))
    yield from (*mapping.joins, *mapping.leads_to)
    yield from (part.has for part in (mapping.instead,) if part)
    yield from (part.attribute for part in mapping.other_roles)
    yield from mapping.pool.attributes()


@pytest.mark.parametrize("name", mappings())
def test_every_attribute_is_one_of_the_provider(name: str) -> None:
    recorded = recorded_types(name.partition("_")[0])[name]
    known = {*recorded["arguments"], *recorded["attributes"]}
    known |= {above for path in known for above in _above(path)}
    for attribute in attributes_of(mappings()[name]):
        if attribute not in ("", SELF, *known):
            # A key of a mapping, or something deeper than the record goes.
            assert {*_above(attribute)} & {*recorded["arguments"]}, attribute


def _above(path: str) -> Iterator[str]:
    steps = path.split(".")
    return (".".join(steps[:number]) for number in range(1, len(steps)))


def test_a_value_that_a_rule_does_not_know_is_not_guessed() -> None:
    rule = SettingRule("mfa", "mfa_configuration", values={"OFF": "off"})
    assert convert(rule, "OFF") == "off"
    assert convert(rule, "SOMETIMES") is None
    assert convert(SettingRule("x", "y", divide=86400), 129600) == 1.5
    assert convert(SettingRule("x", "y", as_="number"), "512") == 512
    assert convert(SettingRule("x", "y", as_="seconds"), "600s") == 600
    assert convert(SettingRule("x", "y", as_="version"), "POSTGRES_15") == "15"
    assert convert(SettingRule("x", "y", as_="version"), "MYSQL_8_0") == "8.0"
    assert convert(SettingRule("x", "y", as_="version"), "UNSPECIFIED") is None
    assert convert(SettingRule("x", "y", as_="memory"), "1.5Gi") == 1536
    assert convert(SettingRule("x", "y", as_="memory"), "much") is None
    assert convert(SettingRule("x", "y", as_="processors"), "250m") == 0.25
    assert convert(SettingRule("x", "y", values={"POSTGRES_*": "postgresql"}), "POSTGRES_17") == "postgresql"


def test_blocks_of_a_list_are_read_together() -> None:
    rules = [{"schedule": "daily", "keep": {"days": 7}}, {"schedule": "daily", "keep": {"days": 30}}]
    assert convert(SettingRule("x", "y", as_="same", key="schedule"), rules) == "daily"
    assert convert(SettingRule("x", "y", as_="same", key="keep.days"), rules) is None
    assert convert(SettingRule("x", "y", as_="same", key="keep.days", above=0), rules[:1]) == 7
    assert convert(SettingRule("x", "y", as_="same", key="other"), rules) is UNSET
    flags = [{"name": "max_connections", "value": "200"}, {"name": "iam", "value": "on"}]
    assert convert(SettingRule("x", "y", as_="pair", key="max_connections"), flags) == 200
    assert convert(SettingRule("x", "y", as_="pair", key="iam", values={"on": True}), flags) is True
    assert convert(SettingRule("x", "y", as_="pair", key="absent"), flags) is UNSET
    policy = '{"MessageRetentionPeriod": "30"}'
    assert convert(SettingRule("x", "y", as_="json", key="MessageRetentionPeriod"), policy) == 30
    long = "9" * 5000  # Python refuses to read such a number
    assert convert(SettingRule("x", "y", as_="pair", key="x"), [{"name": "x", "value": long}]) == long
    any_ = SettingRule("x", "y", as_="any", key="protocol", values={"https": True, "http": False})
    assert convert(any_, [{"protocol": "http"}, {"protocol": "https"}]) is True
    assert convert(any_, [{"protocol": "http"}]) is False
    assert convert(any_, [{"protocol": "carrier-pigeon"}]) is None
    assert convert(SettingRule("x", "y", as_="address"), "token.example.com") == "https://token.example.com"
    assert convert(SettingRule("x", "y", as_="address"), "https://token.example.com") == "https://token.example.com"


def test_ranges_are_taken_from_blocks() -> None:
    blocks = [{"cidr_block": "198.51.100.0/24"}, {"cidr_block": "192.0.2.0/24"}]
    assert convert(SettingRule("x", "y", as_="ranges", key="cidr_block"), blocks) == ["192.0.2.0/24", "198.51.100.0/24"]
    assert convert(SettingRule("x", "y", as_="reach", key="cidr_block"), blocks) == "allowlist"
    assert convert(SettingRule("x", "y", as_="reach", key="cidr_block"), [{"cidr_block": "0.0.0.0/0"}]) == "public"


ARGUMENTS = {
    type_: recorded["arguments"]
    for provider in ("aws", "google")
    for type_, recorded in recorded_types(provider).items()
}
ALL_ARGUMENTS = {argument for arguments in ARGUMENTS.values() for argument in arguments}


def is_about_an_argument(pattern: str) -> bool:
    """Whether a pattern, which may begin with a type and a slash, matches an argument that is recorded."""
    types, slash, argument = pattern.rpartition("/")
    matching = (ARGUMENTS[type_] for type_ in ARGUMENTS if fnmatchcase(type_, types)) if slash else (ALL_ARGUMENTS,)
    return any(fnmatchcase(name, argument) for names in matching for name in names)


def test_every_pattern_of_what_is_left_out_is_about_an_argument() -> None:
    assert [pattern for pattern, why in patterns("left_out") if not why or not is_about_an_argument(pattern)] == []
    assert not is_about_an_argument("aws_lb/colour")
    assert not is_about_an_argument("aws_x/name")


def test_arguments_that_are_not_read_are_those_without_a_reason() -> None:
    unread = unread_arguments("aws_secretsmanager_secret_rotation")
    assert "rotation_rules.schedule_expression" in unread
    assert not {"rotation_rules.automatically_after_days", "rotate_immediately", "secret_id"} & {*unread}
    assert unread_arguments("aws_sns_topic_subscription") == ()  # reported as a type of which nothing becomes a setting


# The types that public code has most: those in most repositories, and large ones that belong to them.
MOST_USED = (Path(__file__).parent.parent / "data/most_used_types.txt").read_text(encoding="utf-8").split()


@pytest.mark.parametrize("type_", MOST_USED)
def test_each_argument_of_the_types_that_are_used_most_is_accounted_for(type_: str) -> None:
    assert recorded_types(type_.partition("_")[0])[type_]["arguments"]
    assert unaccounted_arguments(type_) == ()


def test_an_argument_without_a_place_and_a_reason_is_not_accounted_for(monkeypatch: pytest.MonkeyPatch) -> None:
    record = {"aws_x": {"arguments": ["name", "color.hue", "tags"], "attributes": []}}
    monkeypatch.setattr("archgen.importing.unread.recorded_types", {"aws": record}.get)
    monkeypatch.setattr("archgen.importing.unread.terraform_types", lambda: {"aws_x": terraform_types()["aws_lb"]})
    assert unaccounted_arguments("aws_x") == ("color.hue",)


def test_types_whose_arguments_all_have_a_place_or_a_reason_stay_so() -> None:
    complete = {name for name, mapping in mappings().items() if mapping.settings and not unread_arguments(name)}
    assert {"aws_ecr_repository", "aws_route53_zone", "aws_secretsmanager_secret", "aws_sfn_state_machine"} <= complete
