"""A transfer of files."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import ComponentId, Line, Listed
from archgen.model.component import Component
from archgen.model.traits import Traits


class FileTransfer(Component):
    """Receives files from partners, or copies files between stores."""

    label = "File transfer"
    used_to = "store"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("SFTP", "FTPS", "AS2", "managed file transfer", "data sync")
    accepts: Listed[Literal["sftp", "ftps", "ftp", "as2", "https"]] = ()
    """How partners send files, for a server."""
    endpoint: Literal["public", "private"] | None = None
    """Whether the internet can reach it, for a server."""
    users_in: ComponentId | None = None
    """What knows its users."""
    schedule: Line | None = None
    """When it copies, for a task."""
    bandwidth_mbps: Annotated[int, Field(ge=1, le=1000000)] | None = None
    """The bandwidth that it may use, in megabits per second."""

    @property
    def usual(self) -> Traits:
        """The traits of its kind; whether it can be reached from the internet follows from `endpoint`."""
        if self.endpoint is None:
            return self.inherent
        return self.inherent.model_copy(update={"entrance": self.endpoint == "public"})
