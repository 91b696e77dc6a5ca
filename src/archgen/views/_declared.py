"""A view that a model declares in, its graph out."""

from __future__ import annotations

from collections.abc import Callable

from archgen.graph import Graph
from archgen.model.architecture import Architecture
from archgen.model.views import Selection
from archgen.views._groups import by_owner, by_place, by_runtime, calls_between, everything, grouped, picture, together

_GROUPINGS = {"place": by_place, "owner": by_owner, "runtime": by_runtime, "none": together}


def declared(name: str, title: str) -> Callable[[Architecture, Architecture], Graph]:
    """The function of a declared view, by its id; at a coordinate without it the graph is empty."""

    def view(architecture: Architecture, horizon: Architecture) -> Graph:
        stated = architecture.document.views.get(name)
        names = chosen(architecture, horizon, stated.select) if stated else []
        grouping = _GROUPINGS[stated.group_by] if stated else together
        return picture(
            name,
            title,
            f"{title} on {architecture.facts.full_name}.",
            architecture,
            grouped(architecture, horizon, names, grouping),
            calls_between(architecture, horizon, names),
            "down" if stated and stated.direction == "down" else "flow",
        )

    return view


def chosen(now: Architecture, later: Architecture, select: Selection) -> list[str]:
    """The components that a selection means, in the order of the model; what a later phase brings is among them."""
    sources = everything(now, later)
    near = _near(later, select) | _near(now, select)
    asked = {key: set(getattr(select, key)) for key in ("kinds", "owners", "capabilities", "places", "zones", "tags")}
    asks = any(asked.values())
    return [
        name
        for name, a in sources.items()
        if name in select.components or name in near or (asks and _meets(a, name, asked))
    ]


def _meets(a: Architecture, name: str, asked: dict[str, set[str]]) -> bool:
    component = a.components[name]
    members = component.members(len(a.zones), a.coordinate.cloud)
    has: dict[str, set[str]] = {
        "kinds": {component.kind},
        "owners": {component.owner or ""},
        "capabilities": {component.provides or ""},
        "places": {a.place(component)},
        "zones": {a.zones[member.zone] for member in members if member.zone < len(a.zones)},
        "tags": set(component.tags),
    }
    return all(not wanted or wanted & has[key] for key, wanted in asked.items())


def _near(a: Architecture, select: Selection) -> set[str]:
    """The neighbourhood of some components, over connections in both directions."""
    found = {name for name in select.neighbours_of if name in a.components}
    for _step in range(select.distance if found else 0):
        found |= {c.head for c in a.connections if c.tail in found and not c.from_segment} | {
            c.tail for c in a.connections if c.head in found and not c.from_segment
        }
    return found
