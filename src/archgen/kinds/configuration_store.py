"""A store of configuration."""

from typing import Literal

from archgen.model.base import Line, Listed
from archgen.model.component import Component
from archgen.model.traits import Traits


class ConfigurationStore(Component):
    """Settings and feature flags that applications read while they run."""

    label = "Configuration store"
    used_to = "deliver"
    inherent = Traits(stateful=True, keeps_data=True)
    aliases = ("parameters", "feature flags", "app config", "settings")
    holds: Listed[Literal["parameters", "secure-parameters", "feature-flags", "files"]] = ()
    """What it keeps."""
    gradual_roll_out: bool | None = None
    """Whether a change reaches callers step by step and is taken back on an alarm."""
    validated: bool | None = None
    """Whether a change is checked before it takes effect."""
    tier: Line | None = None
    """Its tier, by the cloud's name for it."""
