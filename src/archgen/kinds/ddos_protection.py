"""Protection against denial of service."""

from archgen.model.component import EDGE, Component


class DdosProtection(Component):
    """Absorbs distributed denial-of-service attacks before they reach the network."""

    label = "DDoS protection"
    aliases = ("DDoS",)
    alone = True
    usual_placement = EDGE
