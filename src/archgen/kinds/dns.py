"""Authoritative name service."""

from archgen.kinds.base import EDGE, Component
from archgen.model.base import Listed, Text


class Dns(Component):
    """Answers for the architecture's domains."""

    label = "DNS"
    alone = True
    usual_placement = EDGE
    domains: Listed[Text] = ()
    """The domains it answers for."""
