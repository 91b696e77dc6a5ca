"""The list of flows; and the steps of one flow, for its page."""

from __future__ import annotations

from typing import Any

from archgen.artifacts.base import Context, Emitted, Nav
from archgen.model.architecture import Architecture
from archgen.model.operations import Flow


def emit(context: Context) -> Emitted:
    """One page; nothing if the model has no flows."""
    flows = _flows(context)
    if not flows:
        return [], []
    rows = [{"id": name, "flow": flow, "steps": len(flow.steps)} for name, (_a, flow) in flows.items()]
    return [context.page("flows", "flows.md", Nav("Architecture", "All flows", 40, "Flows"), ("flows",), rows=rows)], []


def steps(architecture: Architecture, name: str) -> list[dict[str, Any]]:
    """A row for each step of a flow at a coordinate: the titles of its ends, its text, and how the ends are connected there."""
    flow = architecture.document.flows[name]
    calls = {(c.tail, c.head): c.call for c in reversed(architecture.traffic)}
    rows = []
    for step in flow.steps:
        along = architecture.along(step)
        call = along[0].call if along else calls[step.to, step.from_]
        how = " ".join(part for part in (call.protocol or "", str(call.port or "")) if part)
        ends = [{"id": id_, "title": architecture.components[id_].title} for id_ in (step.from_, step.to)]
        rows.append({"ends": ends, "text": step.text, "how": how})
    return rows


def _flows(context: Context) -> dict[str, tuple[Architecture, Flow]]:
    """Every flow by name, at the default coordinate or else at the first one that has it."""
    flows: dict[str, tuple[Architecture, Flow]] = {}
    for architecture in (context.default, *context.resolved.architectures.values()):
        for name, flow in architecture.document.flows.items():
            flows.setdefault(name, (architecture, flow))
    return flows
