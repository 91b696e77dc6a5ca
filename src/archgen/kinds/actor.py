"""People and systems that use the architecture without being part of it."""

from archgen.model.component import OUTSIDE, Component


class Actor(Component):
    """People, browsers, partner systems."""

    label = "Actor"
    usual_placement = OUTSIDE
    needs_product = False
    compared = False
    icon = "onprem.client.Users"
