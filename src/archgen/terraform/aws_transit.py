"""Facts about transit gateways: with which accounts they are shared, and what the network of an environment reaches through them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archgen.model.architecture import Architecture
from archgen.model.links import Link, links
from archgen.model.places import ENVIRONMENT
from archgen.model.stacks import Stack
from archgen.terraform.aws_subnets import subnets_of_tier
from archgen.terraform.built import builds

_PRODUCT = "transit-gateway"


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about transit gateways that expressions can use."""
    return {
        "keeps_apart": lambda gateway: keeps_apart(a, gateway),
        "routes_as_stated": lambda gateway: routes_as_stated(a, gateway),
        "shared_with": lambda gateway: shared_with(a, gateway),
        "transit_routes": lambda: transit_routes(a),
        "transit_subnets": lambda: transit_subnets(a),
    }


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "keeps_apart": (str,),
    "routes_as_stated": (str,),
    "shared_with": (str,),
    "transit_routes": (),
    "transit_subnets": (),
}


def gateways(a: Architecture) -> dict[str, Link]:
    """The transit gateways of the model by ID."""
    return {name: link for name, link in links(a.components).items() if link.component.product == _PRODUCT}


def routes_as_stated(a: Architecture, gateway: str) -> bool:
    """Whether the default route tables of a transit gateway can route as the model states.

    They apply to every network of an environment that is attached, so they keep all of these apart, or none.
    """
    link = gateways(a)[gateway]
    networks = {ENVIRONMENT, *a.document.environments} & {*link.joins}
    return not link.via and (not link.apart or networks <= {*link.apart})


def keeps_apart(a: Architecture, gateway: str) -> bool:
    """Whether a transit gateway does not route between some of what it joins."""
    return bool(gateways(a)[gateway].apart)


def shared_with(a: Architecture, gateway: str) -> list[str]:
    """The numbers of the other accounts whose networks a transit gateway joins, sorted.

    Raises ValueError for an account whose number the model does not state, and for a gateway that is made once, but joins `environment`.
    """
    link, stack = gateways(a)[gateway], _stack_of_gateways(a)
    if ENVIRONMENT in link.joins and stack and stack.scope == "organization":
        raise ValueError(
            f"one gateway joins the networks of all environments: name these in `joins` instead of '{ENVIRONMENT}'"
        )
    own = link.component.home or (stack.home if stack else None) or a.home
    found = set()
    for joined in link.joins:
        if joined in a.document.environments:
            found.add(a.home_of(joined))
        elif network := a.document.networks.get(joined):
            found.add(network.home or a.home)
    others = sorted(home for home in found if home and home != own)
    if unknown := [home for home in others if not a.number_of(home)]:
        raise ValueError(f"the model does not state the `id` of the account '{unknown[0]}'")
    return [a.number_of(home) or "" for home in others]


def _stack_of_gateways(a: Architecture) -> Stack | None:
    """The stack that makes transit gateways; None if there is none."""
    stacks = a.document.terraform.stacks.values() if a.document.terraform else ()
    return next((stack for stack in stacks if _PRODUCT in stack.modules), None)


def transit_routes(a: Architecture) -> dict[str, list[str]]:
    """The address ranges that the network of the environment reaches through each transit gateway that joins it, by its ID.

    Raises ValueError for a network whose range the model does not state. Sites without stated ranges have no routes.
    """
    return {
        name: sorted({range_ for joined in _beyond(a, name, {name}) for range_ in _ranges(a, joined)})
        for name, link in sorted(gateways(a).items())
        if {ENVIRONMENT, a.coordinate.environment} & {*link.joins} and routes_as_stated(a, name)
    }


def _beyond(a: Architecture, gateway: str, seen: set[str]) -> Iterator[str]:
    """What a link joins besides the network of the environment, and what links that it joins, or that join it, lead to."""
    known = links(a.components)
    attached = [name for name, link in sorted(known.items()) if gateway in link.joins]
    here, apart = {ENVIRONMENT, a.coordinate.environment}, {*known[gateway].apart}
    hidden = apart if here & apart else set()
    for joined in (joined for joined in (*known[gateway].joins, *attached) if joined not in hidden):
        if joined in known:
            if joined not in seen:
                seen.add(joined)
                yield from _beyond(a, joined, seen)
        elif joined not in (ENVIRONMENT, a.coordinate.environment):
            yield joined


def _ranges(a: Architecture, place: str) -> tuple[str, ...]:
    """The address ranges of an environment, a further network or a site."""
    if site := a.document.sites.get(place):
        return site.ranges
    if network := a.document.networks.get(place):
        cidr = network.cidr
    else:
        home = a.document.environments[place].on(a.coordinate.cloud)
        cidr = home.cidr if home else None
    if not cidr:
        raise ValueError(f"the model does not state the `cidr` of '{place}'")
    return (cidr,)


def transit_subnets(a: Architecture) -> dict[str, Any]:
    """The subnets in which transit gateways have their interfaces, one in each zone: those of the first tier that is not public.

    Raises ValueError if there is none.
    """
    tier = next((name for name in a.tiers if a.role_of(name) != "public"), None)
    if tier is None:
        raise ValueError("the network has no tier besides public ones")
    return subnets_of_tier(a, tier, a.zones)


# -- what no stack does ----------------------------------------------------------------------------------


def lacks_route_tables(a: Architecture) -> bool:
    """Whether a transit gateway keeps some networks of environments apart or inspects traffic, for which no stack makes route tables."""
    return any(not routes_as_stated(a, name) for name in gateways(a))


def lacks_attachment(a: Architecture) -> bool:
    """Whether a transit gateway joins the network of the environment, but no stack attaches it."""
    return bool(transit_joins(a)) and not builds(a, "transit-attachments")


def lacks_scope(a: Architecture) -> bool:
    """Whether a stack of each environment makes a transit gateway that joins several environments, or that is in another account."""
    stack = _stack_of_gateways(a)
    repeated = stack is not None and stack.scope == "environment"
    others = {*a.document.environments} - {a.coordinate.environment}
    return repeated and any(
        others & {*link.joins} or link.component.home not in (None, a.home) for link in gateways(a).values()
    )


def transit_joins(a: Architecture) -> list[str]:
    """The IDs of the transit gateways that a stack makes and that join the network of the environment."""
    joining = ((name, {*link.joins}) for name, link in sorted(gateways(a).items()))
    return [n for n, joins in joining if {ENVIRONMENT, a.coordinate.environment} & joins and routes_as_stated(a, n)]
