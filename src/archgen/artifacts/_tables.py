"""What pages show as tables: graphs as text, and settings of components side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from archgen.graph import Graph, Group, Node
from archgen.kinds.base import Component
from archgen.model.paths import parse_path


def parts(graph: Graph) -> Iterator[dict[str, Any]]:
    """Every node with the groups around it, outermost first."""

    def walk(group: Group, around: tuple[str, ...]) -> Iterator[dict[str, Any]]:
        inside = (*around, group.label) if group.label else around
        for child in group.children:
            if isinstance(child, Group):
                yield from walk(child, inside)
            else:
                yield _part(child, inside)

    yield from walk(graph.root, ())


def _part(node: Node, around: tuple[str, ...]) -> dict[str, Any]:
    where = " › ".join(around)
    return {"label": node.label, "note": node.note, "where": where, "page": node.page, "planned": node.planned}


def connections(graph: Graph) -> Iterator[dict[str, Any]]:
    """Every edge with what its ends are called."""
    nodes = graph.nodes()
    groups = graph.groups()
    for edge in graph.edges:
        ends = [_called(end, nodes, groups) for end in (edge.tail, edge.head)]
        what = ", ".join(dict.fromkeys(part for part in (edge.label, edge.detail) if part))
        yield {"tail": ends[0], "head": ends[1], "both": edge.both, "what": what}


def _called(id_: str, nodes: Mapping[str, Node], groups: Mapping[str, Group]) -> str:
    if id_ in groups:
        return f"everything in {groups[id_].label}"
    node = nodes[id_]
    return f"{node.label} ({node.note})" if node.note else node.label


def settings(component: Component) -> dict[str, str]:
    """The settings of a component that are its kind's own, each as a dotted key and text."""
    shared = set(Component.model_fields) - {"placement"}
    return dict(
        _flatten({name: getattr(component, name) for name in type(component).model_fields if name not in shared})
    )


def _flatten(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        key = f"{prefix}{name}"
        if isinstance(value, BaseModel):
            yield from _flatten({n: getattr(value, n) for n in type(value).model_fields}, f"{key}.")
        elif isinstance(value, dict):
            yield from _flatten(value, f"{key}.")
        elif value is not None and value != ():
            yield key, shown(value)


def shown(value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (tuple, list)):
        return ", ".join(shown(item) for item in value)
    return str(value)


def subject(text: str) -> dict[str, str | None]:
    """A path of the model as text, and the component's page where it leads into one."""
    path = parse_path(text)
    component = str(path[1]) if len(path) > 1 and path[0] == "components" else None
    return {"text": text, "page": f"components/{component}" if component else None}
