"""A content delivery network."""

from typing import Literal

from archgen.model.component import EDGE, Component
from archgen.model.traits import Traits


class Cdn(Component):
    """Serves cached content close to its users and terminates their TLS connections."""

    label = "Content delivery network"
    inherent = Traits(stateful=False, keeps_data=False, entrance=True, proxy=True)
    aliases = ("CDN", "edge cache")
    usual_placement = EDGE
    viewer_protocol: Literal["https-only", "redirect-to-https"] = "redirect-to-https"
    """How plain HTTP requests are handled."""
