"""The view of a flow: the components that it passes through, with a numbered arrow for each step."""

from __future__ import annotations

from collections.abc import Callable

from archgen.analysis.grouping import by_runtime
from archgen.draw.graph import Edge, Graph
from archgen.model.architecture import Architecture
from archgen.views._groups import grouped, picture


def flow(name: str, title: str) -> Callable[[Architecture, Architecture], Graph]:
    """A view function for the flow with the id `name`. Its graph is empty at coordinates that do not have the flow."""

    def view(architecture: Architecture, horizon: Architecture) -> Graph:
        stated = architecture.document.flows.get(name)
        steps = stated.steps if stated else ()
        names = dict.fromkeys(end for step in steps for end in (step.from_, step.to))
        return picture(
            f"flow-{name}",
            title,
            (stated.question if stated else None) or f"{title} on {architecture.facts.full_name}.",
            architecture,
            grouped(architecture, horizon, names, by_runtime),
            [
                Edge(
                    f"step-{n}",
                    step.from_,
                    step.to,
                    str(n),
                    step.text,
                    against=_returns(architecture, step.from_, step.to),
                )
                for n, step in enumerate(steps, 1)
            ],
        )

    return view


def _returns(a: Architecture, tail: str, head: str) -> bool:
    """Whether a step goes against the direction of its connection."""
    return head not in a.called_by(tail)
