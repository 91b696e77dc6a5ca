"""Detection of attacks."""

from archgen.model.component import Component
from archgen.model.traits import Traits


class ThreatDetection(Component):
    """Detects threats in logs, network flows and configurations."""

    label = "Threat detection"
    used_to = "protect"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("intrusion detection",)
    alone = True
    organization_wide: bool = True
    """Whether it covers the whole organization."""
