"""HA206: there are nodes that can run each image."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.model.architecture import Architecture

CODE = "HA206"
TITLE = "No node can run this image"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every image whose component runs on a cluster with node pools."""
    for name, image in architecture.document.images.items():
        component = architecture.components[image.component]
        cluster = architecture.components.get(component.runs_on or "")
        if not isinstance(cluster, KubernetesCluster) or not cluster.node_pools or not image.architectures:
            continue
        offered = {pool.architecture for pool in cluster.node_pools.values()}
        if not offered & set(image.architectures):
            message = f"'{name}' is built for {', '.join(image.architectures)}, and every node is {', '.join(sorted(offered))}"
            help_ = "build it for both, or add a node pool that can run it"
            yield Diagnostic(CODE, message, help_, ("images", name, "architectures"))
