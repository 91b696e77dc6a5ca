"""Rules see components of kinds that a model declares with `like`, by the settings and marks that they inherit."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen.analysis.failure import of_component
from archgen.checking.asking import ask
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.component import all_kinds
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.pipeline import check, load
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


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(set(all_kinds()) - {"network-link"}))  # must state what it joins
def test_each_rule_can_be_asked_about_what_is_like_a_kind_and_states_nothing(tmp_path: Path, kind: str) -> None:
    declared = (
        f"  thing: {{like: {kind}, label: Thing, definition: A thing., placement: managed, needs_product: false}}\n"
    )
    calls = "{first: {data: both}, ledger: {port: 3306, connections: 5}}"
    text = (MODEL % "").replace("components:\n", f"{declared}components:\n  first: {{kind: thing, title: First}}\n")
    text += f"  second: {{kind: thing, title: Second, calls: {calls}}}\n"
    file = tmp_path / "architecture.yaml"
    file.write_text(text, encoding="utf-8")
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    judgment = check(loaded.project, "2026-11-26").judgment
    for d in judgment.findings:
        assert d.span, d
    # What is not stated is never taken for stated: no rule passes a setting of the two.
    passed = [o for _code, o in ask("check", loaded.project.resolved.default) if isinstance(o, Passed)]
    own = ("calls", "title")
    settings = [o.path for o in passed if o.path[1] in ("first", "second") and o.path[2:3] and o.path[2] not in own]
    assert settings == []


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


GUARDED = """  people: {{kind: actor, title: People, {people}calls: {{guard: {{protocol: https}}}}}}
  guard2: {{kind: waf, title: Guard, owner: t, product: aws-waf, calls: {{spread: {{protocol: https}}}}}}
  spread: {{kind: door, title: Spread, owner: t, calls: {{pages: {{protocol: https}}}}}}
  pages: {{kind: cdn, title: Pages, owner: t, product: cloudfront}}
"""


def outcomes(tmp_path: Path, text: str, code: str) -> list[Diagnostic]:
    file = tmp_path / "architecture.yaml"
    file.write_text(text, encoding="utf-8")
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    return [finding for finding in check(loaded.project).findings if finding.code == code]


def test_an_entrance_that_is_only_reached_through_a_firewall_is_protected(tmp_path: Path) -> None:
    more = GUARDED.format(people="").replace("calls: {guard:", "calls: {guard2:")
    text = MODEL % "" + more
    assert not [d for d in outcomes(tmp_path, text, "NET107") if d.path[1] == "pages"]
    around = text.replace("{guard2: {protocol: https}}}", "{guard2: {protocol: https}, spread: {protocol: https}}}")
    assert [d.path[1] for d in outcomes(tmp_path, around, "NET107") if d.path[1] == "pages"] == ["pages"]


def test_a_public_address_behind_a_firewall_is_still_open(tmp_path: Path) -> None:
    """What states that it faces the internet can be reached around the firewall, although no stated way does so."""
    more = GUARDED.format(people="").replace("calls: {guard:", "calls: {guard2:")
    behind = (MODEL % "" + more).replace(
        "{kind: cdn, title: Pages,", "{kind: door, scheme: internet-facing, title: Pages,"
    )
    behind = behind.replace(" product: cloudfront}", " calls: {}}").replace("owner: t, calls: {}}", "owner: t}")
    assert [d.path[1] for d in outcomes(tmp_path, behind, "NET107") if d.path[1] == "pages"] == ["pages"]


def test_people_in_an_office_are_not_the_internet(tmp_path: Path) -> None:
    text = MODEL % "" + "  staff: {kind: actor, title: Staff, calls: {ledger: {port: 3306}}}\n"
    assert [d.path[1] for d in outcomes(tmp_path, text, "NET108")] == ["staff"]
    office = text.replace("components:\n", "sites: {desk: {name: Desk, form: office}}\ncomponents:\n", 1)
    office = office.replace("title: Staff,", "title: Staff, placement: desk,")
    assert outcomes(tmp_path, office, "NET108") == []


def test_a_lower_severity_in_one_environment_does_not_hide_a_higher_one(tmp_path: Path) -> None:
    stage = "environments: {stage: {name: Stage, aws: {account: s, cidr: 10.9.0.0/16}}, prod:"
    text = (
        (MODEL % "").replace("environments: {prod:", stage).replace("calls: {front: {protocol: https}}}", "calls: {}}")
    )
    found = [(d.severity, d.where) for d in outcomes(tmp_path, text, "NET107") if d.path[1] == "front"]
    assert found == [("error", ("aws, prod",)), ("warning", ("aws, stage",))]
