"""What looks for attacks."""

from archgen.model.component import Component


class ThreatDetection(Component):
    """Looks for threats in logs, network flows and settings."""

    label = "Threat detection"
    aliases = ("intrusion detection",)
    alone = True
    organization_wide: bool = True
    """Whether it covers every account or project."""
