"""How resources were set, and when that changed."""

from archgen.model.component import Component


class ConfigurationHistory(Component):
    """Records the settings of resources over time and checks them."""

    label = "Configuration history"
    aliases = ("drift",)
    alone = True
    organization_wide: bool = True
    """Whether it covers every account or project."""
