"""Cloud identities for external machines, without keys."""

from archgen.model.base import Line, Listed, WebAddress
from archgen.model.component import Component
from archgen.model.traits import Traits


class WorkloadFederation(Component):
    """Exchanges a signed token of an external system for a short-lived cloud identity."""

    label = "Workload identity federation"
    used_to = "identify"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("OIDC", "keyless")
    subjects: Listed[Line] = ("repo:{repository}:environment:{environment}",)
    """The `sub` claims of tokens that are accepted; {repository} and {environment} are replaced by those of the model."""
    issuer: WebAddress | None = None
    """The address of the issuer of the tokens."""
    audiences: Listed[Line] = ()
    """The `aud` claims of tokens that are accepted."""
