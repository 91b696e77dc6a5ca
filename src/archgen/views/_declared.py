"""A view that a model declares in, its graph out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from archgen.draw.graph import Graph
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
    named = {*select.components, *_near(later, select), *_near(now, select)}
    asked = [(key, wanted) for key in _HAS if (wanted := getattr(select, key))]
    planned = _meeting(later, asked) - set(now.components)  # what exists today is asked as it is today
    found = named | _meeting(now, asked) | planned
    return [name for name in sources if name in found]


def _meeting(a: Architecture, asked: list[tuple[str, tuple[str, ...]]]) -> set[str]:
    """The components that have a wanted value of every key."""
    sets = [set().union(*(_index(a, key).get(value, ()) for value in wanted)) for key, wanted in asked]
    return set.intersection(*sets) if sets else set()


def _index(a: Architecture, key: str) -> Mapping[str, set[str]]:
    """Components by their values of a key; made once for an architecture, however many views ask."""
    if key not in a.indexes:
        index: dict[str, set[str]] = {}
        for name in a.components:
            for value in _HAS[key](a, name):
                index.setdefault(value or "", set()).add(name)
        a.indexes[key] = index
    return a.indexes[key]


def _zones(a: Architecture, name: str) -> list[str]:
    """The zones that a component has instances in."""
    members = a.components[name].members(len(a.zones), a.coordinate.cloud)
    return [a.zones[member.zone] for member in members if member.zone < len(a.zones)]


# What a component has of each key of a selection.
_HAS: dict[str, Callable[[Architecture, str], Iterable[str | None]]] = {
    "kinds": lambda a, name: (a.components[name].kind,),
    "owners": lambda a, name: (a.components[name].owner,),
    "capabilities": lambda a, name: a.components[name].provides,
    "places": lambda a, name: (a.place(a.components[name]),),
    "zones": _zones,
    "tags": lambda a, name: a.components[name].tags,
}


def _near(a: Architecture, select: Selection) -> set[str]:
    """The neighbourhood of some components, over connections in both directions."""
    found = {name for name in select.neighbours_of if name in a.components}
    for _step in range(select.distance if found else 0):
        found |= {c.head for c in a.connections if c.tail in found and not c.from_segment} | {
            c.tail for c in a.connections if c.head in found and not c.from_segment
        }
    return found
