"""A page for each view, and its pictures as files for every coordinate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from archgen.artifacts._pictures import picture_files, pictures
from archgen.artifacts.base import MEMORY, Artifact, Context, Emitted, Nav
from archgen.artifacts.flows_page import steps
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.draw import icons
from archgen.draw.batch import remembered
from archgen.draw.graph import Graph
from archgen.model.resolve import locate
from archgen.views import View

# Views whose page is made by another module, since it has more than the picture.
WITH_TABLES = ("platform", "delivery", "observability", "road")

# Views about how the system changes: their order and their group among the pages about that.
OF_CHANGES = {"phases": (2, ""), "stacks": (101, "Terraform")}


def emit(context: Context) -> Emitted:
    """The overview, a page for each view, and the standalone SVG files."""
    artifacts: list[Artifact] = []
    shown = list(context.views.items())
    artifacts.append(
        context.page(
            "index",
            "architecture.md",
            Nav("Architecture", "Overview", 0),
            (),
            views=[{"name": name, "title": view.title, "question": view.question} for name, view in shown],
        )
    )
    for position, (name, view) in enumerate(shown):
        artifacts += picture_files(context, name)
        if name in WITH_TABLES:
            continue
        artifacts.append(
            context.page(
                name,
                "view.md",
                _place(name, view, position),
                view.part if context.default.tree.get(view.part) else ("components",),
                title=view.title,
                question=view.question,
                tabs=list(_tabs(context, name, view)),
            )
        )
    if context.makes(MEMORY):
        artifacts.append(_memory(context))
    return artifacts, [
        *(_took_too_long(context, graph) for graph in context.drawings.simplified),
        *_missing_icons(context),
    ]


def _tabs(context: Context, name: str, view: View) -> Iterator[dict[str, Any]]:
    """The pictures of a view; those of a flow have its steps, as they are where the picture is."""
    for tab in pictures(context, name, name):
        a = context.resolved.architectures[tab["coordinate"]]
        yield {**tab, "steps": steps(a, name.removeprefix("flow-"))} if view.part[0] == "flows" else tab


def _memory(context: Context) -> Artifact:
    """The geometry of all pictures, for the next build."""
    return Artifact(MEMORY, (json.dumps(remembered(context.drawings), separators=(",", ":")) + "\n").encode())


def _place(name: str, view: View, position: int) -> Nav:
    """Where the page of a view is in the navigation; `position` is that among all views."""
    if name in OF_CHANGES:
        return Nav("Change", view.title, *OF_CHANGES[name])
    if view.part[0] == "flows":
        return Nav("Architecture", view.title, 41 + position, "Flows")
    return Nav("Architecture", view.title, 1 + position)


def _missing_icons(context: Context) -> Iterator[Diagnostic]:
    """A warning for each icon that a catalog names and that does not exist; its product is drawn as a tile."""
    named = {node.icon.image: node for graph in context.drawings.of for node in graph.nodes().values()}
    for icon, node in named.items():
        if icon is None or icons.usable(icon):
            continue
        message = f"the diagrams package has no icon {icon}, so '{node.label}' is drawn as a tile with letters"
        yield Diagnostic(
            "ARC-V005",
            message,
            "specify a class of the diagrams package, or a `tile`",
            severity="warning",
            subject="catalog",
        )


def _took_too_long(context: Context, graph: Graph) -> Diagnostic:
    message = f"the picture '{graph.title}' took too long to lay out, so it is drawn in plain rows"
    view = context.every_view.get(graph.name)  # None for a roadmap step, which has its own graph name
    return locate(
        Diagnostic(
            "ARC-V003", message, "show fewer components in it", view.part if view else ("phases",), severity="warning"
        ),
        context.default.tree,
    )
