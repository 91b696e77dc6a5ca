"""A capability in, its graph out: the components that provide it on a cloud, and what they exchange calls with."""

from __future__ import annotations

from collections.abc import Callable

from archgen.draw.graph import Graph
from archgen.model.architecture import Architecture
from archgen.model.views import Selection
from archgen.views._declared import chosen
from archgen.views._groups import MOST, by_place, calls_between, grouped, picture


def of_capability(name: str, title: str) -> Callable[[Architecture, Architecture], Graph]:
    """The function of a capability's view, by its id. Neighbours are left out where the picture would be too full with them."""

    def view(architecture: Architecture, horizon: Architecture) -> Graph:
        own = chosen(architecture, horizon, Selection(capabilities=(name,)))
        names = chosen(architecture, horizon, Selection(neighbours_of=tuple(own))) if own else []
        names = own if len(names) > MOST else names
        return picture(
            f"capability-{name}",
            title,
            f"What provides it on {architecture.facts.full_name}, and what that is connected to.",
            architecture,
            grouped(architecture, horizon, names, by_place),
            calls_between(architecture, horizon, names),
        )

    return view
