"""What archgen says about an event-driven shop, a shop of gRPC services, and an insurer with a data center."""

from __future__ import annotations

from functools import cache

import pytest

from archgen.analysis.availability import Promise, of_flow
from archgen.analysis.availability import of_component as promise
from archgen.analysis.failure import Impact, of_component, of_zone, zone_impacts
from archgen.analysis.reached import reached
from archgen.commands.impact import as_text
from archgen.kinds.actor import Actor
from archgen.model.architecture import Architecture
from archgen.pipeline import check, load
from archgen.views.context import view as context_view
from archgen.views.network import view as network_view
from conftest import DATA

NAMES = ("event-shop", "grpc-shop", "hybrid-insurer")


@cache
def everywhere(name: str) -> tuple[Architecture, ...]:
    loaded = load(DATA / "models" / f"{name}.yaml")
    assert loaded.project, loaded.diagnostics
    return tuple(loaded.project.resolved.architectures.values())


def production(name: str) -> Architecture:
    """Production on the first cloud in the last phase."""
    return [
        a
        for a in everywhere(name)
        if a.environment.production and a.coordinate.cloud == everywhere(name)[0].coordinate.cloud
    ][-1]


def impacts(a: Architecture) -> list[Impact]:
    return [*(of_component(a, name) for name in a.components), *(impact for _zone, impact in zone_impacts(a))]


# -- all of them -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_no_model_stops_a_build(name: str) -> None:
    loaded = load(DATA / "models" / f"{name}.yaml")
    assert loaded.project
    assert not check(loaded.project).refused


@pytest.mark.parametrize("name", NAMES)
def test_people_are_cut_off_and_never_stop(name: str) -> None:
    for a in everywhere(name):
        people = {id_ for id_, component in a.components.items() if isinstance(component, Actor)}
        for impact in impacts(a):
            assert not people & {*impact.stopped, *impact.may_stop, *impact.degraded}
            assert not people & set(impact.failed) or impact.failed[0] in people
        assert all(of_component(a, person).stopped == {} for person in people)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_said_to_survive_a_zone_without_a_reason(name: str) -> None:
    for a in everywhere(name):
        for _zone, impact in zone_impacts(a):
            assert {*impact.failed, *impact.unknown, *impact.survivors} == set(a.components)
            for survivor, why in impact.survivors.items():
                traits = a.traits(survivor)
                outside = a.place(a.components[survivor]) in ("outside", "edge")
                stated = traits.redundancy or traits.copies is not None or a.components[survivor].zones
                assert why
                assert outside or stated or a.components[survivor].runs_on


@pytest.mark.parametrize("name", NAMES)
def test_promises_say_how_many_parts_state_one(name: str) -> None:
    a = production(name)
    for said in (*(promise(a, id_) for id_ in a.components), *(of_flow(a, flow) for flow in a.document.flows)):
        known = len(said.parts) + len(said.redundant)
        assert said.extent.startswith(f"{known} of {known + len(said.unknown)} parts")
        assert said.extent in said.text
        assert said.text.startswith(("at most ", "unknown; ")) or not said.unknown


@pytest.mark.parametrize("name", NAMES)
def test_a_definite_statement_and_a_possible_one_never_name_the_same(name: str) -> None:
    for a in everywhere(name):
        for impact in impacts(a):
            assert not set(impact.stale) & {*impact.may_be_stale, *impact.stopped, *impact.cut_off, *impact.failed}
            assert not set(impact.may_be_stale) & {*impact.stopped, *impact.may_stop, *impact.cut_off, *impact.failed}
            assert not set(impact.cut_off) & set(impact.may_be_cut_off)
            assert not set(impact.flows) & {*impact.may_break, *impact.late}


def test_a_promise_for_a_flow_counts_what_its_components_need() -> None:
    shop = of_flow(production("event-shop"), "order")
    assert {part.component for part in shop.parts} >= {"order-changes", "pack"}
    # No step passes the settings; the promises of their product and of others are not known.
    assert set(shop.unknown) == {"orders-api", "payments", "users", "bus", "packaging", "settings"}
    assert "catalog-db" in of_flow(production("grpc-shop"), "order").unknown
    policy = of_flow(production("hybrid-insurer"), "policy")
    assert "legacy" not in {
        *policy.unknown,
        *(part.component for part in policy.parts),
    }  # another target of the load balancer


def test_alternatives_without_a_promise_make_a_promise_an_upper_bound() -> None:
    said = promise(production("hybrid-insurer"), "legacy")
    assert {"transit", "database", "mainframe"} <= {*said.unknown, *(part.component for part in said.parts)}
    assert said.alternatives == ("line", "tunnel")
    assert said.text.endswith("a promise, not counting 2 parts that have others beside them")
    assert Promise((), (), ("line", "tunnel")).bound == "at most "


def test_rules_about_production_data_do_not_pass_over_data_of_declared_kinds() -> None:
    for name, data in (("event-shop", "orders"), ("hybrid-insurer", "shares")):
        loaded = load(DATA / "models" / f"{name}.yaml")
        assert loaded.project
        judgment = check(loaded.project, "2026-11-25").judgment
        for code in ("DR302", "DR303"):
            assert ("components", data) in {lack.path for lack in judgment.covered(code).lacks}
    assert judgment.covered("DR303").passed  # the MySQL database states a copy in the recovery region


# -- the event-driven shop ---------------------------------------------------------------------------------


def test_without_the_dead_letters_nothing_stops() -> None:
    a = production("event-shop")
    for queue, source in (("order-dead-letters", "order-changes"), ("packaging-dead-letters", "packaging")):
        impact = of_component(a, queue)
        assert (impact.stopped, impact.flows, impact.stale, impact.may_be_stale) == ({}, {}, {}, {})
        assert set(impact.degraded) == {source}


def test_without_a_queue_its_consumer_gets_nothing_new_and_its_sender_loses_messages() -> None:
    a = production("event-shop")
    impact = of_component(a, "packaging")
    assert impact.stopped == {}
    assert impact.degraded == {"bus": "cannot deliver to Packaging; messages are lost"}
    assert set(impact.stale) == {"packaging-dead-letters", "pack", "stock"}
    consumer = of_component(a, "pack")
    assert (consumer.stopped, consumer.degraded) == ({}, {"packaging": "Pack no longer takes from it"})


def test_a_flow_breaks_before_a_queue_and_comes_late_behind_it() -> None:
    a = production("event-shop")
    assert (of_component(a, "packaging").flows, of_component(a, "packaging").late) == ({"order": 7}, {})
    for behind in ("pack", "stock"):
        impact = of_component(a, behind)
        assert (impact.flows, impact.late) == ({}, {"order": 8})
    assert "Flows that wait in a queue and come late" in as_text(a, of_component(a, "pack"))


def test_without_the_bus_its_sender_stops_and_what_only_it_feeds_gets_nothing_new() -> None:
    impact = of_component(production("event-shop"), "bus")
    assert impact.stopped == {"order-changes": "cannot hand over to Event bus"}
    assert {"fulfilment", "packaging", "notices", "pack", "stock"} <= set(impact.stale)
    assert {"charge", "orders"} <= set(impact.may_be_stale)  # the payment provider and the API still feed them
    assert impact.flows == {"order": 6}


def test_without_the_user_directory_shoppers_are_cut_off_and_no_order_is_taken() -> None:
    impact = of_component(production("event-shop"), "users")
    assert impact.stopped == {"orders-api": "calls Users"}
    assert impact.cut_off == {"shoppers": "calls Users"}
    assert impact.flows == {"order": 1}


def test_a_zone_of_the_event_driven_shop_is_unknown_only_where_no_vendor_is_quoted() -> None:
    a = production("event-shop")
    for zone in a.zones:
        impact = of_zone(a, zone)
        assert impact.failed == ()
        assert set(impact.unknown) == {"users", "logs"}
        assert set(impact.may_stop) == {"orders-api"}
        assert set(impact.may_be_cut_off) == {"shoppers"}
        assert "Nothing fails" not in as_text(a, impact)


# -- the shop of gRPC services -----------------------------------------------------------------------------


def test_an_optional_service_makes_nothing_stale_but_its_caller() -> None:
    impact = of_component(production("grpc-shop"), "email")
    assert (impact.stopped, impact.cut_off, impact.flows) == ({}, {}, {})
    assert impact.degraded == {"checkout": "calls emailservice"}
    assert set(impact.stale) == {"checkout"}
    assert "frontend" in impact.may_be_stale


def test_a_flow_breaks_where_it_needs_what_stops() -> None:
    a = production("grpc-shop")
    impact = of_component(a, "catalog-db")
    assert {"productcatalog", "frontend", "checkout", "lb"} <= set(impact.stopped)
    assert set(impact.cut_off) == {"shopper"}
    step = a.document.flows["order"].steps[impact.flows["order"]]
    assert (step.from_, step.to) == ("checkout", "productcatalog")


def test_the_loss_of_the_entrance_cuts_people_off_and_nothing_behind_it_stops() -> None:
    impact = of_component(production("grpc-shop"), "lb")
    assert (impact.stopped, set(impact.cut_off)) == ({}, {"shopper"})
    assert {"frontend", "checkout", "redis-cart"} <= set(impact.stale)


def test_a_default_that_archgen_does_not_set_is_no_standby() -> None:
    a = production("grpc-shop")
    for zone in a.zones:
        impact = of_zone(a, zone)
        assert [lack.help for lack in impact.unknown["catalog-db"]] == ["state `multi_zone`"]
        assert {"productcatalog", "frontend", "lb"} <= set(impact.may_stop)
        assert set(impact.may_break) == {"order"}


def test_a_zone_that_is_only_a_number_is_called_a_zone() -> None:
    assert of_zone(production("contoso"), "1").what == "Zone 1"
    assert of_zone(production("grpc-shop"), "us-central1-a").what == "us-central1-a"


# -- the insurer -------------------------------------------------------------------------------------------


def test_a_single_server_stops_with_its_zone_and_with_no_other() -> None:
    a = production("hybrid-insurer")
    for zone in a.zones:
        impact = of_zone(a, zone)
        if zone == "eu-central-1a":
            assert impact.failed == ("licenses",)
            assert impact.stopped == {"legacy": "calls License server"}
            assert impact.degraded["load-balancer"] == "no longer leads to Policy administration"
        else:
            assert (impact.failed, impact.stopped) == ((), {})
            assert impact.survivors["licenses"] == "it is in eu-central-1a only"
        assert set(impact.unknown) == {"sftp", "logs", "audit", "history", "tunnel"}
        assert set(impact.may_be_cut_off) == {"partner"}


def test_either_of_two_lines_is_enough() -> None:
    a = production("hybrid-insurer")
    for line, left in (("line", "Backup VPN"), ("tunnel", "Direct Connect")):
        impact = of_component(a, line)
        assert (impact.stopped, impact.cut_off, impact.flows) == ({}, {}, {})
        assert set(impact.degraded) == {"directory", "portal", "legacy"}
        assert impact.degraded["portal"] == f"reaches Mainframe only over Transit gateway and {left}"
    assert {"portal", "legacy"} <= set(of_component(a, "transit").stopped)
    assert of_component(a, "transit").flows == {"policy": 4}
    mainframe = of_component(a, "mainframe")
    assert {"portal", "legacy"} <= set(mainframe.stopped)
    assert mainframe.flows == {"policy": 4}


def test_the_load_balancer_leads_to_what_is_left() -> None:
    a = production("hybrid-insurer")
    assert set(of_component(a, "ecs").stopped) == {"portal"}
    assert of_component(a, "ecs").cut_off == {}
    assert {"load-balancer", "firewall"} <= set(of_component(a, "database").stopped)
    assert of_component(a, "database").cut_off == {"agents": "calls Web firewall"}


# -- pictures ----------------------------------------------------------------------------------------------


def test_the_high_level_view_shows_what_takes_events_and_whether_all_outside_is_the_internet() -> None:
    shop = production("event-shop")
    assert reached(shop) >= {"order-changes", "bus", "packaging", "pack", "stock", "notices"}
    names = {name: context_view(a, a).groups()["group-outside"].label for name in NAMES for a in [production(name)]}
    assert names == {"event-shop": "Outside", "grpc-shop": "Internet", "hybrid-insurer": "Internet"}


def test_instances_with_one_short_name_are_told_apart_in_the_network_view() -> None:
    a = production("hybrid-insurer")
    notes = {node.page: node.note for node in network_view(a, a).nodes().values() if node.label == "EC2"}
    assert notes == {"components/legacy": "Policy administration", "components/licenses": "License server"}
