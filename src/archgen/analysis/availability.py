"""The availability that vendors promise, in percent of a month, for everything that a component or a flow needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

from archgen.catalog import ServiceLevel
from archgen.model.architecture import Architecture


@dataclass(frozen=True, slots=True)
class ComponentPromise:
    """A needed component: its id, the percentage that the vendor promises for its product as configured, and the vendor's SLA."""

    component: str
    percent: float
    level: ServiceLevel


@dataclass(frozen=True, slots=True)
class Promise:
    """The combined promise of several components: `parts` have an SLA, `unknown` are ids of components without one."""

    parts: tuple[ComponentPromise, ...]
    unknown: tuple[str, ...]

    @property
    def percent(self) -> float:
        """The product of all parts, since they fail independently; 100 if there are none."""
        return 100 * prod(part.percent / 100 for part in self.parts)

    @property
    def minutes(self) -> float:
        """The downtime that the promise allows, in minutes of a 30-day month."""
        return (100 - self.percent) / 100 * 30 * 24 * 60


def needs(a: Architecture, component: str) -> list[str]:
    """The ids of a component and of everything that it needs, directly or indirectly: required callees and hosts."""
    needed = dict.fromkeys([component])
    waiting = [component]
    while waiting:
        entity = a.components[waiting.pop()]
        direct = [target for target, call in entity.calls.items() if call.required]
        direct += [entity.runs_on] if entity.runs_on else []
        fresh = [name for name in direct if name not in needed]
        needed.update(dict.fromkeys(fresh))
        waiting += fresh
    return list(needed)


def of_component(a: Architecture, component: str) -> Promise:
    """The combined promise for a component and everything it needs."""
    return _promise(a, needs(a, component))


def of_flow(a: Architecture, flow: str) -> Promise:
    """The combined promise for a flow's required components and their hosts."""
    steps = a.document.flows[flow].steps
    optional = {(n, t) for n, c in a.components.items() for t, call in c.calls.items() if not call.required}
    passed = dict.fromkeys([steps[0].from_])
    for step in steps:
        if (step.from_, step.to) not in optional and step.from_ in passed:
            passed[step.to] = None
    hosts = [host for name in passed if (host := a.components[name].runs_on)]
    return _promise(a, dict.fromkeys([*passed, *hosts]))


def _promise(a: Architecture, names: Iterable[str]) -> Promise:
    parts, unknown = [], []
    for name in names:
        component = a.components[name]
        product = a.product(component)
        if product and product.sla:
            percent = product.sla.percent
            if component.copies(len(a.zones)) == 1 and product.sla.single_zone is not None:
                percent = product.sla.single_zone
            parts.append(ComponentPromise(name, percent, product.sla))
        elif component.needs_product or component.runs_on:
            unknown.append(name)
    return Promise(tuple(parts), tuple(unknown))
