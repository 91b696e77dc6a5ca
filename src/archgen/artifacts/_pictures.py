"""Pictures of a view for pages: inline at the default coordinate of each cloud, as files at the others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from archgen.artifacts._tables import connections, parts
from archgen.artifacts.addresses import GENERATED, picture_name
from archgen.artifacts.base import Artifact, Context, asset, from_file, markdown_asset
from archgen.draw.graph import Graph
from archgen.model.coordinate import Coordinate


def picture_file(context: Context, view: str, coordinate: Coordinate) -> str | None:
    """Where the picture of a view at a coordinate lies, below the generated folder; coordinates with equal pictures share one.

    None where the view has nothing to show.
    """
    graph = context.graph(view, coordinate)
    if not graph.nodes():
        return None
    first = next(other for other in context.axes.all if context.graph(view, other) == graph)
    return picture_name(view, first)


def picture_files(context: Context, view: str) -> Iterator[Artifact]:
    """Every distinct picture of a view as a file."""
    found: dict[str, Graph] = {}
    for coordinate in context.axes.all:
        if file := picture_file(context, view, coordinate):
            found.setdefault(file, context.graph(view, coordinate))
    from archgen.draw.svg import svg  # not needed to know where pictures are

    for file, graph in found.items():
        text = svg(context.drawing(graph), lambda target: from_file("diagrams", target))
        yield Artifact(f"docs/{GENERATED}/{file}", text.encode())


def pictures(context: Context, view: str, page: str) -> list[dict[str, Any]]:
    """One entry for each cloud that has something to show: its picture where the last environment stands today, or else where there
    is one; the same facts as tables; and the files of all other coordinates.
    """
    return [found for cloud in context.axes.clouds if (found := _of_cloud(context, view, page, cloud))]


def picture(context: Context, view: str, page: str, cloud: str) -> dict[str, Any] | None:
    """The same for one cloud; None where the view shows nothing there, or does not exist."""
    return _of_cloud(context, view, page, cloud) if view in context.every_view else None


def _of_cloud(context: Context, view: str, page: str, cloud: str) -> dict[str, Any] | None:
    standing = context.resolved.standing(cloud, context.axes.environments[-1])
    own = [c for c in context.axes.all if c.cloud == cloud]
    shown = next((c for c in (standing.coordinate, *own) if context.graph(view, c).nodes()), None)
    if shown is None:
        return None
    graph = context.graph(view, shown)
    files = {f"{c.environment} {c.phase}".strip(): picture_file(context, view, c) for c in own}
    return {
        "cloud": cloud,
        "view": view,
        "name": standing.facts.name,
        "title": graph.title,
        "description": graph.description,
        "where": _where(context, shown),
        "svg": context.inline_svg(graph, page),
        "width": context.drawing(graph).width,
        "parts": list(parts(graph)),
        "connections": list(connections(graph)),
        "switches": _switches(context, shown),
        "map": json.dumps({key: asset(page, file) if file else None for key, file in files.items()}),
        "files": [
            {"name": _where(context, other), "path": markdown_asset(page, file)}
            for other in own
            if other != shown and other.phase == shown.phase and (file := picture_file(context, view, other))
        ],
    }


def _switches(context: Context, shown: Coordinate) -> list[dict[str, Any]]:
    """The choices of environment and of phase, where there is a choice."""
    document = context.document
    environments = [(id_, e.name, id_ == shown.environment) for id_, e in document.environments.items()]
    phases = [(id_, p.name, id_ == shown.phase) for id_, p in document.phases.items()]
    made = [{"name": "Environment", "options": environments}, {"name": "Phase", "options": phases}]
    return [switch for switch in made if switch["options"]]


def _where(context: Context, coordinate: Coordinate) -> str:
    architecture = context.resolved.architectures[coordinate]
    phase = architecture.phase
    return f"{architecture.environment.name}{f', {phase.name}' if phase else ''}"
