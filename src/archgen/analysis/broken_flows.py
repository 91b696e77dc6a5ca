"""The flows that a failure breaks, and where.

A flow breaks at the first required step from or to what fails itself. If it has none, it breaks where it first needs something that
stops as a consequence. A step that only manages such a component, for example a deployment, still reaches it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from archgen.model.architecture import Architecture
from archgen.model.connections import Connection
from archgen.model.operations import Flow, Step


def broken_flows(a: Architecture, down: Mapping[str, str]) -> dict[str, int]:
    """Each flow that breaks, and the position of the step at which it does.

    `down` has the ids of everything that fails, with an empty reason, and of everything that stops with it, in the order of the effects.
    """
    failed = {name for name, why in down.items() if not why}
    failed |= {name for name, component in a.components.items() if component.runs_on in failed}
    stopped = [name for name in down if name not in failed]
    broken: dict[str, int] = {}
    for name, flow in a.document.flows.items():
        needed = _needed(a, flow, down)
        position = _first(flow, needed, failed)
        if position is None:
            used = [at for at in needed if not only_manages(a, flow.steps[at])]
            found = (_first(flow, used, {component}) for component in stopped)
            position = next((at for at in found if at is not None), None)
        if position is not None:
            broken[name] = position
    return broken


def _first(flow: Flow, positions: Iterable[int], gone: Collection[str]) -> int | None:
    """The first of the steps that begins or ends at one of these components."""
    return next((at for at in positions if flow.steps[at].from_ in gone or flow.steps[at].to in gone), None)


def _needed(a: Architecture, flow: Flow, down: Collection[str]) -> list[int]:
    """The positions of the steps without which the flow does not go on: required ones that are not reached by optional ones only."""
    begin = {step.from_ for step in flow.steps} - {step.to for step in flow.steps if step.to != step.from_}
    required = [_required(a, step, down) for step in flow.steps]
    entered = begin | {step.to for step, needed in zip(flow.steps, required, strict=True) if needed}
    return [at for at, step in enumerate(flow.steps) if required[at] and step.from_ in entered]


def _required(a: Architecture, step: Step, down: Collection[str]) -> bool:
    """Whether a flow needs a step. Answers, which go against a connection, are always needed."""
    calls = a.along(step)
    return not calls or any(c.need != "optional" and not _has_another_way(a, c, down) for c in calls)


def _has_another_way(a: Architecture, connection: Connection, down: Collection[str]) -> bool:
    """Whether an alternative is left for a connection whose other end is down."""
    if not connection.call.one_of or connection.head not in down:
        return False
    others = (c for c in a.traffic_from(connection.tail) if c.call.one_of == connection.call.one_of)
    return any(c.head not in down for c in others)


def only_manages(a: Architecture, step: Step) -> bool:
    """Whether a step only manages what it reaches, or reports to what manages it, so that it does not need what that needs."""
    calls = a.along(step) or [c for c in a.traffic_from(step.to) if c.head == step.from_]
    return bool(calls) and all(c.kind == "control" for c in calls)
