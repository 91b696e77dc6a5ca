"""Connections between networks and sites: which of them need a way, and what a lost link, network or site does to them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archgen.analysis.crossings import crossings, passing
from archgen.analysis.failure import of_component, of_home, of_network, of_region, of_site
from archgen.analysis.ways import links_of
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


# -- what must not reassure, and what must not alarm ---------------------------------------------------------

REGIONS = """version: 2
name: T
clouds:
  aws:
    region: eu-west-1
    recovery_region: eu-central-1
    availability_zones: [eu-west-1a]
    regions: {{asia: {{name: ap-northeast-1, availability_zones: [ap-northeast-1a]}}}}
environments: {{live: {{name: Live, aws: {{account: a, cidr: 10.41.0.0/16}}}}}}
network: {{tiers: {{app: {{name: App, internet: outbound, prefix_length: 24}}}}}}
networks:
  live-asia: {{name: Asia, region: asia, cidr: 10.43.0.0/16, tiers: {{app: {{name: App}}}}}}
  rec: {{name: Recovery, region: recovery, cidr: 10.44.0.0/16, tiers: {{app: {{name: App}}}}}}
sites:
  harbor: {{name: Harbor, form: data-center}}
  depot: {{name: Depot, form: data-center}}
kinds:
  server:
    label: Server
    definition: A machine.
    needs_product: false
    traits: {{stateful: false, keeps_data: false, redundancy: regional}}
defaults: {{kinds: {{network-link: {{product: transit-gateway}}}}}}
components:
{components}
"""


def regional(folder: Path, components: str) -> Architecture:
    (folder / "architecture.yaml").write_text(REGIONS.format(components=components), encoding="utf-8")
    loaded = load(folder / "architecture.yaml")
    assert loaded.project, [d.message for d in loaded.diagnostics]
    return loaded.project.resolved.default


BOTH = "  web: {kind: server, title: Web, placement: app, regions: {home: {}, asia: {}}, calls: {db: {protocol: mq}}}\n"
ASIA = "  web: {kind: server, title: Web, placement: live-asia/app, calls: {db: {protocol: mq}}}\n"
PEER = "  {0}: {{kind: network-link, form: peering, title: {0}, joins: [{1}]}}\n"


def test_each_active_instance_needs_its_own_way(tmp_path: Path) -> None:
    db = "  db: {kind: server, title: DB, placement: app}\n"
    a = regional(tmp_path, BOTH + db + PEER.format("peer", "live, live-asia"))
    assert of_component(a, "peer").degraded == {"web": "has no way to DB from one of its regions without peer"}
    alone = regional(tmp_path, BOTH + db + PEER.format("peer", "rec, live-asia"))
    assert not crossings(alone)["web--db"].is_whole()
    assert "web" not in of_component(alone, "peer").stopped


def test_a_way_to_a_passive_instance_is_none(tmp_path: Path) -> None:
    db = "  db: {kind: server, title: DB, placement: app, regions: {home: {}, recovery: {}}}\n"
    a = regional(tmp_path, ASIA + db + PEER.format("p1", "live, live-asia") + PEER.format("p2", "rec, live-asia"))
    assert of_component(a, "p1").stopped == {"web": "has no way to DB without p1"}
    assert of_component(a, "p2").stopped == {}


def test_a_link_is_lost_with_the_regions_that_it_joins_and_with_no_other(tmp_path: Path) -> None:
    links = "  mpls: {kind: network-link, form: private-line, title: MPLS, joins: [harbor, depot]}\n"
    a = regional(
        tmp_path,
        BOTH + "  db: {kind: server, title: DB, placement: app}\n" + links + PEER.format("peer", "rec, live-asia"),
    )
    home, asia = of_region(a, "home"), of_region(a, "asia")
    assert not {"mpls", "peer"} & set(home.failed)
    assert home.survivors["mpls"] == "it joins sites only"
    assert "peer" in asia.failed


def test_losing_a_network_weakens_what_also_runs_elsewhere(tmp_path: Path) -> None:
    a = regional(
        tmp_path, BOTH + "  db: {kind: server, title: DB, placement: app, regions: {home: {}, recovery: {}}}\n"
    )
    assert of_network(a, "live-asia").degraded["web"] == "no longer runs in Asia"
    assert of_network(a, "rec").degraded["db"] == "can no longer be failed over to Recovery"


def test_environment_in_apart_means_its_network(tmp_path: Path) -> None:
    links = "  hubs: {kind: network-link, form: transit, title: T, joins: [environment, hub, harbor], apart: [environment, harbor]}\n"
    assert not crossings(architecture(tmp_path, links))["app--ledger"].is_open()


def test_an_account_is_lost_with_the_networks_of_all_environments_in_it(tmp_path: Path) -> None:
    links = "  p: {kind: network-link, form: peering, title: P, joins: [live, dev], leads_on: true, home: b}\n"
    links += "  v: {kind: network-link, form: vpn, title: V, joins: [dev, harbor], home: b}\n"
    text = MODEL.replace("live: {{name: Live, aws: {{account: a", "live: {{name: Live, aws: {{account: b", 1)
    text = text.replace(
        "network:\n", "organization: {{aws: {{accounts: {{a: {{name: A}}, b: {{name: B}}}}}}}}\nnetwork:\n", 1
    )
    (tmp_path / "architecture.yaml").write_text(text.format(links=links, calls="ledger: {protocol: mq}", hub=""))
    loaded = load(tmp_path / "architecture.yaml")
    assert loaded.project, [d.message for d in loaded.diagnostics]
    assert of_home(loaded.project.resolved.default, "a").stopped == {
        "app": "has no way to Ledger without the network of Dev"
    }


def test_a_lost_network_in_the_middle_leaves_a_detour(tmp_path: Path) -> None:
    links = (
        PEERING % ", leads_on: true"
        + TUNNEL % ""
        + "  line: {kind: network-link, form: vpn, title: Line, joins: [live, harbor]}\n"
    )
    a = architecture(tmp_path, links)
    assert of_network(a, "hub").degraded["app"] == "reaches Ledger only over Line"


def test_equal_lines_get_equal_answers(tmp_path: Path) -> None:
    links = "".join(
        f"  l{n}: {{kind: network-link, form: vpn, title: L{n}, joins: [live, harbor]}}\n" for n in range(1, 4)
    )
    a = architecture(tmp_path, links)
    assert "app" in of_component(a, "l1").degraded
    assert not any("only over" in why for n in (1, 2, 3) for why in of_component(a, f"l{n}").degraded.values())


def test_outbound_traffic_to_a_service_of_others_leaves_through_the_hub(tmp_path: Path) -> None:
    for call in ("quotes: {protocol: https}", "quotes: {protocol: https, through: [internet]}"):
        text = MODEL.replace("network:\n", "network:\n  internet_through: hub\n", 1)
        calls = f"ledger: {{protocol: mq, required: false}}, {call}"
        (tmp_path / "architecture.yaml").write_text(
            text.format(links=PEERING % "" + TUNNEL % "", calls=calls, hub=f", {ROUTED}")
        )
        project = load(tmp_path / "architecture.yaml").project
        assert project
        assert of_component(project.resolved.default, "firewall").stopped == {
            "app": "has no way to Quotes without Firewall"
        }


def test_what_the_cloud_runs_is_called_at_its_public_address(tmp_path: Path) -> None:
    links = "  job: {kind: server, title: Job, placement: managed, endpoint_in: [hub]}\n"
    a = architecture(tmp_path, links, "ledger: {protocol: mq}, job: {protocol: https}")
    assert "app--job" not in crossings(a)


@pytest.mark.parametrize(
    ("links", "hub", "expected"),
    [
        ("  p: {kind: network-link, form: peering, title: P, joins: [environment, live]}\n", "", "names 'live' twice"),
        ("  p: {kind: network-link, form: peering, title: P, joins: [hub, harbor]}\n", "", "'harbor' is a site"),
        (
            PEERING % "" + "  q: {kind: network-link, form: peering, title: Q, joins: [peering, live]}\n",
            "",
            "a peering",
        ),
        (PEERING % ", via: peering", "", "'peering' cannot inspect the traffic of a link, because it is a link"),
        ("  who: {kind: actor, title: Who}\n" + PEERING % "", "routed_by: who", "because it is people"),
        (PEERING % "", "internet_through: hub", "'hub' does not lead to the internet itself"),
        (
            "  hub: {kind: server, title: H, placement: hub}\n" + PEERING % "",
            "routed_by: hub",
            "is a component and a place",
        ),
    ],
)
def test_links_that_make_no_sense_are_refused(tmp_path: Path, links: str, hub: str, expected: str) -> None:
    text = MODEL.format(links=links, calls="ledger: {protocol: mq}", hub=f", {hub}" if hub else "")
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    found = load(tmp_path / "architecture.yaml").diagnostics
    assert any(expected in d.message and d.span for d in found), [d.message for d in found]


def test_a_setting_of_another_kind_makes_no_link(tmp_path: Path) -> None:
    links = "  cable: {kind: cable, title: Cable, joins: abc}\n"
    text = MODEL.replace(
        "kinds: {{",
        "kinds: {{cable: {{label: C, definition: D., needs_product: false, settings: {{joins: {{about: X.}}}}}}, ",
        1,
    )
    (tmp_path / "architecture.yaml").write_text(text.format(links=links, calls="ledger: {protocol: mq}", hub=""))
    project = load(tmp_path / "architecture.yaml").project
    assert project
    assert not links_of(project.resolved.default).links


def test_a_network_cannot_have_the_id_of_an_environment(tmp_path: Path) -> None:
    text = (
        MODEL.format(links="", calls="ledger: {protocol: mq}", hub="")
        .replace("  hub: {name", "  live: {name")
        .replace("placement: hub", "placement: live")
    )
    (tmp_path / "architecture.yaml").write_text(text, encoding="utf-8")
    said = [d.message for d in load(tmp_path / "architecture.yaml").diagnostics]
    assert "the network 'live' has the same ID as an environment, so naming it would be ambiguous" in said


def test_what_is_public_in_another_network_is_reached_through_the_hub_too(tmp_path: Path) -> None:
    links = "  shop: {kind: server, title: Shop, placement: market/open}\n" + PEERING % ""
    calls = "ledger: {protocol: mq, required: false}, shop: {protocol: https}"
    text = MODEL.replace("network:\n", "network:\n  internet_through: hub\n", 1)
    text = text.replace(
        "sites:\n", "  market: {{name: Market, tiers: {{open: {{name: Open, internet: both}}}}}}\nsites:\n", 1
    )
    (tmp_path / "architecture.yaml").write_text(text.format(links=links, calls=calls, hub=f", {ROUTED}"))
    loaded = load(tmp_path / "architecture.yaml")
    assert loaded.project, [d.message for d in loaded.diagnostics]
    assert (
        of_component(loaded.project.resolved.default, "firewall").stopped["app"]
        == "has no way to Shop without Firewall"
    )


def test_a_network_has_one_way_out(tmp_path: Path) -> None:
    text = MODEL.replace("network:\n", "network:\n  internet_through: hub\n  aws: {{nat_gateways: single}}\n", 1)
    (tmp_path / "architecture.yaml").write_text(text.format(links="", calls="ledger: {protocol: mq}", hub=""))
    said = [d.message for d in load(tmp_path / "architecture.yaml").diagnostics]
    assert said == ["outbound traffic leaves through 'hub', but the network has NAT gateways, too"]
    text = text.replace("single", "none")
    (tmp_path / "architecture.yaml").write_text(text.format(links="", calls="ledger: {protocol: mq}", hub=""))
    project = load(tmp_path / "architecture.yaml").project
    assert project
    assert not any(id_.startswith("nat-") for id_ in network_view(*(project.resolved.default,) * 2).nodes())
