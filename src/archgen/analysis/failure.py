"""An architecture and something that fails in; out comes what stops with it, what goes on without it, and which flows break.

A call is needed unless the model says `required: false`; what runs on something needs it. A component with copies in several zones
outlives any one of them. What the cloud itself keeps in several zones is taken to outlive a zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from archgen.kinds.key_management import KeyManagement
from archgen.kinds.postgresql import Postgresql
from archgen.model.architecture import Architecture


@dataclass(frozen=True, slots=True)
class Impact:
    """What a failure does. `failed`: what itself fails; `stopped` and `degraded`: components with why; `flows`: flows that break, by
    id, each with the position of the first step that cannot be done."""

    what: str
    failed: tuple[str, ...]
    stopped: Mapping[str, str]
    degraded: Mapping[str, str]
    flows: Mapping[str, int]


def of_component(a: Architecture, component: str) -> Impact:
    """What the loss of a component does. Raises KeyError for one that is not there."""
    return _impact(a, a.components[component].title, [component], {})


def of_zone(a: Architecture, zone: str) -> Impact:
    """What the loss of a zone does. Raises ValueError for one that the cloud does not use."""
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
                weakened.setdefault(name, "no way out: the one NAT gateway is in this zone")
    return _impact(a, zone, failed, weakened)


def single_points(a: Architecture) -> Iterator[tuple[str, Impact]]:
    """Each zone of the cloud with what its loss does."""
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
    gone = tuple(name for name, why in down.items() if not why)
    return Impact(what, gone, stopped, degraded, dict(_broken(a, _with_guests(a, gone))))


def _with_guests(a: Architecture, gone: Iterable[str]) -> set[str]:
    """What is gone, and what ran on it; callers are still there, and a flow comes as far as them."""
    found = set(gone)
    return found | {name for name, component in a.components.items() if component.runs_on in found}


def _needed_by(a: Architecture) -> dict[str, list[tuple[str, str, bool]]]:
    """By component: who needs it, what for, and whether they stop without it."""
    found: dict[str, list[tuple[str, str, bool]]] = {}
    for name, component in a.components.items():
        for target, call in component.calls.items():
            found.setdefault(target, []).append((name, f"calls {a.components[target].title}", call.required))
        if component.runs_on:
            host = component.runs_on
            found.setdefault(host, []).append((name, f"runs on {a.components[host].title}", True))
        if isinstance(component, KeyManagement):
            for target in component.protects:
                why = f"new keys from {component.title} cannot be had"
                found.setdefault(name, []).append((target, why, False))
        if isinstance(component, Postgresql) and component.credentials_in:
            why = f"credentials in {a.components[component.credentials_in].title} cannot be rotated"
            found.setdefault(component.credentials_in, []).append((name, why, False))
    return found


def _broken(a: Architecture, gone: set[str]) -> Iterator[tuple[str, int]]:
    """Flows with a step that needs what is gone, with the first such step; one over a call that is not required is passed over."""
    for name, flow in a.document.flows.items():
        begin = {step.from_ for step in flow.steps} - {step.to for step in flow.steps if step.to != step.from_}
        entered = begin | {step.to for step in flow.steps if _required(a, step.from_, step.to)}
        for position, step in enumerate(flow.steps):
            needed = step.from_ in entered and _required(a, step.from_, step.to)
            if needed and {step.from_, step.to} & gone:
                yield name, position
                break


def _required(a: Architecture, tail: str, head: str) -> bool:
    """Whether a step must be done: one that goes back over a connection is."""
    call = a.components[tail].calls.get(head)
    return call is None or call.required
