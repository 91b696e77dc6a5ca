"""A registry of container images."""

from archgen.model.component import Component
from archgen.model.traits import Traits


class Registry(Component):
    """Stores container images."""

    label = "Container registry"
    inherent = Traits(stateful=False, keeps_data=True)
    aliases = ("Docker registry", "container images")
    scan_on_push: bool = True
    immutable_tags: bool = True
