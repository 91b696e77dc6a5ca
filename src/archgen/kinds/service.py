"""A service of our own that runs on the cluster."""

from archgen.kinds.base import Component


class Service(Component):
    """A containerised service."""

    label = "Service"
    usual_placement = "app"
    needs_product = False
    icon = "k8s.compute.Deploy"
