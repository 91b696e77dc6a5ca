"""Every graph of a model: of each view at each coordinate, and of each component with its neighbors."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from archgen.draw.graph import Graph
from archgen.model.architecture import Architecture
from archgen.model.coordinate import Coordinate
from archgen.model.resolve import Resolved
from archgen.views import View, capability_views, views_of
from archgen.views._neighborhood import neighborhood


class Graphs:
    """The graphs of a model, made on first use and cached."""

    def __init__(self, resolved: Resolved) -> None:
        self._resolved = resolved
        self._made: dict[tuple[str, Coordinate], Graph] = {}

    @cached_property
    def views(self) -> dict[str, View]:
        """The views that have their own page, by name: those that show something at some coordinate."""
        views = self._all_views.items()
        return {n: v for n, v in views if v.part[0] != "capabilities" and self._shows_something(n)}

    @cached_property
    def every_view(self) -> dict[str, View]:
        """`views`, and the views of capabilities, which other pages show."""
        return {n: v for n, v in self._all_views.items() if v.part[0] == "capabilities" or n in self.views}

    @cached_property
    def _all_views(self) -> dict[str, View]:
        """Every view by name, empty ones included, since a hand-written page may refer to one."""
        return views_of(self._resolved) | capability_views(self._resolved)

    def _shows_something(self, name: str) -> bool:
        return any(self.of_view(name, coordinate).nodes() for coordinate in self._resolved.axes.all)

    def of_view(self, name: str, coordinate: Coordinate) -> Graph:
        """The graph of a view at a coordinate. Raises KeyError if the model does not have the view."""
        key = (name, coordinate)
        if key not in self._made:
            self._made[key] = self._all_views[name].graph(coordinate)
        return self._made[key]

    def all(self) -> list[Graph]:
        """Every graph of the site that has nodes."""
        of_views = [self.of_view(name, c) for name in self.every_view for c in self._resolved.axes.all]
        return [graph for graph in (*of_views, *self._neighborhoods()) if graph.nodes()]

    def _neighborhoods(self) -> Iterator[Graph]:
        for cloud in self._resolved.axes.clouds:
            own = [a for a in self._resolved.architectures.values() if a.coordinate.cloud == cloud]
            for name in dict.fromkeys(name for a in own for name in a.components):
                here = self.home_of(name, cloud)
                if here:
                    yield neighborhood(here, name)

    def home_of(self, name: str, cloud: str) -> Architecture | None:
        """The architecture that a component's page describes for a cloud: the last environment that has the component today, or else the
        first coordinate that has it. None if the cloud never has it."""
        environments = self._resolved.axes.environments
        today = (self._resolved.standing(cloud, environment) for environment in environments)
        present = [a for a in today if name in a.components]
        if present:
            return present[-1]
        own = self._resolved.architectures.values()
        return next((a for a in own if a.coordinate.cloud == cloud and name in a.components), None)
