"""Patterns of systems, each with what a failure does: yes, no or unknown."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_dependence import HEAD, effects, model, part

from archgen.analysis.failure import of_component
from archgen.checking.asking import ask
from archgen.model.outcome import Unsaid
from archgen.pipeline import load


def test_dead_letters_are_not_needed_by_the_queue_they_come_from(tmp_path: Path) -> None:
    parts = {
        "sender": part("orders: {}"),
        "orders": part("dead: {kind: event, required: false}", "mailbox"),
        "dead": part(kind="mailbox"),
    }
    assert effects(of_component(model(tmp_path, parts), "dead")) == {"degraded": {"orders"}}


def test_what_a_topic_cannot_deliver_waits_is_lost_or_neither_is_known(tmp_path: Path) -> None:
    calls = "mail: {kind: event}, stock: {kind: event}"
    for kind, kept in (("mailbox", "wait"), ("fan-out", "are lost"), ("bus", "wait or are lost")):
        a = model(tmp_path, {"fan": part(calls, kind), "mail": part(), "stock": part(), "shop": part("fan: {}")})
        impact = of_component(a, "mail")
        assert effects(impact) == {"degraded": {"fan"}}
        assert impact.degraded["fan"].endswith(f"messages {kept}")


def test_a_queue_that_needs_its_key_stops_without_it(tmp_path: Path) -> None:
    parts = {"shop": part("orders: {}"), "orders": part("key: {kind: request}", "mailbox"), "key": part()}
    assert effects(of_component(model(tmp_path, parts), "key")) == {"stops": {"orders", "shop"}}
    silent = model(tmp_path, {**parts, "orders": part("key: {}", "mailbox")})
    assert effects(of_component(silent, "key")) == {"unknown": {"orders"}}
    assert set(of_component(silent, "key").may_stop) == {"shop"}


def test_a_job_without_its_schedule_is_not_started(tmp_path: Path) -> None:
    """What a schedule starts is an event without a carrier: neither end stops, but no fresh result arrives."""
    parts = {
        "schedule": part("job: {kind: event}"),
        "job": part("report: {data: sent}"),
        "report": part(),
    }
    a = model(tmp_path, parts)
    assert effects(of_component(a, "schedule")) == {"stale": {"job", "report"}}
    assert effects(of_component(a, "job")) == {"degraded": {"schedule"}, "stale": {"report"}}


def test_a_sender_of_webhooks_is_degraded_without_us(tmp_path: Path) -> None:
    parts = {"payments": f"{part('hook: {kind: event}')}, placement: outside", "hook": part()}
    assert effects(of_component(model(tmp_path, parts), "hook")) == {"degraded": {"payments"}}


def test_a_client_of_ours_stops_and_people_are_cut_off(tmp_path: Path) -> None:
    """A mobile app, and a mainframe that needs our database, are outside the cloud, but they need what they call."""
    parts = {
        "people": "kind: actor, calls: {app: {}}",
        "app": f"{part('api: {}')}, placement: outside",
        "api": part("database: {}"),
        "database": part(),
        "mainframe": f"{part('database: {}')}, placement: outside",
    }
    impact = of_component(model(tmp_path, parts), "database")
    assert effects(impact) == {"stops": {"api", "app", "mainframe"}, "cut off": {"people"}}


FLOWS = """flows:
  read: {title: Read, steps: [{from: people, to: cdn, text: In.}, {from: cdn, to: site, text: Page.}]}
  buy: {title: Buy, steps: [{from: people, to: cdn, text: In.}, {from: cdn, to: api, text: Order.}]}
"""


@pytest.mark.parametrize(("stated", "broken"), [("", {"buy"}), ("one_of: origin", set())])
def test_a_cdn_with_two_origins_by_path_breaks_one_flow_and_with_a_failover_none(
    tmp_path: Path, stated: str, broken: set[str]
) -> None:
    calls = f"site: {{{stated}}}, api: {{{stated}}}"
    parts = {"people": "kind: actor, calls: {cdn: {}}", "cdn": part(calls, "proxy"), "site": part(), "api": part()}
    impact = of_component(model(tmp_path, parts, FLOWS), "api")
    assert effects(impact) == {"degraded": {"cdn"}}
    assert set(impact.flows) == broken


PHASES = "phases: {start: {name: Start}, growth: {name: Growth}}\n"


def test_an_alternative_can_arrive_in_a_later_phase(tmp_path: Path) -> None:
    parts = {
        "shop": part("first: {one_of: payments}, second: {one_of: payments, in: [growth]}"),
        "first": part(),
        "second": f"in: [growth], {part()}",
    }
    model(tmp_path, parts, PHASES)
    project = load(tmp_path / "architecture.yaml").project
    assert project
    found = [effects(of_component(a, "first")) for a in project.resolved.architectures.values()]
    assert found == [{"stops": {"shop"}}, {"degraded": {"shop"}}]


def test_what_is_replaced_by_something_with_another_name_is_there_until_then(tmp_path: Path) -> None:
    parts = {
        "shop": part("old: {in: [before growth]}, new: {in: [growth]}"),
        "old": f"in: [before growth], {part()}",
        "new": f"in: [growth], {part()}",
    }
    model(tmp_path, parts, PHASES)
    project = load(tmp_path / "architecture.yaml").project
    assert project
    assert [list(a.components) for a in project.resolved.architectures.values()] == [["shop", "old"], ["shop", "new"]]


def test_what_a_third_cloud_lacks_is_reported_until_the_calls_say_so(tmp_path: Path) -> None:
    head = HEAD.replace(
        "clouds: {aws: {region: eu-west-1, availability_zones: [eu-west-1a]}}",
        "clouds: {aws: {region: eu-west-1, availability_zones: [eu-west-1a]},"
        " azure: {region: westeurope, availability_zones: ['1']}}",
    ).replace("cidr: 10.2.0.0/16}}}", "cidr: 10.2.0.0/16}, azure: {subscription: p, cidr: 10.3.0.0/16}}}")
    file = tmp_path / "architecture.yaml"
    text = head + f"  shop: {{title: Shop, {part('mesh: {}')}}}\n  mesh: {{title: Mesh, in: [aws], {part()}}}\n"
    file.write_text(text, encoding="utf-8")
    assert [d.code for d in load(file).diagnostics if d.severity == "error"] == ["ARC-R002"]
    file.write_text(text.replace("mesh: {}", "mesh: {in: [aws]}"), encoding="utf-8")
    assert not [d for d in load(file).diagnostics if d.severity == "error"]


@pytest.mark.parametrize(
    ("source", "asked"),
    [("mailbox", {"stream"}), ("bus", {"stream", "view"}), ("fan-out", {"view"})],
    ids=["kept", "unknown", "lost"],
)
def test_a_projection_is_recovered_from_the_stream_that_fills_it(tmp_path: Path, source: str, asked: set[str]) -> None:
    """What can be rebuilt needs no copy of its own in another region, as long as its source keeps what it needs."""
    view = f"{part('stream: {data: received}')}, traits: {{keeps_data: true}}, rebuilt_from: [stream]"
    a = model(tmp_path, {"stream": part(kind=source), "view": view})
    said = [outcome for code, outcome in ask("check", a) if code == "DR303"]
    assert {outcome.path[1] for outcome in said if isinstance(outcome, Unsaid)} == asked
    assert effects(of_component(a, "stream")) == {"degraded": {"view"}, "stale": {"view"}}
