"""A repository of source code."""

from archgen.model.component import OUTSIDE, Component


class Repository(Component):
    """A Git repository."""

    label = "Repository"
    aliases = ("Git",)
    alone = True
    usual_placement = OUTSIDE
