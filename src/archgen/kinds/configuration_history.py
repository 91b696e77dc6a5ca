"""The history of resource configurations."""

from archgen.model.component import Component
from archgen.model.traits import Traits


class ConfigurationHistory(Component):
    """Records how resources are configured over time and checks them."""

    label = "Configuration history"
    used_to = "watch"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("drift",)
    alone = True
    organization_wide: bool = True
    """Whether it covers the whole organization."""
