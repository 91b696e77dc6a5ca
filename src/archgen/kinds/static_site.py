"""A static site in object storage."""

from archgen.model.component import Component
from archgen.model.traits import Traits


class StaticSite(Component):
    """A bundle of files served through a CDN."""

    named_globally = True
    label = "Static site"
    used_to = "serve"
    inherent = Traits(stateful=False, keeps_data=True)
    aliases = ("frontend", "web site")
    versioned: bool = True
    """Whether earlier versions of each object are kept."""
