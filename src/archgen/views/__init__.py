"""The views: what each picture shows. One module for each view, found by scanning this folder, and those that a model declares.

A view's module has a TITLE, the QUESTION that it answers (`{home}` and `{homes}` in it become the clouds' words), its ORDER among the
others, the PART of the model that it mostly shows, and `view(architecture, horizon)`, a pure function that returns a Graph. `horizon`
is the same cloud and environment in the last phase. A module with ALL_PHASES also gets the architectures of every phase. A graph
without nodes means that there is nothing to show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from archgen.analysis.grouping import GROUP, Grouped, best_grouping, summarized_groups
from archgen.diagnostics.diagnostic import Path
from archgen.records import dataclass
from archgen.registry import Part, parts

if TYPE_CHECKING:
    from archgen.draw.graph import Graph
    from archgen.model.architecture import Architecture
    from archgen.model.coordinate import Coordinate
    from archgen.model.resolve import Resolved


@dataclass(frozen=True, slots=True)
class View:
    """One view of a model: its name, title and question, the part of the model that it shows, and the function that makes its graph."""

    name: str
    title: str
    question: str
    part: Path
    graph: Callable[[Coordinate], Graph]


def views_of(resolved: Resolved) -> dict[str, View]:
    """Every view of a model by name: archgen's and those of installed packages in their order, then the model's own.

    Raises ExtensionError for a module that does not state what it must.
    """
    modules = [(part.constant("ORDER", int, 100), part.module.__name__, part) for part in parts("views")]
    groups = summarized_groups(resolved)
    grouped = best_grouping(resolved) if groups else None
    found = {
        part.id: _of_module(resolved, part, grouped) for _order, _name, part in sorted(modules, key=lambda m: m[:2])
    }
    found |= _group_views(resolved, groups, grouped) if grouped else {}
    return found | {name: view for name, view in _declared_views(resolved).items() if name not in found}


def _of_module(resolved: Resolved, part: Part, grouped: Grouped | None) -> View:
    """The view of a module. Raises ExtensionError."""
    from archgen.views._summary import summarized

    view = part.function("view")
    if view is None:
        raise part.error("view() is missing", "add view(architecture, horizon), which returns a Graph")
    words = list(dict.fromkeys(facts.home for facts in resolved.clouds.values()))
    title, question = part.constant("TITLE", str), part.constant("QUESTION", str)
    question = question.replace("{homes}", " or ".join(words)).replace("{home}", words[0])
    every_phase = getattr(part.module, "ALL_PHASES", False)
    checked = _returning_a_graph(part, view) if part.package else view
    graph = _graph(
        resolved,
        checked,
        every_phase=every_phase,
        summary=lambda graph, a, horizon: summarized(graph, a, horizon, grouped),
    )
    return View(part.id, title, question, part.constant("PART", tuple, ("components",)), graph)


def _returning_a_graph(part: Part, view: Callable[..., Graph]) -> Callable[..., Graph]:
    def checked(*architectures: Architecture) -> Graph:
        from archgen.draw.graph import Graph

        graph = view(*architectures)
        if not isinstance(graph, Graph):
            raise part.error(
                f"view() returned {type(graph).__name__}", "return a Graph; one without nodes shows nothing"
            )
        return graph

    return checked


def capability_views(resolved: Resolved) -> dict[str, View]:
    """A view for each capability of a model, by name. Other pages show them."""
    from archgen.views._capability import of_capability

    found = {}
    for id_, capability in resolved.default.document.capabilities.items():
        graph = _graph(resolved, of_capability(id_, capability.name), every_phase=False)
        found[f"capability-{id_}"] = View(f"capability-{id_}", capability.name, "", ("capabilities", id_), graph)
    return found


def _group_views(resolved: Resolved, groups: Mapping[str, str], grouped: Grouped) -> dict[str, View]:
    """A view for each group of components, by name, for a model that is so large that pictures are summaries."""
    from archgen.views._summary import group_view

    found = {}
    for id_, label in groups.items():
        name = f"{GROUP}{id_}"
        graph = _graph(resolved, group_view(name, id_, label, grouped), every_phase=False)
        question = f"What is in {label}, and what is it connected to?"
        found[name] = View(name, label, question, ("components",), graph)
    return found


def _graph(
    resolved: Resolved,
    view: Callable[..., Graph],
    *,
    every_phase: bool,
    summary: Callable[[Graph, Architecture, Architecture], Graph] = lambda graph, *_architectures: graph,
) -> Callable[[Coordinate], Graph]:
    from archgen.views._leaving import with_leaving

    def graph(coordinate: Coordinate) -> Graph:
        architecture, horizon = resolved.architectures[coordinate], resolved.horizon(coordinate)
        if not every_phase:
            whole = with_leaving(view(architecture, horizon), architecture, horizon)
            return summary(whole, architecture, horizon)
        road = tuple(resolved.architectures[replace(coordinate, phase=phase)] for phase in resolved.axes.phases)
        return view(architecture, horizon, road)

    return graph


def _declared_views(resolved: Resolved) -> dict[str, View]:
    """The views that a model declares, and a view for each of its flows, by name."""
    from archgen.views._declared import declared
    from archgen.views._flow import flow

    found = {}
    for part, make, prefix in (("views", declared, ""), ("flows", flow, "flow-")):
        for architecture in resolved.architectures.values():
            for name, stated in getattr(architecture.document, part).items():
                if prefix + name not in found:
                    graph = _graph(resolved, make(name, stated.title), every_phase=False)
                    question = stated.question or f"{stated.title}, step by step."
                    found[prefix + name] = View(prefix + name, stated.title, question, (part, name), graph)
    return found
