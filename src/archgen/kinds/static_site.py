"""A static site in object storage."""

from archgen.model.component import Component


class StaticSite(Component):
    """A bundle of files served through a CDN."""

    label = "Static site"
    aliases = ("frontend", "web site")
    keeps_data = True
    versioned: bool = True
    """Whether earlier versions of each object are kept."""
