"""An autoscaler for the nodes of a cluster."""

from archgen.model.component import Component
from archgen.model.traits import Traits


class NodeAutoscaler(Component):
    """Adds nodes for waiting pods and removes idle ones."""

    label = "Node autoscaler"
    used_to = "run"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("autoscaling", "Spot", "pending pods")
    usual_placement = "app"
    consolidation: bool = True
    """Whether pods are moved to fewer nodes so that others can be removed."""
