"""Connections between networks and sites: which of them need a way, and what a lost link, network or site does to them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archgen.analysis.crossings import crossings, passing
from archgen.analysis.failure import of_component, of_network, of_site
from archgen.model.architecture import Architecture
from archgen.pipeline import load
from archgen.views.network import view as network_view
from conftest import ROOT

MODEL = """version: 2
name: T
clouds: {{aws: {{region: eu-west-1, availability_zones: [eu-west-1a]}}}}
environments:
  dev: {{name: Dev, aws: {{account: a, cidr: 10.40.0.0/16}}}}
  live: {{name: Live, aws: {{account: a, cidr: 10.41.0.0/16}}}}
network:
  tiers:
    public: {{name: Public, internet: both, prefix_length: 24, netnum: 1}}
    app: {{name: App, internet: outbound, prefix_length: 24}}
networks:
  hub: {{name: Hub, cidr: 10.42.0.0/16{hub}}}
sites:
  harbor: {{name: Harbor, form: data-center, ranges: [172.16.0.0/16]}}
  broker: {{name: Broker, form: partner}}
kinds: {{server: {{label: Server, definition: A machine., needs_product: false, traits: {{stateful: false, keeps_data: false}}}}}}
defaults: {{kinds: {{network-link: {{product: transit-gateway}}}}}}
components:
  app: {{kind: server, title: App, placement: app, calls: {{{calls}}}}}
  ledger: {{kind: server, title: Ledger, placement: harbor}}
  quotes: {{kind: server, title: Quotes, placement: broker}}
  front: {{kind: server, title: Front, placement: public}}
  firewall: {{kind: server, title: Firewall, placement: hub}}
{links}
flows: {{book: {{title: A booking, question: How?, steps: [{{from: app, to: ledger, text: It is booked.}}]}}}}
"""
PEERING = "  peering: {kind: network-link, form: peering, title: Peering, joins: [environment, hub]%s}\n"
TUNNEL = "  tunnel: {kind: network-link, form: vpn, title: Tunnel, joins: [hub, harbor]%s}\n"


def architecture(
    folder: Path, links: str, calls: str = "ledger: {protocol: mq, data: sent}", hub: str = ""
) -> Architecture:
    file = folder / "architecture.yaml"
    file.write_text(MODEL.format(links=links, calls=calls, hub=f", {hub}" if hub else ""), encoding="utf-8")
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    return loaded.project.resolved.default


ROUTED = "routed_by: firewall"


def test_everything_on_the_only_way_stops_the_caller(tmp_path: Path) -> None:
    a = architecture(tmp_path, PEERING % "" + TUNNEL % "", hub=ROUTED)
    assert [c.essential for c in crossings(a).values()] == [["peering", "firewall", "tunnel"]]
    for lost, title in (("peering", "Peering"), ("tunnel", "Tunnel"), ("firewall", "Firewall")):
        impact = of_component(a, lost)
        assert impact.stopped == {"app": f"has no way to Ledger without {title}"}
        assert impact.flows == {"book": 0}
        assert impact.stale == {"ledger": "gets nothing new from App"}
    assert of_network(a, "hub").stopped == {"app": "has no way to Ledger without Firewall"}
    assert of_site(a, "harbor").stopped == {"app": "calls Ledger"}


def test_a_network_in_the_middle_can_be_lost_although_nothing_in_it_is_on_the_way(tmp_path: Path) -> None:
    a = architecture(tmp_path, PEERING % ", leads_on: true" + TUNNEL % "")
    assert of_component(a, "firewall").stopped == {}
    assert of_network(a, "hub").stopped == {"app": "has no way to Ledger without Hub"}


@pytest.mark.parametrize("settings_", ["required: false", "one_of: books"])
def test_what_is_not_needed_only_degrades(tmp_path: Path, settings_: str) -> None:
    calls = f"ledger: {{protocol: mq, {settings_}}}, quotes: {{protocol: https, one_of: books}}"
    a = architecture(tmp_path, PEERING % "" + TUNNEL % "", calls, ROUTED)
    impact = of_component(a, "tunnel")
    assert impact.stopped == {}
    assert impact.degraded == {"app": "has no way to Ledger without Tunnel"}


def test_what_can_be_reached_over_the_internet_needs_no_link(tmp_path: Path) -> None:
    calls = "quotes: {protocol: https}, ledger: {protocol: mq, through: [internet]}"
    assert crossings(architecture(tmp_path, PEERING % "" + TUNNEL % "", calls, ROUTED)) == {}


def test_if_both_ways_exist_the_answer_is_unknown_until_the_call_says_which(tmp_path: Path) -> None:
    links = "  line: {kind: network-link, form: private-line, title: Line, joins: [environment, harbor]}\n"
    links += "  clerk: {kind: server, title: Clerk, placement: harbor, calls: {front: {protocol: https%s}}}\n"
    unsaid = of_component(architecture(tmp_path, links % ""), "line")
    assert set(unsaid.unknown) == {"clerk"}
    assert "clerk" not in unsaid.stopped
    assert [lack.what for lack in unsaid.unknown["clerk"]] == [
        "whether 'clerk' reaches 'front' over the internet or over links"
    ]
    assert of_component(architecture(tmp_path, links % ", through: [line]"), "line").stopped["clerk"]
    assert "clerk" not in of_component(architecture(tmp_path, links % ", through: [internet]"), "line").stopped


def test_a_call_takes_only_the_links_that_it_names(tmp_path: Path) -> None:
    links = "".join(
        f"  {name}: {{kind: network-link, form: vpn, title: {name}, joins: [environment, harbor]}}\n"
        for name in ("one", "two")
    )
    a = architecture(tmp_path, links, "ledger: {protocol: mq, through: [one]}")
    assert of_component(a, "one").stopped == {"app": "has no way to Ledger without one"}
    assert of_component(a, "two").degraded == {}
    either = architecture(tmp_path, links)
    assert of_component(either, "one").degraded == {"app": "reaches Ledger only over two"}


def test_an_address_in_a_network_makes_a_way_unnecessary(tmp_path: Path) -> None:
    links = "  job: {kind: server, title: Job, endpoint_in: [%s], calls: {app: {protocol: https}}}\n" + PEERING % ""
    assert "job--app" not in crossings(architecture(tmp_path, links % "app"))
    assert "job--app" in crossings(architecture(tmp_path, links % "hub"))


@pytest.mark.parametrize(
    ("links", "hub", "expected"),
    [
        ("  p: {kind: network-link, form: peering, title: P, joins: [hub, harbor, live]}\n", "", "a peering joins two"),
        ("  p: {kind: network-link, form: vpn, title: P, joins: [hub, hub]}\n", "", "`joins` names 'hub' twice"),
        ("  p: {kind: network-link, form: vpn, title: P, joins: [hub, p]}\n", "", "'p' joins itself"),
        ("  p: {kind: network-link, form: vpn, title: P, joins: [hub, harbour]}\n", "", "'harbour' does not exist"),
        ("  p: {kind: network-link, form: vpn, title: P, joins: [hub, app]}\n", "", "'app' does not exist"),
        ("  harbor: {kind: network-link, form: vpn, title: P, joins: [hub, harbor]}\n", "", "more than one thing"),
        (PEERING % ", apart: [harbor]", "", "`apart` names 'harbor', which `joins` does not"),
        (PEERING % ", via: gate", "", "the component 'gate' does not exist"),
        (PEERING % "", "routed_by: gate", "the component 'gate' does not exist"),
    ],
)
def test_what_is_wrong_with_a_link_is_said_where_it_is(tmp_path: Path, links: str, hub: str, expected: str) -> None:
    file = tmp_path / "architecture.yaml"
    calls = "ledger: {protocol: mq}"
    file.write_text(MODEL.format(links=links, calls=calls, hub=f", {hub}" if hub else ""), encoding="utf-8")
    found = load(file).diagnostics
    assert any(expected in d.message and d.span for d in found), [d.message for d in found]


def test_through_names_a_link_or_the_internet(tmp_path: Path) -> None:
    file = tmp_path / "architecture.yaml"
    calls = "ledger: {protocol: mq, through: [firewall]}"
    file.write_text(MODEL.format(links=PEERING % "", calls=calls, hub=""), encoding="utf-8")
    assert [d.message for d in load(file).diagnostics] == ["the link 'firewall' does not exist"]


# -- the insurer ---------------------------------------------------------------------------------------------


def insurer() -> Architecture:
    loaded = load(ROOT / "examples/brownfield/architecture.yaml")
    assert loaded.project
    return loaded.project.resolved.default


def test_a_lost_hub_is_reported_by_everything_that_needs_something_behind_it() -> None:
    a = insurer()
    assert {c.connection.tail for c in passing(a, "transit")} == {"portal", "legacy", "directory"}
    impact = of_component(a, "transit")
    assert impact.stopped["portal"] == "has no way to Mainframe without Transit gateway"
    assert {"agents"} == set(impact.cut_off)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@given(st.sampled_from(["line", "tunnel", "transit", "mainframe", "directory"]))
def test_the_loss_of_a_network_stops_at_least_what_the_loss_of_something_in_it_does(component: str) -> None:
    a = insurer()
    place = {"mainframe": "frankfurt", "directory": "shared"}.get(component)
    if place:
        whole = of_site(a, place) if place in a.document.sites else of_network(a, place)
        assert set(of_component(a, component).stopped) <= set(whole.stopped)


def test_outbound_traffic_through_a_hub_needs_the_way_to_it_and_its_firewall(tmp_path: Path) -> None:
    calls = "ledger: {protocol: mq, required: false}, mail: {protocol: smtp}"
    links = "  mail: {kind: server, title: Mail, placement: outside}\n" + PEERING % "" + TUNNEL % ""
    text = MODEL.replace("network:\n", "network:\n  internet_through: hub\n", 1)
    (tmp_path / "architecture.yaml").write_text(text.format(links=links, calls=calls, hub=f", {ROUTED}"))
    project = load(tmp_path / "architecture.yaml").project
    assert project
    a = project.resolved.default
    assert crossings(a)["app--mail"].essential == ["peering", "firewall"]
    for lost, title in (("peering", "Peering"), ("firewall", "Firewall")):
        assert of_component(a, lost).stopped == {"app": f"has no way to Mail without {title}"}
    assert of_component(a, "tunnel").stopped == {}
    sentence = network_view(a, a).description
    assert "Outbound traffic reaches the internet through Peering and Firewall, in Hub." in sentence
