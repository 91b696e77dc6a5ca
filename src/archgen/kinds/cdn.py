"""A content delivery network."""

from typing import Literal

from archgen.model.base import Listed
from archgen.model.component import EDGE, Component
from archgen.model.traits import Traits

Method = Literal["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]


class Cdn(Component):
    """Serves cached content close to its users and terminates their TLS connections."""

    label = "Content delivery network"
    used_to = "serve"
    inherent = Traits(stateful=False, keeps_data=False, entrance=True, proxy=True)
    aliases = ("CDN", "edge cache")
    usual_placement = EDGE
    viewer_protocol: Literal["https-only", "redirect-to-https"] = "redirect-to-https"
    """How plain HTTP requests are handled."""
    allowed_methods: Listed[Method] = ()
    """The HTTP methods that it passes on."""
    cached_methods: Listed[Method] = ()
    """The HTTP methods whose responses it caches."""
    geo_restriction: Literal["none", "allow", "deny"] | None = None
    """Whether the countries of a list are the only ones that are served, or are not served."""
