"""HA202: in production, components that a flow depends on have a second copy."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.analysis.articulation import articulation_points
from archgen.analysis.regions import active_zones, is_active_in_several, zones_to_lose
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.cache import Cache
from archgen.kinds.relational_database import RelationalDatabase
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, OUTSIDE
from archgen.model.outcome import Outcome, Passed, Unsaid

CODE = "HA202"
TITLE = "A user flow depends on a single copy of a component"
SEVERITY = "warning"

ASKED_ELSEWHERE = (Cache, RelationalDatabase, Service)  # covered in more detail by HA201 and HA204


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each single-copy component without which a flow that starts at an actor is interrupted."""
    if not architecture.environment.production:
        return
    zones = len(architecture.zones)
    said: set[str] = set()
    for flow in architecture.document.flows.values():
        if not architecture.components[flow.steps[0].from_].person:
            continue
        for name in articulation_points((step.from_, step.to) for step in flow.steps):
            component = architecture.components[name]
            copies = component.copies(zones)
            if name in said or isinstance(component, ASKED_ELSEWHERE):
                continue
            said.add(name)
            if is_active_in_several(architecture, component):
                yield Passed(("components", name))
                continue
            if copies != 1 and len(active_zones(architecture, component)) == 1:
                message = f"the flow '{flow.title}' depends on '{name}', which is in one zone in production"
                yield Diagnostic(CODE, message, "run copies in other zones", ("components", name, "zones"))
                continue
            if copies is None:
                yield from _without_a_number(architecture, name)
                continue
            if copies > 1:
                yield Passed(("components", name))
                continue
            message = f"the flow '{flow.title}' depends on a single copy of '{name}' in production"
            path = ("components", name, *(("replicas",) if "replicas" in type(component).model_fields else ()))
            yield Diagnostic(CODE, message, "run at least two copies in different zones", path)


def _without_a_number(a: Architecture, name: str) -> Iterator[Outcome]:
    """What can be said about a component whose copies the model does not count: whether its vendor spreads it over zones."""
    if a.place(a.components[name]) in (OUTSIDE, EDGE):
        return
    answers = [survival.answer for survival in zones_to_lose(a, name)]
    lacks = dict.fromkeys(lack for answer in answers for lack in answer.lacks)
    yield from (Unsaid(("components", name), lack) for lack in lacks)
    if not lacks and all(answer.truth == "yes" for answer in answers):
        yield Passed(("components", name))
