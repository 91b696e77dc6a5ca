"""The effects of a failure: which components stop, which are degraded, and which flows break.

A component needs what it runs on, and what it calls unless the model says `required: false`. A component with copies in several zones
survives the loss of one zone, and so does everything that the cloud replicates itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from archgen.kinds.key_management import KeyManagement
from archgen.kinds.postgresql import Postgresql
from archgen.model.architecture import Architecture


@dataclass(frozen=True, slots=True)
class Impact:
    """The effects of a failure. `failed` are the ids of the components that fail themselves; `stopped` and `degraded` map ids to
    reasons; `flows` maps the id of each flow that breaks to the position of the first step that fails."""

    what: str
    failed: tuple[str, ...]
    stopped: Mapping[str, str]
    degraded: Mapping[str, str]
    flows: Mapping[str, int]


def of_component(a: Architecture, component: str) -> Impact:
    """The effects of losing a component. Raises KeyError if the architecture does not have it."""
    return _impact(a, a.components[component].title, [component], {})


def of_zone(a: Architecture, zone: str) -> Impact:
    """The effects of losing a zone. Raises ValueError if the architecture does not use it."""
    position = a.zones.index(zone)
    failed: list[str] = []
    weakened: dict[str, str] = {}
    for name, component in a.components.items():
        zones = {member.zone for member in component.members(len(a.zones), a.coordinate.cloud)}
        if position in zones:
            left = len(zones) - 1
            if left:
                weakened[name] = f"{left} of {len(zones)} zones left"
            else:
                failed.append(name)
    network = a.document.network
    if network and a.coordinate.cloud == "aws" and network.aws.nat_gateways == "single" and position == 0:
        for name, component in a.components.items():
            tier = a.tiers.get(component.tier_of_members() or a.place(component))
            if tier and tier.internet == "outbound" and name not in failed:
                weakened.setdefault(name, "no outbound access: the only NAT gateway is in this zone")
    return _impact(a, zone, failed, weakened)


def single_points(a: Architecture) -> Iterator[tuple[str, Impact]]:
    """Each zone of the cloud with the effects of losing it."""
    for zone in a.zones:
        yield zone, of_zone(a, zone)


def _impact(a: Architecture, what: str, failed: Iterable[str], weakened: Mapping[str, str]) -> Impact:
    down = dict.fromkeys(failed, "")
    degraded = dict(weakened)
    needed_by = _needed_by(a)
    waiting = list(down)
    while waiting:
        name = waiting.pop(0)
        for other, why, needed in needed_by.get(name, ()):
            if other in down:
                continue
            if needed:
                down[other] = why
                degraded.pop(other, None)
                waiting.append(other)
            else:
                degraded.setdefault(other, why)
    degraded = {name: why for name, why in degraded.items() if name not in down}
    stopped = {name: why for name, why in down.items() if why}
    lost = tuple(name for name, why in down.items() if not why)
    return Impact(what, lost, stopped, degraded, dict(_broken_flows(a, _with_guests(a, lost))))


def _with_guests(a: Architecture, lost: Iterable[str]) -> set[str]:
    """Failed components and what runs on them. Callers are not included, since a flow still reaches them."""
    hosts = set(lost)
    return hosts | {name for name, component in a.components.items() if component.runs_on in hosts}


def _needed_by(a: Architecture) -> dict[str, list[tuple[str, str, bool]]]:
    """By component: (dependent component, reason, whether it stops without the component)."""
    dependents: dict[str, list[tuple[str, str, bool]]] = {}
    for name, component in a.components.items():
        for target, call in component.calls.items():
            dependents.setdefault(target, []).append((name, f"calls {a.components[target].title}", call.required))
        if component.runs_on:
            host = component.runs_on
            dependents.setdefault(host, []).append((name, f"runs on {a.components[host].title}", True))
        if isinstance(component, KeyManagement):
            for target in component.protects:
                why = f"{component.title} cannot issue new keys"
                dependents.setdefault(name, []).append((target, why, False))
        if isinstance(component, Postgresql) and component.credentials_in:
            why = f"credentials in {a.components[component.credentials_in].title} cannot be rotated"
            dependents.setdefault(component.credentials_in, []).append((name, why, False))
    return dependents


def _broken_flows(a: Architecture, lost: set[str]) -> Iterator[tuple[str, int]]:
    """Each flow with a required step from or to a failed component, and the position of the first such step."""
    for name, flow in a.document.flows.items():
        begin = {step.from_ for step in flow.steps} - {step.to for step in flow.steps if step.to != step.from_}
        entered = begin | {step.to for step in flow.steps if _required(a, step.from_, step.to)}
        for position, step in enumerate(flow.steps):
            needed = step.from_ in entered and _required(a, step.from_, step.to)
            if needed and {step.from_, step.to} & lost:
                yield name, position
                break


def _required(a: Architecture, tail: str, head: str) -> bool:
    """Whether a flow needs a step. Answers, which go against a connection, are always needed."""
    call = a.components[tail].calls.get(head)
    return call is None or call.required
