"""Helpers with which views build their graphs: components in groups, and the calls between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Literal

from archgen.analysis.grouping import Grouping
from archgen.draw.graph import Edge, Graph, Group, Node
from archgen.model.architecture import Architecture
from archgen.model.connections import Connection
from archgen.model.remembered import remembered_of_both
from archgen.views._parts import edge_of, meaning_of, node_of


def grouped(
    architecture: Architecture, horizon: Architecture, names: Iterable[str], grouping: Grouping
) -> list[Group | Node]:
    """Components as nodes in groups, in the order of `names`. Components that only `horizon` has are planned."""
    groups: dict[tuple[str, str, str], list[Node]] = {}
    for name in names:
        planned = name not in architecture.components
        source = horizon if planned else architecture
        groups.setdefault(grouping(source, name), []).append(node_of(source, name, planned=planned))
    parts: list[Group | Node] = []
    for (id_, label, style), nodes in groups.items():
        parts += [Group(id_, label, style, tuple(nodes))] if style != "none" else nodes
    return parts


def noted(parts: Iterable[Group | Node], note: Callable[[str], str]) -> list[Group | Node]:
    """The parts, with the text that `note` returns for the ID of each node at the end of its note."""
    changed: list[Group | Node] = []
    for part in parts:
        if isinstance(part, Group):
            changed.append(replace(part, children=tuple(noted(part.children, note))))
        else:
            changed.append(replace(part, note=", ".join(text for text in (part.note, note(part.id)) if text)))
    return changed


def calls_between(
    architecture: Architecture,
    horizon: Architecture,
    names: Iterable[str],
    *,
    why: bool = False,
    keep: Callable[[Connection], bool] = lambda _connection: True,
) -> Iterator[Edge]:
    """The calls between the components `names`; those that only `horizon` has are planned.

    `why` labels them with their purpose. `keep` selects some of the calls.
    """
    shown = dict.fromkeys(names)
    seen: set[str] = set()
    for source in (architecture, horizon) if horizon is not architecture else (architecture,):
        for tail in shown:
            for c in source.traffic_from(tail):
                if c.head in shown and c.id not in seen and keep(c):
                    seen.add(c.id)
                    edge = edge_of(
                        c.id, tail, c.head, c.call, planned=source is not architecture, meaning=meaning_of([c])
                    )
                    yield replace(edge, label=edge.detail, detail=edge.label) if why and edge.detail else edge


@remembered_of_both
def everything(architecture: Architecture, horizon: Architecture) -> Mapping[str, Architecture]:
    """Every component with the architecture to read it from: today's if it has the component, the last phase's otherwise.

    The order is that of the last phase, so that a grid has the same shape in all phases.
    """
    dropped = [name for name in architecture.components if name not in horizon.components]
    names = (*horizon.components, *dropped)
    return {name: architecture if name in architecture.components else horizon for name in names}


def picture(
    name: str,
    title: str,
    description: str,
    architecture: Architecture,
    parts: Iterable[Group | Node],
    edges: Iterable[Edge],
    layout: Literal["grid", "flow", "down"] = "flow",
) -> Graph:
    """A Graph in the style of the architecture's cloud, with the cloud's name after the title."""
    root = Group("root", "", "none", tuple(parts))
    theme = architecture.facts.base
    shown = f"{title}, {architecture.facts.name}"
    return Graph(name, shown, description, theme, layout, root, tuple(edges), turns=layout == "flow")
