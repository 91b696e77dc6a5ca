"""Identities for machines from elsewhere, without keys."""

from archgen.kinds.base import Component


class WorkloadFederation(Component):
    """Exchanges a signed token from elsewhere for a short-lived identity here."""

    label = "Workload identity federation"
