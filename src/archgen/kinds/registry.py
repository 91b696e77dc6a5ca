"""A registry of container images."""

from archgen.model.component import Component


class Registry(Component):
    """Stores container images."""

    label = "Container registry"
    aliases = ("Docker registry", "container images")
    keeps_data = True
    scan_on_push: bool = True
    immutable_tags: bool = True
