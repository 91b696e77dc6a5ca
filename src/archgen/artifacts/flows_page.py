"""The flows page: what travels through the architecture, step by step."""

from __future__ import annotations

from typing import Any

from archgen.artifacts.base import Context, Emitted, Nav
from archgen.model.architecture import Architecture
from archgen.model.operations import Flow


def emit(context: Context) -> Emitted:
    """One page, in a model with flows: each at the default coordinate, or where it first exists."""
    flows: dict[str, tuple[Architecture, Flow]] = {}
    for architecture in (context.default, *context.resolved.architectures.values()):
        for name, flow in architecture.document.flows.items():
            flows.setdefault(name, (architecture, flow))
    if not flows:
        return [], []
    rows = [_row(context, name, *found) for name, found in flows.items()]
    return [context.page("flows", "flows.md", Nav("Architecture", "Flows", 50), ("flows",), rows=rows)], []


def _row(context: Context, name: str, architecture: Architecture, flow: Flow) -> dict[str, Any]:
    calls = {(c.tail, c.head): c.call for c in architecture.connections if not c.from_segment}
    steps = []
    for step in flow.steps:
        call = calls.get((step.from_, step.to)) or calls[step.to, step.from_]
        how = " ".join(part for part in (call.protocol or "", str(call.port or "")) if part)
        ends = [{"id": id_, "title": architecture.components[id_].title} for id_ in (step.from_, step.to)]
        steps.append({"ends": ends, "text": step.text, "how": how})
    place = context.default.stated_at("flows", name)
    return {"id": name, "flow": flow, "steps": steps, "line": place.line, "edit": context.edit_link(place)}
