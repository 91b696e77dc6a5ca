"""The edge and the request path: what is between a browser and the first service, and what protects it."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.analysis.grouping import by_place
from archgen.draw.graph import Graph
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE
from archgen.views._groups import calls_between, grouped, picture

TITLE = "Edge and request path"
QUESTION = "What does a request pass through before it reaches our code, and what blocks malicious requests?"
ORDER = 20
PART = ("components",)


def view(architecture: Architecture, horizon: Architecture) -> Graph:
    """The components from people along their calls to the first that do not pass requests on, and everything else at the edge."""
    names = list(dict.fromkeys([*_path(architecture), *_edge_components(architecture)]))
    if not any(architecture.components[name].person for name in names):
        names = []
    return picture(
        "edge",
        TITLE,
        f"The path of a request on {architecture.facts.full_name}, from outside to the first service.",
        architecture,
        grouped(architecture, horizon, names, by_place),
        calls_between(architecture, architecture, names),
    )


def _path(a: Architecture) -> Iterator[str]:
    """People, and what their requests reach, up to and including the first that do not pass them on."""
    waiting = [name for name, component in a.components.items() if component.person]
    seen = set(waiting)
    while waiting:
        name = waiting.pop(0)
        yield name
        if a.components[name].person or a.traits(name).proxy:
            fresh = [target for target in a.called_by(name) if target not in seen]
            seen.update(fresh)
            waiting += fresh


def _edge_components(a: Architecture) -> Iterator[str]:
    return (name for name, component in a.components.items() if a.place(component) == EDGE)
