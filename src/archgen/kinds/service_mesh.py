"""A service mesh."""

from typing import Literal

from archgen.model.base import Line
from archgen.model.component import Component
from archgen.model.traits import Traits


class ServiceMesh(Component):
    """Encrypts, routes and observes calls between services."""

    label = "Service mesh"
    used_to = "serve"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("mTLS", "Istio", "sidecar proxy", "Envoy", "Linkerd")
    alone = True
    needs_product = True
    mutual_tls: Literal["off", "permissive", "strict"] | None = None
    """Whether services must prove their identity to each other."""
    form: Literal["sidecar", "ambient", "proxyless"] | None = None
    """Where its proxies run."""
    engine_version: Line | None = None
    """The version of its control plane."""
