"""What people cannot reach directly although runbooks need it."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.kinds.relational_database import RelationalDatabase
from archgen.model.architecture import Architecture


def private_parts(a: Architecture) -> Iterator[tuple[str, str]]:
    """The IDs of clusters with a private API server and of databases in private tiers, each with a phrase that names it."""
    for name, component in a.components.items():
        if isinstance(component, KubernetesCluster) and component.endpoint == "private":
            yield name, f"the API server of '{name}'"
        if isinstance(component, RelationalDatabase) and a.internet_of(component) in ("outbound", "none"):
            yield name, f"'{name}'"
