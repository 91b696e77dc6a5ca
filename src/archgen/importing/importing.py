"""All of an import in order: from what files say to the text of a model and the report of what it covers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from archgen.diagnostics.report import visible
from archgen.importing.clusters import is_object
from archgen.importing.connections import FoundConnection, find_connections
from archgen.importing.found_network import FoundNetwork
from archgen.importing.found_places import FoundPlaces, find_components_elsewhere, find_places, left_out_of
from archgen.importing.known import NONE_KNOWN, KnownComponents
from archgen.importing.links import join_links
from archgen.importing.modeling import FoundModel, as_yaml, home_of, is_identifier, model_of, name_of
from archgen.importing.network import find_networks
from archgen.importing.node_pools import FoundPool, find_node_pools
from archgen.importing.placing import (
    FoundComponent,
    PlacedResources,
    leave_out_equal_names,
    leave_out_incomplete,
    place,
    slug,
)
from archgen.importing.report import ImportCoverage
from archgen.importing.terraform_json import TerraformFile


@dataclass(frozen=True)
class Import:
    """What files say about one environment. `accept` has grades and IDs of the proposals that the model gets, too.

    `known` has the components of the model that the files are folded into.
    """

    sources: Sequence[TerraformFile]
    cloud: str
    environment: str
    accept: Collection[str] = ()
    name: str = ""
    project: str = ""
    known: KnownComponents = NONE_KNOWN

    @cached_property
    def _read(self) -> tuple[PlacedResources, list[FoundNetwork], FoundPlaces]:
        placed = place((resource for source in self.sources for resource in source.resources), self.known, self.cloud)
        networks = find_networks(placed)
        places = find_places(placed, networks, self.environment, self.known)
        join_links(placed, places, networks)
        leave_out_incomplete(placed)
        leave_out_equal_names(placed)
        return placed, networks, places

    @property
    def placed(self) -> PlacedResources:
        """What each resource is."""
        return self._read[0]

    @property
    def networks(self) -> list[FoundNetwork]:
        """The networks, that of the environment first."""
        return self._read[1]

    @property
    def places(self) -> FoundPlaces:
        """The further networks, and the sites outside of the cloud that links lead to."""
        return self._read[2]

    @cached_property
    def node_pools(self) -> dict[str, dict[str, FoundPool]]:
        """The node pools of each cluster that has some, by the ID of the cluster and their own."""
        return find_node_pools(self.placed, self.networks, self.environment)

    @cached_property
    def connections(self) -> list[FoundConnection]:
        """All connections, also those that are only proposed."""
        return find_connections(self.placed)

    @property
    def accepted(self) -> list[FoundConnection]:
        """The connections that the model gets."""
        return [c for c in self.connections if c.grade == "declared" or {c.grade, c.id} & {*self.accept}]

    @property
    def unknown_proposals(self) -> list[str]:
        """What is accepted, but not proposed."""
        return sorted({*self.accept} - {"permitted", "configured", *(c.id for c in self.connections)})

    @property
    def coverage(self) -> ImportCoverage:
        """What became of all resources."""
        accepted = self.accepted
        proposed = [c for c in self.connections if c not in accepted]
        left_out = left_out_of(self.placed, self.networks, self.places)
        elsewhere = find_components_elsewhere(self.placed, left_out)
        return ImportCoverage(self.sources, self.placed, accepted, proposed, left_out, elsewhere, self.node_pools)

    @cached_property
    def model(self) -> dict[str, Any]:
        """The model as plain data."""
        name = self.name or name_of(self.placed.components, self.environment)
        home = home_of(self.cloud, self.environment, self.sources, self.placed)
        project = self.project or slug(name)
        found = FoundModel(self.placed, self.networks, self.places, self.accepted, self.node_pools)
        return model_of(found, home, name, project, self.known.clusters)

    @property
    def has_terraform(self) -> bool:
        """Whether there are files of Terraform, and not only Kubernetes objects."""
        return not all(source.is_kubernetes for source in self.sources)

    @property
    def cluster(self) -> str:
        """The component that Kubernetes objects run on; empty without objects, or if it is not known."""
        objects = (self.model["components"][c.id] for c in self.placed.components if is_object(c))
        return next((str(facts["runs_on"]) for facts in objects if "runs_on" in facts), "")

    def literal_name(self, component: FoundComponent) -> str:
        """The name of a component's resource in the cloud; empty if a model cannot state it."""
        return component.named if is_identifier(component.named) else ""

    def text(self, further: Iterable[TerraformFile] = ()) -> str:
        """The text of the model's file, which names the files, also further ones that will be folded in."""
        return as_yaml(self.model, [visible(Path(source.file).name) for source in (*self.sources, *further)])
