"""A directory of employees and machines."""

from typing import Annotated

from pydantic import Field

from archgen.model.base import IDENTIFYING, ComponentId, Domain, Line, Listed
from archgen.model.component import Component
from archgen.model.traits import Traits


class DirectoryService(Component):
    """Accounts, groups and machines of an organization, for sign-in and policies."""

    label = "Directory service"
    used_to = "identify"
    inherent = Traits(stateful=True, keeps_data=True, copies="controllers")
    aliases = ("Active Directory", "LDAP", "domain controllers", "Kerberos")
    alone = True
    domain: Annotated[Domain, IDENTIFYING] | None = None
    """The domain of the directory."""
    edition: Line | None = None
    """Its edition or size, by the cloud's name for it."""
    controllers: Annotated[int, Field(ge=1, le=100)] | None = None
    """The number of domain controllers."""
    trusts: Listed[ComponentId] = ()
    """The directories whose accounts it accepts."""
    synchronizes_with: ComponentId | None = None
    """The directory that it is synchronized with."""
