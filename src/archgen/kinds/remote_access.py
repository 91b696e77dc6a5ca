"""How people reach what has no public address, such as a private database: a session service, a VPN or a jump host."""

from typing import Annotated, Literal

from archgen.model.base import IDENTIFYING, Identifier, Listed, TeamId, Text
from archgen.model.component import Component
from archgen.model.traits import Traits


class RemoteAccess(Component):
    """Lets people reach what is private. What it leads to is in `calls`, with `kind: control`."""

    label = "Remote access"
    used_to = "connect"
    inherent = Traits(stateful=False, keeps_data=False, entrance=False)
    aliases = ("bastion", "jump host", "VPN for people", "way in", "session manager")
    form: Literal["session", "endpoint", "vpn", "bastion"] | None = None
    """`session`: a service of the cloud opens a session on a machine that accepts no connections from outside. `endpoint`: a public
    address of the cloud, which checks who calls before it forwards anything. `vpn`: the person's computer joins the network.
    `bastion`: a machine that accepts connections of people."""
    instance: Annotated[Identifier, IDENTIFYING] | None = None
    """The name of the machine on which sessions end; by default the name of the component's own resources."""
    teams: Listed[TeamId] = ()
    """The teams whose people may use it."""
    how: Text | None = None
    """What a person does to connect, if no command does it: which client to open, and which connection to choose."""
    prepared: Listed[Text] = ()
    """What must exist before it works, such as the machine and its permissions."""
