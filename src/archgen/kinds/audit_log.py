"""Who did what, through which of the cloud's interfaces."""

from archgen.model.component import Component


class AuditLog(Component):
    """Records every call to the cloud's own interfaces."""

    label = "Audit log"
    aliases = ("audit trail",)
    alone = True
    organization_wide: bool = True
    """Whether it covers every account or project."""
