"""The history of resource configurations."""

from archgen.model.component import Component


class ConfigurationHistory(Component):
    """Records how resources are configured over time and checks them."""

    label = "Configuration history"
    aliases = ("drift",)
    alone = True
    organization_wide: bool = True
    """Whether it covers every account or project."""
