"""A service for TLS certificates."""

from archgen.model.component import EDGE, Component


class Certificates(Component):
    """Issues and renews TLS certificates."""

    label = "TLS certificates"
    aliases = ("TLS", "SSL")
    alone = True
    usual_placement = EDGE
