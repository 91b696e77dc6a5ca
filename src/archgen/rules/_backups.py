"""What components of backup services protect."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.rules._stated import with_key


def backups(a: Architecture) -> Iterator[tuple[str, Component, tuple[str, ...]]]:
    """The ID of each backup service, the service, and the IDs of the components that it makes copies of."""
    for name, _copied in with_key(a, "copied_to_recovery_region"):
        service = a.components[name]
        yield name, service, tuple(getattr(service, "protects", None) or ())


def is_copied_by_backup(a: Architecture, name: str) -> bool:
    """Whether a backup service keeps copies of a component in the recovery region of its cloud."""
    if not a.recovery_region:
        return False
    return any(
        name in kept and getattr(service, "copied_to_recovery_region", None) for _id, service, kept in backups(a)
    )
