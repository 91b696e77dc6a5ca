"""Compares the limits of namespaces: quotas, defaults of containers, and Pod Security Standards."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Path
from archgen.drifting.settings import Compared, compare_value
from archgen.drifting.stated import StatedModel
from archgen.importing.clusters import limits_in
from archgen.importing.known import CLUSTER
from archgen.importing.placing import PlacedResources
from archgen.kinds.kubernetes_cluster import KubernetesCluster


def compare_limits(model: StatedModel, placed: PlacedResources) -> Iterator[Compared]:
    """Every limit that objects state for a namespace, if one cluster of the model has that namespace."""
    for namespace, limits in limits_in(placed).items():
        clusters = [
            id_
            for id_, component in model.here.components.items()
            if component.kind == CLUSTER
            and isinstance(component, KubernetesCluster)
            and namespace in component.namespaces
        ]
        if len(clusters) != 1:
            continue
        for setting, (value, resource, field) in limits.items():
            path: Path = ("components", clusters[0], "namespaces", namespace, *setting.split("."))
            yield compare_value(model, path, value, (resource.address,), field.replace("~", "."))
