"""A repository of source code."""

from archgen.model.component import OUTSIDE, Component
from archgen.model.traits import Traits


class Repository(Component):
    """A Git repository."""

    label = "Repository"
    used_to = "deliver"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("Git",)
    alone = True
    usual_placement = OUTSIDE
