"""Detection of attacks."""

from archgen.model.component import Component


class ThreatDetection(Component):
    """Detects threats in logs, network flows and configurations."""

    label = "Threat detection"
    aliases = ("intrusion detection",)
    alone = True
    organization_wide: bool = True
    """Whether it covers every account or project."""
