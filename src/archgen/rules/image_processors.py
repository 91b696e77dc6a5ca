"""HA206: for each image there are nodes with a processor that it is built for."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid

CODE = "HA206"
TITLE = "No node can run this image"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each image that no node of its cluster can run, if the cluster has node pools."""
    for name, image in architecture.document.images.items():
        component = architecture.components[image.component]
        cluster = architecture.components.get(component.runs_on or "")
        if not isinstance(cluster, KubernetesCluster) or not cluster.node_pools:
            continue
        if not image.architectures:
            what = f"the processors that the image '{name}' is built for"
            yield Unsaid(("images", name), Lack(("images", name), what, "state `architectures`"))
            continue
        offered = {pool.architecture for pool in cluster.node_pools.values()}
        if not offered & set(image.architectures):
            built = ", ".join(image.architectures)
            message = f"the image '{name}' is built for {built}, but all nodes are {', '.join(sorted(offered))}"
            help_ = "build it for both, or add a node pool that can run it"
            yield Diagnostic(CODE, message, help_, ("images", name, "architectures"))
        else:
            yield Passed(("images", name, "architectures"))
