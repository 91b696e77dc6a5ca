"""Rules see components of kinds that a model declares with `like`, by the settings and marks that they inherit."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen.analysis.failure import of_component
from archgen.checking.asking import ask
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.pipeline import load
from archgen.views.edge import view as edge_view

MODEL = """version: 2
name: T
clouds: {aws: {region: eu-west-1, availability_zones: [eu-west-1a, eu-west-1b]}}
environments: {prod: {name: Prod, production: true, aws: {account: p, cidr: 10.2.0.0/16}}}
teams: {t: {name: T}}
kinds:
  mysql: {like: postgresql, label: MySQL, definition: A MySQL database., placement: managed, needs_product: false}
  shield: {like: waf, label: Shield, definition: A firewall for requests., needs_product: false}
  crowd: {like: actor, label: Crowd, definition: Many people.}
  door: {like: load-balancer, label: Door, definition: Spreads requests., placement: managed, needs_product: false}
components:
  guests: {kind: crowd, title: Guests, calls: {guard: {protocol: https}}}
  guard: {kind: shield, title: Guard, owner: t, calls: {front: {protocol: https}}}
  front: {kind: door, title: Front, owner: t, scheme: internet-facing, calls: {ledger: {protocol: mysql, required: true}}}
  ledger: {kind: mysql, title: Ledger, owner: t%s}
"""


def resolved(tmp_path: Path, stated: str = "") -> Architecture:
    file = tmp_path / "architecture.yaml"
    file.write_text(MODEL % (stated and f", {stated}"), encoding="utf-8")
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    return loaded.project.resolved.default


def said(a: Architecture, code: str, name: str = "ledger") -> set[type[Outcome]]:
    found = [outcome for asked, outcome in ask("check", a) if asked == code]
    return {type(outcome) for outcome in found if name in outcome.path}


@pytest.mark.parametrize(
    ("code", "stated", "type_"),
    [
        ("DATA401", "", Unsaid),
        ("DATA401", "backup: {retention_days: 3}", Diagnostic),
        ("DATA401", "backup: {retention_days: 35}", Passed),
        ("DATA402", "", Unsaid),
        ("DATA402", "backup: {retention_days: 35}", Unsaid),
        ("DATA402", "backup: {retention_days: 35, point_in_time_recovery: false}", Diagnostic),
        ("DATA402", "backup: {retention_days: 35, point_in_time_recovery: true}", Passed),
        ("DATA404", "", Unsaid),
        ("DATA404", "require_tls: false", Diagnostic),
        ("DATA405", "", Unsaid),
        ("DATA405", "deletion_protection: false", Diagnostic),
        ("DATA405", "deletion_protection: true", Passed),
        ("NET111", "calls: {front: {port: 443}}", Diagnostic),
    ],
)
def test_what_is_like_a_database_is_asked_for_the_settings_of_one(
    tmp_path: Path, code: str, stated: str, type_: type[Outcome]
) -> None:
    assert said(resolved(tmp_path, stated), code) == {type_}


def test_what_is_like_people_is_cut_off_and_what_is_like_a_firewall_protects(tmp_path: Path) -> None:
    a = resolved(tmp_path)
    impact = of_component(a, "ledger")
    assert (set(impact.stopped), set(impact.cut_off)) == ({"front", "guard"}, {"guests"})
    assert said(a, "NET107", "front") == {Passed}
    assert said(a, "NET108", "guard") == {Passed}
    assert set(edge_view(a, a).nodes()) == {"guests", "guard", "front", "ledger"}


def test_a_way_around_what_is_like_a_firewall_is_found(tmp_path: Path) -> None:
    resolved(tmp_path, "calls: {}")
    file = tmp_path / "architecture.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("calls: {guard:", "calls: {front:"), encoding="utf-8")
    loaded = load(file)
    assert loaded.project
    a = loaded.project.resolved.default
    assert said(a, "NET108", "guests") == {Diagnostic}
