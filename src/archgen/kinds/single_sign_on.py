"""Single sign-on for people."""

from archgen.model.base import Line
from archgen.model.component import Component
from archgen.model.traits import Traits


class SingleSignOn(Component):
    """Signs people in through one identity provider and grants their permissions."""

    label = "Single sign-on"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("SSO", "login")
    alone = True
    identity_provider: Line | None = None
    """The provider that manages the accounts of people."""
    multi_factor: bool = True
    """Whether a second factor is required."""
    break_glass: bool = True
    """Whether emergency roles exist that do not depend on the provider."""
