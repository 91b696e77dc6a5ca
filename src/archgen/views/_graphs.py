"""Every graph of a model: of each view at each coordinate, and of each component with its neighbors."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from archgen.draw.graph import Graph
from archgen.model.architecture import Architecture
from archgen.model.coordinate import Coordinate
from archgen.model.resolve import Resolved
from archgen.views import View, capability_views, views_of
from archgen.views._neighbourhood import neighbourhood


class Graphs:
    """The graphs of a model, each made when it is first asked for, and once."""

    def __init__(self, resolved: Resolved) -> None:
        self._resolved = resolved
        self._made: dict[tuple[str, Coordinate], Graph] = {}

    @cached_property
    def views(self) -> dict[str, View]:
        """The views that have pages of their own, by name: those that show something at any coordinate."""
        views = self._all_views.items()
        return {n: v for n, v in views if v.part[0] != "capabilities" and self._shows_something(n)}

    @cached_property
    def every_view(self) -> dict[str, View]:
        """`views`, and the views of capabilities, which are part of other pages."""
        return {n: v for n, v in self._all_views.items() if v.part[0] == "capabilities" or n in self.views}

    @cached_property
    def _all_views(self) -> dict[str, View]:
        """Also those that show nothing anywhere: a hand-written page may name one."""
        return views_of(self._resolved) | capability_views(self._resolved)

    def _shows_something(self, name: str) -> bool:
        return any(self.of_view(name, coordinate).nodes() for coordinate in self._resolved.axes.all)

    def of_view(self, name: str, coordinate: Coordinate) -> Graph:
        """What a view shows at a coordinate. Raises KeyError for a view that the model does not have."""
        key = (name, coordinate)
        if key not in self._made:
            self._made[key] = self._all_views[name].graph(coordinate)
        return self._made[key]

    def all(self) -> list[Graph]:
        """Every graph that the site shows, without empty ones."""
        of_views = [self.of_view(name, c) for name in self.every_view for c in self._resolved.axes.all]
        return [graph for graph in (*of_views, *self._neighbourhoods()) if graph.nodes()]

    def _neighbourhoods(self) -> Iterator[Graph]:
        for cloud in self._resolved.axes.clouds:
            own = [a for a in self._resolved.architectures.values() if a.coordinate.cloud == cloud]
            for name in dict.fromkeys(name for a in own for name in a.components):
                here = self.home_of(name, cloud)
                if here:
                    yield neighbourhood(here, name)

    def home_of(self, name: str, cloud: str) -> Architecture | None:
        """The architecture that the page of a component describes on a cloud: the last environment that has it today, or else the
        first coordinate that has it. None where the cloud never has it."""
        environments = self._resolved.axes.environments
        today = (self._resolved.standing(cloud, environment) for environment in environments)
        present = [a for a in today if name in a.components]
        if present:
            return present[-1]
        own = self._resolved.architectures.values()
        return next((a for a in own if a.coordinate.cloud == cloud and name in a.components), None)
