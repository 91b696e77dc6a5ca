"""The view of a capability: the components that provide it on a cloud, and their callers and callees."""

from __future__ import annotations

from collections.abc import Callable

from archgen.analysis.grouping import MOST, by_place
from archgen.draw.graph import Graph
from archgen.model.architecture import Architecture
from archgen.model.views import Selection
from archgen.views._declared import chosen
from archgen.views._groups import calls_between, everything, grouped, picture
from archgen.views._left_out import with_left_out


def of_capability(name: str, title: str) -> Callable[[Architecture, Architecture], Graph]:
    """A view function for the capability with the id `name`. Neighbors are left out if the picture would be too crowded."""

    def view(architecture: Architecture, horizon: Architecture) -> Graph:
        own = chosen(architecture, horizon, Selection(capabilities=(name,)))
        names = chosen(architecture, horizon, Selection(neighbors_of=tuple(own))) if own else []
        near = names
        names = own if len(near) > MOST else near
        graph = picture(
            f"capability-{name}",
            title,
            f"The components that provide it on {architecture.facts.full_name}, and their connections.",
            architecture,
            grouped(architecture, horizon, names, by_place),
            calls_between(architecture, horizon, names),
        )
        reason = f"the picture would have more than {MOST} components with these callers and callees"
        return with_left_out(graph, everything(architecture, horizon), dict.fromkeys(near, reason))

    return view
