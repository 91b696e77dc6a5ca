"""A service for TLS certificates."""

from archgen.model.component import EDGE, Component
from archgen.model.traits import Traits


class Certificates(Component):
    """Issues and renews TLS certificates."""

    label = "TLS certificates"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("TLS", "SSL")
    alone = True
    usual_placement = EDGE
