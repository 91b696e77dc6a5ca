"""A shared file system."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from archgen.model.base import Line, Port
from archgen.model.component import Component
from archgen.model.traits import Traits

# The registered ports of nfs, microsoft-ds and iscsi-target: https://www.iana.org/assignments/service-names-port-numbers/
# Lustre: https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html
_PORTS = {"nfs": 2049, "smb": 445, "iscsi": 3260, "lustre": 988}


class FileStore(Component):
    """Files that several machines or containers use at the same time."""

    label = "File store"
    used_to = "store"
    inherent = Traits(stateful=True, keeps_data=True, port="port")
    aliases = ("NFS", "SMB", "shared file system", "network drive", "NAS")
    data_store = True
    usual_placement = "data"
    protocol: Literal["nfs", "smb", "lustre", "iscsi"] | None = None
    """How clients use it."""
    size_gib: Annotated[int, Field(ge=1, le=10485760)] | None = None
    """Its size in GiB, for products that are sized."""
    tier: Line | None = None
    """Its tier or performance mode, by the cloud's name for it."""
    cold_after_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """After how many days without use a file moves to cheaper storage."""
    throughput_mode: Literal["bursting", "elastic", "provisioned"] | None = None
    """What determines its throughput."""
    throughput_mib_per_second: Annotated[int, Field(ge=1, le=1000000)] | None = None
    """Its throughput in MiB per second, if it is set."""
    multi_zone: bool | None = None
    """Whether it keeps working when a zone fails, for products that offer both."""
    encrypted_in_transit: bool | None = None
    """Whether it rejects connections that are not encrypted."""
    backup_retention_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    """How long backups are kept, in days."""
    port: Port | None = None
    """The port that it listens on; by default that of its protocol."""

    @model_validator(mode="after")
    def _listens(self) -> FileStore:
        # Set in this way, the port does not count as stated by the model.
        if self.port is None and self.protocol in _PORTS:
            self.__dict__["port"] = _PORTS[self.protocol]
        return self
