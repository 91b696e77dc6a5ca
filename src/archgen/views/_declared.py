"""Views that a model declares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from archgen.analysis.grouping import by_owner, by_place, by_runtime, together
from archgen.draw.graph import Graph
from archgen.model.architecture import Architecture
from archgen.model.remembered import remembered, remembered_of_both
from archgen.model.views import Selection
from archgen.views._groups import calls_between, everything, grouped, picture

_GROUPINGS = {"place": by_place, "owner": by_owner, "runtime": by_runtime, "none": together}


def declared(name: str, title: str) -> Callable[[Architecture, Architecture], Graph]:
    """A view function for the declared view with the id `name`. Its graph is empty at coordinates that do not have the view."""

    def view(architecture: Architecture, horizon: Architecture) -> Graph:
        stated = architecture.document.views.get(name)
        names = chosen(architecture, horizon, stated.select) if stated else []
        grouping = _GROUPINGS[stated.group_by] if stated else together
        graph = picture(
            name,
            title,
            f"{title} on {architecture.facts.full_name}.",
            architecture,
            grouped(architecture, horizon, names, grouping),
            calls_between(architecture, horizon, names),
            "down" if stated and stated.direction == "down" else "flow",
        )
        return replace(graph, turns=False)  # the model states the direction

    return view


def chosen(now: Architecture, later: Architecture, select: Selection) -> list[str]:
    """The ids of the components that match a selection, in the order of the model, with those that a later phase adds."""
    places = _places(now, later)
    named = {*select.components, *_neighborhood(later, select), *_neighborhood(now, select)}
    criteria = [(key, values) for key in _VALUES if (values := getattr(select, key))]
    planned = _matching(later, criteria) - set(now.components)  # existing components match by their current values
    selected = named | _matching(now, criteria) | planned
    return sorted((name for name in selected if name in places), key=places.__getitem__)


@remembered_of_both
def _places(now: Architecture, later: Architecture) -> Mapping[str, int]:
    """The place of each component in the order of the model; many views use it."""
    return {name: place for place, name in enumerate(everything(now, later))}


def _matching(a: Architecture, criteria: list[tuple[str, tuple[str, ...]]]) -> set[str]:
    """The components that have one of the values for every key of `criteria`."""
    sets = [set().union(*(_index(a, key).get(value, ()) for value in values)) for key, values in criteria]
    return set.intersection(*sets) if sets else set()


@remembered
def _index(a: Architecture, key: str) -> Mapping[str, set[str]]:
    """The components for each value of a key; many views use it."""
    index: dict[str, set[str]] = {}
    for name in a.components:
        for value in _VALUES[key](a, name):
            index.setdefault(value or "", set()).add(name)
    return index


def _zones(a: Architecture, name: str) -> list[str]:
    """The zones in which a component has instances."""
    return [a.zones[member.zone] for member in a.members(name) if member.zone < len(a.zones)]


# The values of a component for each key of a selection.
_VALUES: dict[str, Callable[[Architecture, str], Iterable[str | None]]] = {
    "kinds": lambda a, name: (a.components[name].kind,),
    "owners": lambda a, name: (a.components[name].owner,),
    "capabilities": lambda a, name: a.components[name].provides,
    "places": lambda a, name: (a.place(a.components[name]),),
    "zones": _zones,
    "tags": lambda a, name: a.components[name].tags,
}


def _neighborhood(a: Architecture, select: Selection) -> set[str]:
    """The components within `select.distance` connections of `select.neighbors_of`, in both directions, and those themselves."""
    reached = last = {name for name in select.neighbors_of if name in a.components}
    for _step in range(select.distance):
        heads = {connection.head for name in last for connection in a.traffic_from(name)}
        tails = {connection.tail for name in last for connection in a.traffic_to(name)}
        last = (heads | tails) - reached
        reached = reached | last
    return reached
