"""Roles that service accounts have for single resources, so that what runs as an account may use these."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from archgen.importing.firewalls import users_of_accounts
from archgen.importing.placing import FoundComponent, PlacedResources

_GRANT = re.compile(r"google_[a-z0-9_]+_iam_(?:member|binding)")
# What the last word of a role says about the direction of data: https://docs.cloud.google.com/iam/docs/roles-permissions
_SENDS = ("publisher", "enqueuer", "objectCreator", "Writer", "writer")
_RECEIVES = ("subscriber", "objectViewer", "dataViewer", "reader", "Reader", "Accessor", "accessor")


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """A component that may use others. `data` says which way data goes, and is empty if the role does not say it."""

    address: str
    user: FoundComponent
    components: tuple[FoundComponent, ...]
    data: str


def role_grants(placed: PlacedResources) -> Iterator[RoleGrant]:
    """The roles for resources of components; those for a whole project say nothing about one component."""
    grants = [r for r in placed.by_role.get("identity", ()) if _GRANT.fullmatch(r.type)]
    if not grants:
        return
    users, index = users_of_accounts(placed), placed.index
    for grant in grants:
        members = (*index.from_(grant, "member"), *index.from_(grant, "members"))
        called = {c.id: c for target in index.all_from(grant) if (c := placed.component_of(target))}
        role = str(grant.values.get("role", ""))
        data = "sent" if role.endswith(_SENDS) else "received" if role.endswith(_RECEIVES) else ""
        for account in members:
            for user in users.get(account.key, ()):
                others = tuple(component for component in called.values() if component is not user)
                yield RoleGrant(grant.address, user, others, data)
