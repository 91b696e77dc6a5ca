"""Which components on clusters need permissions of the cloud for their calls, and which bindings give them."""

from __future__ import annotations

from archgen.kinds.kubernetes_cluster import KubernetesCluster
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture
from archgen.terraform.aws_identity import identity_modules
from archgen.terraform.google import is_google
from archgen.terraform.permissions import caller_roles


def modules_of_identities(a: Architecture) -> dict[str, tuple[str, str]]:
    """The cluster and the binding that gives a component the permissions for its calls, by the id of the component."""
    found: dict[str, tuple[str, str]] = {}
    for cluster, stated in a.of_kind(KubernetesCluster):
        if stated.product == "eks":
            found |= {name: (cluster, module) for name, module in identity_modules(a, cluster).items()}
        elif is_google(a):
            services = [name for name, guest in a.guests(cluster) if isinstance(guest, Service)]
            found |= {name: (cluster, "workload-identity") for name in services if caller_roles(a, name)}
    return dict(sorted(found.items()))
