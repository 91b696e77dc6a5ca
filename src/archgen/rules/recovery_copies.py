"""DR303: production data survives the loss of its region."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.relational_database import RelationalDatabase
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.rules._backups import is_copied_by_backup
from archgen.rules._stated import is_rebuilt, other_data

CODE = "DR303"
TITLE = "Production data is stored in a single region"
SEVERITY = "error"

KEY = "disaster_recovery"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each production database without copies in a recovery region, or on a cloud without such a region."""
    if not architecture.environment.production:
        return
    for name, database in architecture.of_kind(RelationalDatabase):
        if len(architecture.regions_of(database)) > 1:
            yield Passed(("components", name, "regions"))
        elif database.disaster_recovery is None and is_copied_by_backup(architecture, name):
            yield Passed(("components", name))
        elif database.disaster_recovery is None and (rebuilt := is_rebuilt(architecture, name)):
            yield Unsaid(("components", name), rebuilt) if isinstance(rebuilt, Lack) else Passed(("components", name))
        elif database.disaster_recovery is None:
            message = f"the model states no copy of the data of '{name}' outside its region"
            help_ = "add `disaster_recovery` with a strategy: snapshot-copy, read-replica or global-database"
            yield Diagnostic(CODE, message, help_, ("components", name))
        elif architecture.recovery_region is None:
            message = f"'{name}' is copied to a recovery region, but {architecture.facts.name} has none in the model"
            help_ = "add `recovery_region`"
            yield Diagnostic(CODE, message, help_, ("clouds", architecture.coordinate.cloud))
        else:
            yield Passed(("components", name, "disaster_recovery"))
    for name, keeps_data in other_data(architecture):
        if isinstance(keeps_data, Lack):
            yield Unsaid(("components", name), keeps_data)
        else:
            yield _other(architecture, name)


def _other(a: Architecture, name: str) -> Outcome:
    """What can be said about the data of a component that is not a relational database."""
    path, component = ("components", name), a.components[name]
    elsewhere = len(a.regions_of(component)) > 1 or (a.recovery_region and getattr(component, KEY, None))
    if a.traits(name).redundancy == "global" or elsewhere or is_copied_by_backup(a, name):
        return Passed(path)
    help_ = "state its `regions`, or `traits: {redundancy: global}`, if it does"
    if KEY in type(component).model_fields:
        help_ = f"state `{KEY}` with a strategy, and `recovery_region` of the cloud"
    return Unsaid(path, Lack(path, f"whether the data of '{name}' survives the loss of its region", help_))
