"""Delivery to clusters from Git."""

from archgen.kinds.base import Component


class Gitops(Component):
    """Brings what Git says into a cluster."""

    label = "GitOps delivery"
    usual_placement = "app"
    optional: bool = False
    """Whether the architecture works without it."""
