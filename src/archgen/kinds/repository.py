"""Where source code lives."""

from archgen.kinds.base import OUTSIDE, Component


class Repository(Component):
    """A Git repository."""

    label = "Repository"
    aliases = ("Git",)
    alone = True
    usual_placement = OUTSIDE
