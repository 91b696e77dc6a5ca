"""Each piece of a model on the guide's page about places is part of a model that loads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from archgen.pipeline import load
from conftest import ROOT

PAGE = (ROOT / "docs" / "guide" / "places.md").read_text(encoding="utf-8")
PIECES = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
# What the page leaves out because it says nothing about places.
PLAIN = """version: 2
name: Shop
project: shop
clouds: {aws: {region: eu-central-1}}
environments: {prod: {name: Production, production: true, aws: {account: shop-prod}}}
teams: {shop: {name: Shop}, platform: {name: Platform}, policy: {name: Policies}}
components:
  create-order: {kind: function, title: Create order, owner: shop, product: lambda}
"""
NETWORK = """
clouds: {aws: {availability_zones: [eu-central-1a, eu-central-1b, eu-central-1c]}}
environments:
  dev: {name: Development, aws: {account: shop-dev, cidr: 10.20.0.0/16}}
  prod: {aws: {cidr: 10.60.0.0/16}}
network:
  tiers:
    public: {name: Public, internet: both, prefix_length: 24, netnum: 0}
    app: {name: App, internet: outbound, prefix_length: 20, netnum: 1}
    data: {name: Data, internet: none, prefix_length: 24, netnum: 112}
networks: {shared: {name: Shared services, home: shop-shared, cidr: 10.40.0.0/16}}
sites: {frankfurt: {name: Frankfurt, form: data-center}}
organization: {aws: {accounts: {shop-shared: {name: Shared services}, shop-dev: {name: Development}, shop-prod: {name: Production}}}}
components:
  mainframe: {kind: external-system, title: Mainframe, owner: policy, placement: frankfurt}
"""
# Settings that are required and say nothing about places.
SETTINGS: dict[str, Any] = {
    "orders": {
        "product": "rds-postgresql",
        "engine_version": "17",
        "storage_gib": 20,
        "size": "db.m7g.large",
        "backup": {"retention_days": 7},
    }
}


def merged(into: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Both mappings, with the values of `more` where both have one."""
    for key, value in more.items():
        both = isinstance(value, dict) and isinstance(into.get(key), dict)
        into[key] = merged(into[key], value) if both else value
    return into


def test_the_page_has_a_model_for_each_kind_of_system() -> None:
    assert len(PIECES) == 6


@pytest.mark.parametrize("piece", PIECES)
def test_a_piece_of_a_model_on_the_page_loads(piece: str, tmp_path: Path) -> None:
    stated = yaml.safe_load(piece)
    model = yaml.safe_load(PLAIN)
    if "api" not in stated.get("components", {}):
        merged(model, yaml.safe_load(NETWORK))
    merged(model, stated)
    for name in model["components"].keys() & SETTINGS.keys():
        model["components"][name] = SETTINGS[name] | model["components"][name]
    (tmp_path / "architecture.yaml").write_text(yaml.safe_dump(model, sort_keys=False), encoding="utf-8")
    found = load(tmp_path / "architecture.yaml").diagnostics
    assert not [f"{d.code} {d.message}" for d in found]
