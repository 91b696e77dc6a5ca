"""Ways over links: equal to an enumeration of all ways, and fast where there are many."""

from __future__ import annotations

import itertools
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archgen.analysis.ways import Links
from archgen.kinds.network_link import NetworkLink
from archgen.model.links import Link, links

MOST = 500  # ways to enumerate
PLACES = [f"place-{number}" for number in range(8)]


def link(form: str, joins: Collection[str], **settings: object) -> Link:
    values = {"kind": "network-link", "title": "Link", "form": form, "joins": tuple(joins), **settings}
    return links({"link": NetworkLink.model_validate(values)})["link"]


def joined(links: Mapping[str, Link], routed_by: Mapping[str, str] | None = None) -> Links:
    near: dict[str, list[str]] = {}
    for name, one in links.items():
        for place in one.joins:
            near.setdefault(name, []).append(place)
            near.setdefault(place, []).append(name)
    return Links({name: tuple(ends) for name, ends in near.items()}, links, routed_by or {})


# -- the same, by brute force --------------------------------------------------------------------------------


def every_way(links: Links, tail: str, head: str, down: Collection[str]) -> Iterator[tuple[str, ...]]:
    """All ways that use no step twice."""

    def onwards(way: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if way[-1] == head and len(way) > 1:
            yield way
            return
        for next_ in links.near.get(way[-1], ()):
            if next_ not in down and may_turn(links, way, next_, down) and (way[-1], next_) not in steps(way):
                yield from onwards((*way, next_))

    if tail not in down:
        yield from onwards((tail,))


def steps(way: tuple[str, ...]) -> set[tuple[str, str]]:
    return set(itertools.pairwise(way))


def may_turn(links: Links, way: tuple[str, ...], next_: str, down: Collection[str]) -> bool:
    here = way[-1]
    if one := links.links.get(here):
        forth = next_ != way[-2] and not {way[-2], next_} <= set(one.apart)
        return forth and one.via not in down
    if len(way) == 1:
        return True
    if here in links.routed_by:
        return links.routed_by[here] not in down
    came, goes = links.links[way[-2]], links.links[next_]
    if came is goes or (came.peering and goes.peering):
        return False
    return came.leads_on or goes.leads_on


@st.composite
def networks(draw: st.DrawFn) -> Links:
    places = PLACES[: draw(st.integers(2, 8))]
    links: dict[str, Link] = {}
    for number in range(draw(st.integers(1, 4))):
        form = draw(st.sampled_from(["peering", "transit", "vpn"]))
        ends = [*places, *links]
        most = 2 if form == "peering" else min(3, len(ends))
        joins = draw(st.lists(st.sampled_from(ends), min_size=2, max_size=most, unique=True))
        apart = draw(st.lists(st.sampled_from(joins), max_size=2, unique=True)) if form == "transit" else []
        via = draw(st.sampled_from([None, None, "firewall"]))
        links[f"link-{number}"] = link(form, joins, apart=tuple(apart), via=via, leads_on=draw(st.booleans()))
    routed = draw(st.lists(st.sampled_from(places), max_size=2, unique=True))
    return joined(links, dict.fromkeys(routed, "router"))


@pytest.mark.slow
@given(networks(), st.lists(st.sampled_from(["link-0", "link-1", "firewall", "router", "place-2"]), max_size=2))
def test_ways_agree_with_an_enumeration_of_all_ways(links: Links, down: list[str]) -> None:
    places = sorted(name for name in links.near if name in PLACES)
    for tail, head in itertools.permutations(places, 2):
        every = list(itertools.islice(every_way(links, tail, head, down), MOST))
        found = links.ways([tail], [head], down)
        assert links.is_open([tail], [head], down) == bool(every)
        if len(every) < MOST:
            assert set(found) <= set(every)
            assert [len(way) for way in found[:1]] == [min(map(len, every), default=0)][: len(every)]
            if not down and every:
                assert set(links.essential([tail], [head])) == set.intersection(*(set(links.passed(w)) for w in every))


@given(networks(), st.sampled_from(["link-0", "firewall", "router"]), st.sampled_from(["link-1", "link-2", "place-1"]))
def test_losing_more_never_opens_a_way(links: Links, one: str, other: str) -> None:
    for tail, head in itertools.permutations(sorted(n for n in links.near if n in PLACES), 2):
        for down in ([], [one]):
            assert links.is_open([tail], [head], down) >= links.is_open([tail], [head], [*down, other])


# -- the cases of the guide ----------------------------------------------------------------------------------


def test_a_peering_is_not_transitive_unless_something_forwards() -> None:
    spokes = {"one": link("peering", ["a", "hub"]), "two": link("peering", ["hub", "b"])}
    assert not joined(spokes).is_open(["a"], ["b"])
    routed = joined(spokes, {"hub": "firewall"})
    assert routed.ways(["a"], ["b"]) == [("a", "one", "hub", "two", "b")]
    assert routed.essential(["a"], ["b"]) == ["one", "firewall", "two"]
    assert not routed.is_open(["a"], ["b"], ["firewall"])
    assert not joined({name: replace(one, leads_on=True) for name, one in spokes.items()}).is_open(["a"], ["b"])


def test_gateway_transit_leads_a_spoke_to_the_office() -> None:
    ways = {"spoke": link("peering", ["a", "hub"], leads_on=True), "tunnel": link("vpn", ["hub", "office"])}
    assert joined(ways).is_open(["a"], ["office"])
    assert joined(ways).is_open(["office"], ["a"])
    assert not joined({**ways, "spoke": link("peering", ["a", "hub"])}).is_open(["a"], ["office"])


def test_a_hub_keeps_networks_apart_and_leads_both_to_the_site() -> None:
    links = joined(
        {
            "transit": link("transit", ["shared", "dev", "prod"], apart=("dev", "prod")),
            "line": link("private-line", ["transit", "site"]),
        }
    )
    assert not links.is_open(["dev"], ["prod"])
    for network in ("dev", "prod", "shared"):
        assert links.ways([network], ["site"]) == [(network, "transit", "line", "site")]


def test_a_firewall_in_a_network_of_its_own_is_on_the_way_and_its_loss_closes_it() -> None:
    """Traffic passes the hub twice: from one network to the firewall, and from there to the other one."""
    transit = link("transit", ["dev", "prod", "inspection"], apart=("dev", "prod"))
    links = joined({"transit": transit}, {"inspection": "firewall"})
    assert links.ways(["dev"], ["prod"]) == [("dev", "transit", "inspection", "transit", "prod")]
    assert "firewall" in links.essential(["dev"], ["prod"])
    assert not links.is_open(["dev"], ["prod"], ["firewall"])
    via = joined({"transit": link("transit", ["dev", "prod"], via="firewall")})
    assert via.essential(["dev"], ["prod"]) == ["transit", "firewall"]


def test_two_lines_are_alternatives_and_what_they_share_is_essential() -> None:
    links = joined(
        {
            "transit": link("transit", ["prod", "dev"]),
            "line": link("private-line", ["transit", "site"]),
            "tunnel": link("vpn", ["transit", "site"]),
        }
    )
    assert links.essential(["prod"], ["site"]) == ["transit"]
    assert links.is_open(["prod"], ["site"], ["line"])
    assert not links.is_open(["prod"], ["site"], ["line", "tunnel"])


def test_nine_meshed_hubs_are_answered_at_once() -> None:
    hubs = [f"hub-{number}" for number in range(9)]
    links = {hub: link("transit", [f"network-{hub}", f"other-{hub}"]) for hub in hubs}
    for one, other in itertools.combinations(hubs, 2):
        links[f"{one}-{other}"] = link("peering", [one, other], leads_on=True)
    meshed = joined(links)
    began = time.process_time()
    assert meshed.is_open(["network-hub-0"], ["network-hub-8"])
    assert meshed.essential(["network-hub-0"], ["network-hub-8"]) == ["hub-0", "hub-8"]
    assert len(meshed.ways(["network-hub-0"], ["network-hub-8"])) == 4
    assert time.process_time() - began < 0.1
