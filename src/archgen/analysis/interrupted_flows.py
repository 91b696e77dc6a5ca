"""The flows that a failure breaks or delays, and where.

A flow breaks at the first required step from or to what fails itself, or that has no way left. If it has none, it breaks where it first
needs something that stops as a consequence. A step that only manages such a component, for example a deployment, still reaches it. A step
behind a carrier that keeps its messages, such as a queue, does not break the flow: it comes late.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from archgen.model.architecture import Architecture
from archgen.model.connections import Connection
from archgen.model.operations import Flow, Step
from archgen.records import dataclass


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The ids of interrupted flows, each with the position of the first step that cannot be taken.

    `broken` do not go on, `late` wait in a carrier, and `either` do one or the other: the model does not say whether the carrier keeps
    its messages.
    """

    broken: dict[str, int]
    late: dict[str, int]
    either: dict[str, int]


def interrupted_flows(a: Architecture, down: Mapping[str, str], cut: Collection[str] = ()) -> Interrupted:
    """The flows that do not go on without what is down.

    `down` has the ids of everything that fails, with an empty reason, and of everything that stops with it, in the order of the effects.
    `cut` has the ids of connections that have no way left.
    """
    failed = {name for name, why in down.items() if not why}
    failed |= {name for name, component in a.components.items() if component.runs_on in failed}
    stopped = [name for name in down if name not in failed]
    found = Interrupted({}, {}, {})
    for name, flow in a.document.flows.items():
        needed = _needed(a, flow, down, cut)
        waiting, perhaps = _behind(a, flow, down, (True,)), _behind(a, flow, down, (True, None))
        for into, positions in (
            (found.broken, [at for at in needed if at not in perhaps]),
            (found.either, [at for at in needed if at in perhaps - waiting]),
            (found.late, [at for at in needed if at in waiting]),
        ):
            if (position := _where(a, flow, positions, failed, stopped, cut)) is not None:
                into[name] = position
                break
    return found


def _where(
    a: Architecture,
    flow: Flow,
    positions: list[int],
    failed: Collection[str],
    stopped: Iterable[str],
    cut: Collection[str],
) -> int | None:
    """The first of the steps that cannot be taken: because of what fails, otherwise because of what stops with it."""
    unreachable = (at for at in positions if _is_cut(a, flow.steps[at], cut))
    directly = [at for at in (_first(flow, positions, failed), next(unreachable, None)) if at is not None]
    if directly:
        return min(directly)
    used = [at for at in positions if not only_manages(a, flow.steps[at])]
    found = (_first(flow, used, {component}) for component in stopped)
    return next((at for at in found if at is not None), None)


def _behind(a: Architecture, flow: Flow, down: Collection[str], keeping: tuple[bool | None, ...]) -> set[int]:
    """The positions of the steps from carriers that work, of those with which others take from them, and of those that follow.

    `keeping` has the answers to whether a carrier keeps its messages that count.
    """
    behind: set[str] = set()
    before = {flow.steps[0].from_}
    found: set[int] = set()
    for at, step in enumerate(flow.steps):
        carriers = {
            end
            for end in (step.from_, step.to)
            if a.traits(end).carrier and a.traits(end).keeps_data in keeping and end not in down
        }
        takes = step.to in carriers and step.from_ not in before and _only_takes(a, step)
        if step.from_ in carriers or step.from_ in behind or takes:
            found.add(at)
            behind |= {step.from_ if takes else step.to} - before
        else:
            before.add(step.to)
            behind.discard(step.to)
    return found


def _only_takes(a: Architecture, step: Step) -> bool:
    """Whether a step only gets data from what it reaches, such as messages from a queue."""
    calls = a.along(step)
    return bool(calls) and all(c.data == "received" for c in calls)


def _first(flow: Flow, positions: Iterable[int], gone: Collection[str]) -> int | None:
    """The first of the steps that begins or ends at one of these components."""
    return next((at for at in positions if flow.steps[at].from_ in gone or flow.steps[at].to in gone), None)


def _is_cut(a: Architecture, step: Step, cut: Collection[str]) -> bool:
    """Whether no connection of a step, in either direction, has a way left."""
    calls = a.along(step) or tuple(c for c in a.traffic_from(step.to) if c.head == step.from_)
    return bool(calls) and all(connection.id in cut for connection in calls)


def _needed(a: Architecture, flow: Flow, down: Collection[str], cut: Collection[str]) -> list[int]:
    """The positions of the steps without which the flow does not go on: required ones that are not reached by optional ones only."""
    begin = {step.from_ for step in flow.steps} - {step.to for step in flow.steps if step.to != step.from_}
    required = [_required(a, step, down, cut) for step in flow.steps]
    entered = begin | {step.to for step, needed in zip(flow.steps, required, strict=True) if needed}
    return [at for at, step in enumerate(flow.steps) if required[at] and step.from_ in entered]


def _required(a: Architecture, step: Step, down: Collection[str], cut: Collection[str]) -> bool:
    """Whether a flow needs a step. Answers, which go against a connection, are always needed."""
    calls = a.along(step)
    return not calls or any(c.need != "optional" and not _has_another_way(a, c, down, cut) for c in calls)


def _has_another_way(a: Architecture, connection: Connection, down: Collection[str], cut: Collection[str]) -> bool:
    """Whether an alternative is left for a connection whose other end is down or out of reach."""
    if not connection.call.one_of or (connection.head not in down and connection.id not in cut):
        return False
    others = (c for c in a.traffic_from(connection.tail) if c.call.one_of == connection.call.one_of)
    return any(c.head not in down and c.id not in cut for c in others)


def only_manages(a: Architecture, step: Step) -> bool:
    """Whether a step only manages what it reaches, or reports to what manages it, so that it does not need what that needs."""
    calls = a.along(step) or [c for c in a.traffic_from(step.to) if c.head == step.from_]
    return bool(calls) and all(c.kind == "control" for c in calls)
