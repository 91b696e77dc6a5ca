"""A registry of container images."""

from archgen.kinds.base import Component


class Registry(Component):
    """Stores container images."""

    label = "Container registry"
    scan_on_push: bool = True
    immutable_tags: bool = True
