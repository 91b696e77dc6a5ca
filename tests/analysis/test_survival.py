"""The loss of a zone: yes or no only where the model says why, otherwise unknown with what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archgen.analysis.failure import Impact, of_zone, outlives, zone_impacts
from archgen.analysis.regions import survives_zone
from archgen.model.architecture import Architecture
from archgen.pipeline import load

MODEL = """version: 1
name: T
clouds:
  aws: {{region: eu-west-1, availability_zones: [{zones}]}}
environments:
  c: {{name: C, production: true, aws: {{account: c, cidr: 10.3.0.0/16}}}}
teams: {{t: {{name: T}}}}
network: {{flow_logs: {{retention_days: 30}}, tiers: {{app: {{name: App, prefix_length: 24}}}}}}
kinds:
  server: {{label: Server, definition: One EC2 instance., placement: app, needs_product: false{traits}}}
  platform: {{label: Platform, definition: Places containers., needs_product: false, traits: {{restarts: guests, redundancy: regional}}}}
components:
  people: {{kind: actor, title: People, calls: {{s: {{port: 443}}}}}}
  s: {{kind: server, title: Server, owner: t{settings}}}
  platform: {{kind: platform, title: Platform, owner: t}}
  q: {{kind: service, title: Worker, owner: t, calls: {{s: {{port: 80}}}}, traits: {{redundancy: regional}}}}
flows: {{order: {{title: An order, steps: [{{from: people, to: s, text: Orders.}}]}}}}
"""
THREE = "eu-west-1a, eu-west-1b, eu-west-1c"


def architecture(tmp_path: Path, stated: str = "", traits: str = "", zones: str = THREE) -> Architecture:
    file = tmp_path / "architecture.yaml"
    text = MODEL.format(
        settings=f", {stated}" if stated else "", traits=f", traits: {{{traits}}}" if traits else "", zones=zones
    )
    file.write_text(text, encoding="utf-8")
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    return loaded.project.resolved.default


def truths(a: Architecture, name: str = "s") -> list[str]:
    return [survives_zone(a, name, zone).answer.truth for zone in a.zones]


@pytest.mark.parametrize(
    ("stated", "traits", "wanted"),
    [
        ("", "", ["unknown"] * 3),
        ("traits: {copies: 1}", "", ["unknown"] * 3),
        ("traits: {copies: 1}, zones: [eu-west-1b]", "", ["yes", "no", "yes"]),
        ("zones: [eu-west-1b]", "", ["yes", "no", "yes"]),
        ("zones: [eu-west-1a, eu-west-1b]", "", ["yes"] * 3),
        ("traits: {copies: 1}, zones: [eu-west-1a, eu-west-1b]", "", ["unknown", "unknown", "yes"]),
        ("traits: {copies: 2}", "", ["unknown"] * 3),
        ("traits: {copies: 2}, zones: [eu-west-1a, eu-west-1b, eu-west-1c]", "", ["yes"] * 3),
        ("traits: {copies: 2, restarts: itself}", "", ["yes"] * 3),
        ("runs_on: platform, zones: [eu-west-1a]", "keeps_data: true", ["no", "yes", "yes"]),
        ("traits: {copies: 0}", "", ["unknown"] * 3),
        ("traits: {redundancy: regional}", "", ["yes"] * 3),
        ("traits: {redundancy: zonal}", "", ["unknown"] * 3),
        ("", "redundancy: global", ["yes"] * 3),
        ("traits: {redundancy: zonal, copies: 1}, zones: [eu-west-1c]", "redundancy: global", ["yes", "yes", "no"]),
        ("traits: {copies: 1, restarts: itself}", "", ["yes"] * 3),
        ("runs_on: platform", "", ["unknown"] * 3),
        ("runs_on: platform", "keeps_data: false", ["yes"] * 3),
        ("runs_on: platform", "keeps_data: true", ["unknown"] * 3),
        ("runs_on: platform, traits: {redundancy: regional}", "keeps_data: true", ["yes"] * 3),
        ("zones: [eu-west-1a]", "redundancy: regional", ["no", "yes", "yes"]),
        ("placement: outside", "", ["yes"] * 3),
        ("placement: edge", "", ["yes"] * 3),
    ],
)
def test_what_is_stated_decides(tmp_path: Path, stated: str, traits: str, wanted: list[str]) -> None:
    assert truths(architecture(tmp_path, stated, traits)) == wanted


def test_in_a_network_with_one_zone_nothing_is_started_anew_in_another(tmp_path: Path) -> None:
    for stated in ("traits: {copies: 1, restarts: itself}", "traits: {restarts: itself}, zones: [eu-west-1b]"):
        assert truths(architecture(tmp_path, stated, zones="eu-west-1b")) == ["no"]


def test_in_a_network_with_one_zone_nothing_regional_survives(tmp_path: Path) -> None:
    assert truths(architecture(tmp_path, "traits: {redundancy: regional}", zones="eu-west-1a")) == ["no"]
    assert truths(architecture(tmp_path, "traits: {copies: 3}", zones="eu-west-1a")) == ["no"]


def test_an_unknown_names_what_is_missing_and_what_may_follow(tmp_path: Path) -> None:
    impact = of_zone(architecture(tmp_path), "eu-west-1a")
    assert (impact.failed, impact.stopped, impact.flows) == ((), {}, {})
    assert [lack.what for lack in impact.unknown["s"]] == ["how many copies of 's' there are, and in which zones"]
    assert impact.may_stop == {"q": "calls Server"}
    assert impact.may_break == {"order": 0}
    assert outlives(impact).truth == "unknown"
    only = of_zone(architecture(tmp_path, "zones: [eu-west-1a]"), "eu-west-1a")
    assert (only.failed, only.stopped, only.cut_off) == (("s",), {"q": "calls Server"}, {"people": "calls Server"})
    assert outlives(only).truth == "no"


def test_a_zone_that_the_model_does_not_have_is_reported(tmp_path: Path) -> None:
    file = tmp_path / "architecture.yaml"
    file.write_text(MODEL.format(settings=", zones: [eu-west-1d]", traits="", zones=THREE), encoding="utf-8")
    (found,) = load(file).diagnostics
    assert (found.code, found.message) == ("ARC-R001", "'eu-west-1d' is not a zone of AWS in this model")


FACTS = st.fixed_dictionaries(
    {},
    optional={
        "redundancy": st.sampled_from(["zonal", "regional", "global"]),
        "copies": st.integers(1, 4),
        "keeps_data": st.booleans(),
        "restarts": st.just("itself"),
    },
)


def effects(impact: Impact) -> set[str]:
    return {*impact.failed, *impact.stopped, *impact.flows}


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    facts=FACTS, more=FACTS, zones=st.lists(st.sampled_from(THREE.split(", ")), max_size=2, unique=True), data=st.data()
)
def test_stating_more_never_contradicts_a_definite_answer(
    tmp_path: Path, facts: dict[str, object], more: dict[str, object], zones: list[str], data: st.DataObject
) -> None:
    """Facts may be added, and they settle what was unknown. A fact that was stated stays as it is."""
    added = {**more, **facts}
    place = f", zones: [{', '.join(zones)}]" if zones else ""
    before = architecture(tmp_path, f"traits: {{{_flow(facts)}}}{place}")
    first = [survives_zone(before, "s", zone).answer.truth for zone in before.zones]
    after = architecture(tmp_path, f"traits: {{{_flow(added)}}}{place}")
    second = [survives_zone(after, "s", zone).answer.truth for zone in after.zones]
    milder = {"redundancy", "restarts"} & (set(added) - set(facts))  # they replace what follows from copies and zones
    for one, two in zip(first, second, strict=True):
        assert one in ("unknown", two) or milder or (added.get("copies") == 1 and len(zones) > 1)  # then one is wrong


@pytest.mark.parametrize("stated", ["", "traits: {copies: 1}", "zones: [eu-west-1a]", "traits: {copies: 2}"])
def test_what_may_fail_never_stops_less_than_what_surely_fails(tmp_path: Path, stated: str) -> None:
    for _zone, impact in zone_impacts(architecture(tmp_path, stated)):
        assert not effects(impact) & {*impact.unknown, *impact.may_stop, *impact.may_break}
        if impact.unknown:
            settled = of_zone(architecture(tmp_path, "zones: [eu-west-1a, eu-west-1b]"), "eu-west-1c")
            assert effects(settled) <= effects(impact) | {*impact.unknown, *impact.may_stop, *impact.may_break}


def _flow(facts: dict[str, object]) -> str:
    return ", ".join(
        f"{key}: {str(value).lower() if isinstance(value, bool) else value}" for key, value in facts.items()
    )
