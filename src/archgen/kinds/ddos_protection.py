"""Protection against denial of service."""

from archgen.model.component import EDGE, Component
from archgen.model.traits import Traits


class DdosProtection(Component):
    """Absorbs distributed denial-of-service attacks before they reach the network."""

    label = "DDoS protection"
    used_to = "protect"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("DDoS",)
    alone = True
    usual_placement = EDGE
