"""What absorbs floods of traffic."""

from archgen.model.component import EDGE, Component


class DdosProtection(Component):
    """Absorbs distributed denial of service before it reaches the network."""

    label = "DDoS protection"
    aliases = ("DDoS",)
    alone = True
    usual_placement = EDGE
