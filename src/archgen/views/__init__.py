"""What each picture shows: one view a file, found by scanning, and those that a model declares itself.

A view's module has a TITLE, the QUESTION that it answers, its ORDER among the others, the PART of the model that it mostly shows, and
`view(architecture, horizon)`, a pure function to a Graph. `horizon` is the same cloud and environment in the last phase. A module with
ALL_PHASES gets the architectures of every phase too. A graph without nodes says that there is nothing to show.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from archgen.diagnostic import Path
from archgen.registry import functions, name_of

if TYPE_CHECKING:
    from archgen.coordinate import Coordinate
    from archgen.graph import Graph
    from archgen.model.resolve import Resolved


@dataclass(frozen=True, slots=True)
class View:
    """One view of a model: its name, what it is called, what it answers, the part that it shows, and how to make its graph."""

    name: str
    title: str
    question: str
    part: Path
    graph: Callable[[Coordinate], Graph]


def views_of(resolved: Resolved) -> dict[str, View]:
    """Every view of a model by name: archgen's in their order, then the model's own."""
    modules = sorted(functions("views", "view"), key=lambda found: (getattr(found[0], "ORDER", 100), found[0].__name__))
    found = {}
    for module, view in modules:
        name = name_of(module)
        part = getattr(module, "PART", ("components",))
        graph = _graph(resolved, view, every_phase=getattr(module, "ALL_PHASES", False))
        found[name] = View(name, module.TITLE, module.QUESTION, part, graph)
    return found | _of_the_model(resolved)


def _graph(resolved: Resolved, view: Callable[..., Graph], *, every_phase: bool) -> Callable[[Coordinate], Graph]:
    def graph(coordinate: Coordinate) -> Graph:
        architecture, horizon = resolved.architectures[coordinate], resolved.horizon(coordinate)
        if not every_phase:
            return view(architecture, horizon)
        road = tuple(resolved.architectures[replace(coordinate, phase=phase)] for phase in resolved.axes.phases)
        return view(architecture, horizon, road)

    return graph


def _of_the_model(resolved: Resolved) -> dict[str, View]:
    from archgen.views._declared import declared

    names = dict.fromkeys(name for a in resolved.architectures.values() for name in a.document.views)
    found = {}
    for name in names:
        first = next(a.document.views[name] for a in resolved.architectures.values() if name in a.document.views)
        graph = _graph(resolved, declared(name, first.title), every_phase=False)
        found[name] = View(name, first.title, first.question, ("views", name), graph)
    return found
