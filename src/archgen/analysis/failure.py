"""The effects of a failure: what stops, what is degraded, who is cut off, which flows break, and what cannot be said.

A component needs what it runs on, and what it calls unless the model says `required: false`. What passes requests on, such as a load
balancer, stops only without all of its targets. People do not stop, and nothing depends on them: they are cut off.

The effects are computed twice: from what fails for certain, and from that together with everything of which the model does not say
whether it fails. What only the second computation finds is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from archgen.analysis.survival import Survival, survives_zone
from archgen.kinds.actor import Actor
from archgen.kinds.key_management import KeyManagement
from archgen.kinds.postgresql import Postgresql
from archgen.model.answer import Answer, Lack
from archgen.model.architecture import Architecture


@dataclass(frozen=True, slots=True)
class Impact:
    """The effects of a failure.

    Certain: `failed` are the ids of the components that fail themselves; `stopped`, `degraded` and `cut_off` map ids to reasons;
    `flows` maps the id of each flow that breaks to the position of the first step that fails.

    Not certain: `unknown` maps the id of each component of which the model does not say whether it fails to what is missing;
    `may_stop` and `may_break` are what stops and breaks in addition if all of them fail.

    `survivors` maps ids to the reasons why the components do not fail themselves; it is empty if only one component fails.
    """

    what: str
    failed: tuple[str, ...]
    stopped: Mapping[str, str]
    degraded: Mapping[str, str]
    flows: Mapping[str, int]
    cut_off: Mapping[str, str] = field(default_factory=dict)
    unknown: Mapping[str, tuple[Lack, ...]] = field(default_factory=dict)
    may_stop: Mapping[str, str] = field(default_factory=dict)
    may_break: Mapping[str, int] = field(default_factory=dict)
    survivors: Mapping[str, str] = field(default_factory=dict)

    @property
    def lacks(self) -> tuple[Lack, ...]:
        """Everything that is missing for a certain answer, each once."""
        return tuple(dict.fromkeys(lack for lacks in self.unknown.values() for lack in lacks))


def of_component(a: Architecture, component: str) -> Impact:
    """The effects of losing a component. Raises KeyError if the architecture does not have it."""
    return _impact(a, a.components[component].title, [component], {}, {})


def of_zone(a: Architecture, zone: str) -> Impact:
    """The effects of losing a zone. Raises ValueError if the architecture does not use it."""
    position = a.zones.index(zone)
    fates = {name: survives_zone(a, name, zone) for name in a.components}
    failed = [name for name, fate in fates.items() if fate.answer.truth == "no"]
    weakened = {name: fate.weakened for name, fate in fates.items() if fate.weakened}
    if _has_only_gateway_in(a, position):
        for name, component in a.components.items():
            tier = a.tiers.get(component.tier_of_members() or a.place(component))
            if tier and tier.internet == "outbound" and name not in failed:
                weakened.setdefault(name, "no outbound access: the only NAT gateway is in this zone")
    return _impact(a, zone, failed, weakened, fates)


def _has_only_gateway_in(a: Architecture, position: int) -> bool:
    network = a.document.network
    return bool(network and a.coordinate.cloud == "aws" and network.aws.nat_gateways == "single" and position == 0)


def zone_impacts(a: Architecture) -> Iterator[tuple[str, Impact]]:
    """Each zone of the cloud with the effects of losing it."""
    for zone in a.zones:
        yield zone, of_zone(a, zone)


def outlives(impact: Impact) -> Answer:
    """Whether everything survives: unknown if nothing fails for certain, but the model does not say so of every component."""
    if impact.failed:
        return Answer("no", tuple(impact.failed))
    return Answer("unknown", (), impact.lacks) if impact.unknown else Answer("yes")


# -- what follows from a failure -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Need:
    """One of `targets` is enough for `owner`. Without all of them it stops, or is degraded if the need is not `required`."""

    owner: str
    targets: tuple[str, ...]
    why: str
    required: bool


@dataclass(slots=True)
class _Effects:
    """What a walk over the needs found, each with its reason; the reason of what failed itself is empty."""

    down: dict[str, str]
    degraded: dict[str, str]
    cut_off: dict[str, str]


def _impact(
    a: Architecture,
    what: str,
    failed: Iterable[str],
    weakened: Mapping[str, str],
    fates: Mapping[str, Survival],
) -> Impact:
    needs = _by_target(a)
    certain = _effects(a, needs, failed, weakened)
    unknown = {
        n: fate.answer.lacks for n, fate in fates.items() if fate.answer.truth == "unknown" and n not in certain.down
    }
    lost = [name for name, why in certain.down.items() if not why]
    flows = dict(_broken_flows(a, _with_guests(a, lost)))
    possible = _effects(a, needs, [*lost, *unknown], weakened) if unknown else certain
    also = [name for name, why in possible.down.items() if not why]
    broken = dict(_broken_flows(a, _with_guests(a, also))) if unknown else flows
    return Impact(
        what,
        tuple(lost),
        {name: why for name, why in certain.down.items() if why},
        {name: why for name, why in certain.degraded.items() if name not in certain.down and name not in unknown},
        flows,
        certain.cut_off,
        unknown,
        {name: why for name, why in possible.down.items() if why and name not in certain.down},
        {name: step for name, step in broken.items() if name not in flows},
        {n: reason for n, fate in fates.items() if fate.answer.truth == "yes" for reason in fate.answer.because[:1]},
    )


def _effects(
    a: Architecture, needs: Mapping[str, list[_Need]], failed: Iterable[str], weakened: Mapping[str, str]
) -> _Effects:
    found = _Effects(dict.fromkeys(failed, ""), dict(weakened), {})
    waiting = list(found.down)
    while waiting:
        name = waiting.pop(0)
        for need in needs.get(name, ()):
            if need.owner in found.down:
                continue
            why = need.why.format(a.components[name].title)
            if isinstance(a.components[need.owner], Actor):
                found.cut_off.setdefault(need.owner, why)
            elif need.required and all(target in found.down for target in need.targets):
                found.down[need.owner] = why
                waiting.append(need.owner)
            else:
                found.degraded.setdefault(need.owner, why)
    return found


def _with_guests(a: Architecture, lost: Iterable[str]) -> set[str]:
    """Failed components and what runs on them. Callers are not included, since a flow still reaches them."""
    hosts = set(lost)
    return hosts | {name for name, component in a.components.items() if component.runs_on in hosts}


def _by_target(a: Architecture) -> dict[str, list[_Need]]:
    """The needs by each of the components that they name. Nothing needs people."""
    by_target: dict[str, list[_Need]] = {}
    for need in _needs(a):
        for target in need.targets:
            if not isinstance(a.components[target], Actor):
                by_target.setdefault(target, []).append(need)
    return by_target


def _needs(a: Architecture) -> Iterator[_Need]:
    for name, component in a.components.items():
        ways = tuple(
            t for t, call in component.calls.items() if a.traits(name).proxy and "required" not in call.model_fields_set
        )
        if ways:
            yield _Need(name, ways, "no longer leads to {}", required=True)
        for target, call in component.calls.items():
            if target not in ways:
                yield _Need(name, (target,), "calls {}", call.required)
        if component.runs_on:
            yield _Need(name, (component.runs_on,), "runs on {}", required=True)
        if isinstance(component, KeyManagement):
            for target in component.protects:
                yield _Need(target, (name,), "{} cannot issue new keys", required=False)
        if isinstance(component, Postgresql) and component.credentials_in:
            yield _Need(name, (component.credentials_in,), "credentials in {} cannot be rotated", required=False)


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
