"""An architecture in; out comes what the vendors promise, in percent of a month, for all that a component or a flow needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

from archgen.catalog import ServiceLevel
from archgen.model.architecture import Architecture


@dataclass(frozen=True, slots=True)
class ComponentPromise:
    """A component that is needed: its id, the percentage that its product's vendor promises for it as it is set, and where."""

    component: str
    percent: float
    level: ServiceLevel


@dataclass(frozen=True, slots=True)
class Promise:
    """What is promised together: `percent` when each part fails on its own, `unknown` needs that nobody promises anything for."""

    parts: tuple[ComponentPromise, ...]
    unknown: tuple[str, ...]

    @property
    def percent(self) -> float:
        """The product of all parts; 100 without any."""
        return 100 * prod(part.percent / 100 for part in self.parts)

    @property
    def minutes(self) -> float:
        """The minutes of a month of 30 days that may be lost within that."""
        return (100 - self.percent) / 100 * 30 * 24 * 60


def needs(a: Architecture, component: str) -> list[str]:
    """A component and everything that it cannot do without, near or far: what it must call, and what that runs on."""
    found = dict.fromkeys([component])
    waiting = [component]
    while waiting:
        entity = a.components[waiting.pop()]
        wanted = [target for target, call in entity.calls.items() if call.required]
        wanted += [entity.runs_on] if entity.runs_on else []
        fresh = [name for name in wanted if name not in found]
        found.update(dict.fromkeys(fresh))
        waiting += fresh
    return list(found)


def of_component(a: Architecture, component: str) -> Promise:
    """What is promised for a component with its needs."""
    return _promise(a, needs(a, component))


def of_flow(a: Architecture, flow: str) -> Promise:
    """What is promised for everything that a flow passes and must, and what that runs on."""
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
