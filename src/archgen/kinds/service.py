"""A service of our own that runs on the cluster."""

from archgen.kinds.base import Component
from archgen.model.base import Text


class Service(Component):
    """A containerised service."""

    label = "Service"
    usual_placement = "app"
    needs_product = False
    technology: Text | None = None
    """What it is written in."""
