"""People and systems that use the architecture without being part of it."""

from archgen.model.component import OUTSIDE, Component
from archgen.model.traits import Traits


class Actor(Component):
    """People, browsers, partner systems."""

    label = "Actor"
    used_to = "outside"
    inherent = Traits(stateful=False, keeps_data=False)
    usual_placement = OUTSIDE
    needs_product = False
    compared = False
    person = True
    icon = "onprem.client.Users"
