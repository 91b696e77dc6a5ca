"""Pictures of a view for pages: inline for the coordinate that a page opens with, as files for all others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from archgen.artifacts._kept_texts import svg_of
from archgen.artifacts._picture_colors import color_facts, with_dark_colors
from archgen.artifacts._tables import connections, parts
from archgen.artifacts.addresses import GENERATED, differences_file, file_of, picture_name
from archgen.artifacts.base import Artifact, Context, asset, from_file, markdown_asset
from archgen.draw.graph import Graph
from archgen.model.coordinate import Coordinate


def picture_file(context: Context, view: str, coordinate: Coordinate) -> str | None:
    """The path of a view's picture at a coordinate, below the generated folder; None if the view is empty there.

    Coordinates with equal pictures share a file, which is named after the first of them.
    """
    graph = context.graph(view, coordinate)
    if not graph.nodes():
        return None
    first = next(other for other in context.axes.all if context.graph(view, other) == graph)
    return picture_name(view, first)


def picture_files(context: Context, view: str) -> Iterator[Artifact]:
    """One SVG file for every distinct picture of a view."""
    graphs: dict[str, Graph] = {}
    for coordinate in context.axes.all:
        if file := picture_file(context, view, coordinate):
            graphs.setdefault(file, context.graph(view, coordinate))
    dark = context.templates.render("assets/picture_dark.css", **color_facts(context))
    for file, graph in graphs.items():
        if not context.makes(f"docs/{GENERATED}/{file}"):
            continue
        drawing = context.drawing(graph)
        text = svg_of(drawing, "folder diagrams", lambda target: from_file("diagrams", target), inline=False)
        yield Artifact(f"docs/{GENERATED}/{file}", with_dark_colors(text, dark).encode())


def pictures(context: Context, view: str, page: str) -> list[dict[str, Any]]:
    """Rows for a template, one for each cloud on which the view shows something; `picture` says what is in a row."""
    if not context.makes(file_of(page)):
        return []
    return [row for cloud in context.axes.clouds if (row := _cloud_picture(context, view, page, cloud))]


def picture(context: Context, view: str, page: str, cloud: str) -> dict[str, Any] | None:
    """The picture of a view on one cloud, for a template; None if the view shows nothing there, or does not exist.

    It shows the last environment in its current phase, or the first coordinate at which there is something to show. Beside
    the picture are the same facts as tables, and the files of all other coordinates.
    """
    is_wanted = context.makes(file_of(page)) and view in context.every_view
    return _cloud_picture(context, view, page, cloud) if is_wanted else None


def _cloud_picture(context: Context, view: str, page: str, cloud: str) -> dict[str, Any] | None:
    standing = context.resolved.standing(cloud, context.axes.environments[-1])
    own = [c for c in context.axes.all if c.cloud == cloud]
    shown = next((c for c in (standing.coordinate, *own) if context.graph(view, c).nodes()), None)
    if shown is None:
        return None
    graph = context.graph(view, shown)
    files = {f"{c.environment} {c.phase}".strip(): picture_file(context, view, c) for c in own}
    return {
        "cloud": cloud,
        "coordinate": shown,
        "view": view,
        "name": standing.facts.name,
        "title": graph.title,
        "description": graph.description,
        "left_out": graph.left_out,
        "where": _place_name(context, shown),
        "svg": context.inline_svg(graph, page),
        "width": context.drawing(graph).width,
        "parts": list(parts(graph)),
        "connections": list(connections(graph)),
        "switches": _switches(context, shown),
        "differences": asset(page, differences_file(cloud)) if len(own) > 1 else "",
        "map": json.dumps({key: asset(page, file) if file else None for key, file in files.items()}),
        "files": [
            {"name": _place_name(context, other), "path": markdown_asset(page, file)}
            for other in own
            if other != shown and other.phase == shown.phase and (file := picture_file(context, view, other))
        ],
    }


def _switches(context: Context, shown: Coordinate) -> list[dict[str, Any]]:
    """The options of environment and phase, each as (id, name, whether it is the one shown, current phase of an environment)."""
    document = context.document
    now = {a.coordinate.environment: a.coordinate.phase for a in context.today(shown.cloud)}
    environments = [(id_, e.name, id_ == shown.environment, now[id_]) for id_, e in document.environments.items()]
    phases = [(id_, p.name, id_ == shown.phase, "") for id_, p in document.phases.items()]
    switches = [{"name": "Environment", "options": environments}, {"name": "Phase", "options": phases}]
    return [switch for switch in switches if switch["options"]]


def _place_name(context: Context, coordinate: Coordinate) -> str:
    architecture = context.resolved.architectures[coordinate]
    phase = architecture.phase
    return f"{architecture.environment.name}{f', {phase.name}' if phase else ''}"
