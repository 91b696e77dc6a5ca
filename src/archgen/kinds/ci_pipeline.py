"""A pipeline that tests and builds."""

from archgen.kinds.base import OUTSIDE, Component
from archgen.model.base import Listed, Text


class CiPipeline(Component):
    """Turns commits into tested, signed images."""

    label = "CI pipeline"
    usual_placement = OUTSIDE
    jobs: Listed[Text] = ()
    """Its jobs, in order."""
