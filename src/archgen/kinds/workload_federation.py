"""Identities for machines from elsewhere, without keys."""

from archgen.model.base import Line, Listed
from archgen.model.component import Component


class WorkloadFederation(Component):
    """Exchanges a signed token from elsewhere for a short-lived identity here."""

    label = "Workload identity federation"
    aliases = ("OIDC", "keyless")
    subjects: Listed[Line] = ("repo:{repository}:environment:{environment}",)
    """Whose tokens are taken, as their claim `sub` says it; {repository} and {environment} are those of the model."""
