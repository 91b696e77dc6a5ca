"""A content delivery network."""

from typing import Literal

from archgen.model.component import EDGE, Component


class Cdn(Component):
    """Serves cached content near its readers and ends their TLS."""

    label = "Content delivery network"
    aliases = ("CDN", "edge cache")
    usual_placement = EDGE
    viewer_protocol: Literal["https-only", "redirect-to-https"] = "redirect-to-https"
    """What happens to plain HTTP."""
