"""Roles of tiers: which subnets they are, and that roles do not contradict the access to the internet."""

from __future__ import annotations

import pytest

from archgen.catalog.cloud_facts import clouds
from archgen.draw.graph import Group
from archgen.model.places import ROLES, NetworkTier
from archgen.model.resolve import Resolved, resolve
from archgen.reading.yaml_tree import parse
from archgen.views import network

MODEL = """\
version: 2
name: Shop
clouds:
  aws: {role: primary, region: eu-west-1, availability_zones: [eu-west-1a, eu-west-1b]}
  gcp: {role: ready, region: europe-west1, availability_zones: [europe-west1-b]}
environments:
  prod: {name: Production, aws: {account: shop, cidr: 10.0.0.0/16}, gcp: {project: shop-prod, cidr: 10.1.0.0/16}}
network:
  tiers:
    front: {name: Front, internet: both, prefix_length: 24}
    app: {name: App, internet: outbound, prefix_length: 24, netnum: 4}
    data: {name: Data, prefix_length: 24, netnum: 8}
    ledger: {name: Ledger, role: intra, prefix_length: 24, netnum: 12}
networks:
  shared:
    name: Shared
    tiers:
      tools: {name: Tools, internet: outbound, role: private}
      public: {name: Public, internet: both, role: public}
components:
  users: {kind: actor, title: Users, calls: {shop: {}}}
  shop: {kind: service, title: Shop, placement: app, calls: {tool: {}}}
  tool: {kind: service, title: Tool, placement: shared/tools}
"""


def resolved(text: str) -> Resolved:
    root = parse(text, "architecture.yaml")[0].root
    assert root
    result, problems = resolve(root)
    assert result, problems
    assert problems == []
    return result


def problems_in(text: str) -> list[tuple[str, str, str]]:
    root = parse(text, "architecture.yaml")[0].root
    assert root
    return [(d.code, ".".join(map(str, d.path or ())), d.message) for d in resolve(root)[1]]


def labels(group: Group) -> list[str]:
    inner = [child for child in group.children if isinstance(child, Group)]
    return [group.label, *(label for child in inner for label in labels(child))]


def test_a_role_follows_from_the_access_to_the_internet_as_each_cloud_has_it() -> None:
    by_cloud = {
        at.cloud: {tier: a.role_of(tier) for tier in a.tiers} for at, a in resolved(MODEL).architectures.items()
    }
    assert by_cloud == {
        "aws": {"front": "public", "app": "private", "data": "database", "ledger": "intra"},
        "gcp": {"front": "public", "app": "private", "data": "isolated", "ledger": "intra"},
    }


def test_every_cloud_has_a_role_for_every_access_that_does_not_contradict_it() -> None:
    for facts in clouds().values():
        assert set(facts.tier_roles) == {"both", "outbound", "none"}
        assert all(access in ROLES[role] for access, role in facts.tier_roles.items()), facts.id


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("access", ["both", "outbound", "none"])
def test_a_role_that_contradicts_the_access_is_an_error_in_any_network(role: str, access: str) -> None:
    right = {
        "public": {"both"},
        "private": {"outbound", "none"},
        "isolated": {"none"},
        "intra": {"none"},
        "database": {"outbound", "none"},
    }
    text = MODEL.replace("{name: App, internet: outbound,", f"{{name: App, internet: {access}, role: {role},")
    text = text.replace("internet: outbound, role: private", f"internet: {access}, role: {role}")
    found = {(code, path) for code, path, _message in problems_in(text)}
    wrong = {("ARC-M005", "network.tiers.app.role"), ("ARC-M005", "networks.shared.tiers.tools.role")}
    assert found == (set() if access in right[role] else wrong)


def test_the_message_says_what_the_access_is_and_the_help_which_roles_fit() -> None:
    root = parse(MODEL.replace("role: intra", "role: public"), "architecture.yaml")[0].root
    assert root
    (found,) = resolve(root)[1]
    assert found.message == (
        "the tier 'ledger' cannot be public with `internet: none`: it can neither reach the internet nor be reached from there"
    )
    assert found.help == "set `internet: both`, or a role that fits: private, isolated, intra, database"
    assert found.span
    assert found.span.line == 13


def test_a_stated_role_is_named_unless_the_name_of_the_tier_says_it() -> None:
    assert NetworkTier(name="Data").label == "Data"
    assert NetworkTier(name="Data", role="database").label == "Data (database)"
    assert NetworkTier(name="Private data", role="private").label == "Private data"
    a = resolved(MODEL).default
    found = labels(network.view(a, a).root)
    assert {"Ledger (intra) 10.0.12.0/24", "Data 10.0.8.0/24", "Tools (private)", "Public"} <= set(found)
