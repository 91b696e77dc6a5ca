"""Where people sign in."""

from archgen.model.base import Line
from archgen.model.component import Component


class SingleSignOn(Component):
    """Signs people in through one identity provider, and says what they may do."""

    label = "Single sign-on"
    aliases = ("SSO", "login")
    alone = True
    identity_provider: Line | None = None
    """The provider that holds people's accounts."""
    multi_factor: bool = True
    """Whether a second factor is required."""
    break_glass: bool = True
    """Whether roles for emergencies exist, outside the provider."""
