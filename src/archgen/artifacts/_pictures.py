"""Pictures of a view for pages: inline at the default coordinate of each cloud, as files at the others."""

from __future__ import annotations

from typing import Any

from archgen.artifacts._tables import connections, parts
from archgen.artifacts.base import Context, asset
from archgen.coordinate import Coordinate


def picture_file(view: str, coordinate: Coordinate) -> str:
    """Where the file of a view at a coordinate lies, below the generated folder."""
    return f"diagrams/{'-'.join(part for part in (view, *_values(coordinate)) if part)}.svg"


def _values(coordinate: Coordinate) -> tuple[str, str, str]:
    return coordinate.cloud, coordinate.environment, coordinate.phase


def pictures(context: Context, view: str, page: str) -> list[dict[str, Any]]:
    """One entry for each cloud: its picture at its default coordinate, the same facts as tables, the other files."""
    found = []
    last = context.axes.environments[-1]
    for cloud in context.axes.clouds:
        architecture = context.resolved.standing(cloud, last)
        graph = context.graph(view, architecture.coordinate)
        found.append(
            {
                "name": architecture.facts.name,
                "title": graph.title,
                "description": graph.description,
                "where": _where(context, architecture.coordinate),
                "svg": context.inline_svg(graph, page),
                "parts": list(parts(graph)),
                "connections": list(connections(graph)),
                "files": [
                    {
                        "name": other.environment.name,
                        "href": asset(page, picture_file(view, other.coordinate)),
                        "current": other.coordinate == architecture.coordinate,
                    }
                    for other in context.today(cloud)
                ],
            }
        )
    return found


def _where(context: Context, coordinate: Coordinate) -> str:
    architecture = context.resolved.architectures[coordinate]
    phase = architecture.phase
    return f"{architecture.environment.name}{f', {phase.name}' if phase else ''}"
