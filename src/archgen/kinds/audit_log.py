"""A log of the calls to the cloud's APIs."""

from archgen.model.component import Component
from archgen.model.traits import Traits


class AuditLog(Component):
    """Records every call to the cloud's APIs."""

    label = "Audit log"
    used_to = "watch"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("audit trail",)
    alone = True
    organization_wide: bool = True
    """Whether it covers the whole organization."""
