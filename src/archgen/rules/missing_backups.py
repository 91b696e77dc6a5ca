"""DATA412: files, disks and machines that keep data in production have backups."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.rules._backups import backups
from archgen.rules._messages import has_setting
from archgen.rules._stated import is_rebuilt, trait_of, unsaid, with_key

CODE = "DATA412"
TITLE = "Production data has no backup"
SEVERITY = "warning"

SETTINGS = ("backup_retention_days", "snapshot_retention_days")
KEEPS_STATES = "time_travel_hours"  # warehouses keep earlier states, or make snapshots by default
RESTORED = "point_in_time_recovery"  # DATA402 asks these databases


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each file system, disk or machine of production without backups, and without a backup service for it."""
    if not architecture.environment.production:
        return
    protected = {name for _id, _service, names in backups(architecture) for name in names}
    for setting in SETTINGS:
        for name, days in with_key(architecture, setting):
            path = ("components", name)
            if has_setting(architecture, name, RESTORED) or is_rebuilt(architecture, name) is True:
                continue
            keeps_data = trait_of(architecture, name, "keeps_data")
            if not keeps_data:
                continue
            if days is not None or name in protected:
                yield Passed(path)
            elif isinstance(keeps_data, Lack):
                yield Unsaid(path, keeps_data)
            elif has_setting(architecture, name, KEEPS_STATES):
                yield unsaid(*path, setting)
            else:
                message = f"the model states no backup of '{name}'"
                help_ = f"set `{setting}`, or add it to `protects` of a component of the kind backup"
                yield Diagnostic(CODE, message, help_, path)
