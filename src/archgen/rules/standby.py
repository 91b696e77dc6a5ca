"""HA201: production databases and caches have a copy in another zone."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.analysis.survival import survives_zone, zones_to_lose
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.cache import Cache
from archgen.kinds.postgresql import Postgresql
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE, OUTSIDE
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.rules._stated import passed_if_stated, trait_of

CODE = "HA201"
TITLE = "Production data is stored in a single zone"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each production database without a standby, cache without a replica, and other data that is lost with a zone."""
    if not architecture.environment.production:
        return
    for name, database in architecture.of_kind(Postgresql):
        message = f"'{name}' is in one zone in production, without a standby in another"
        if not database.multi_zone:
            yield Diagnostic(CODE, message, "set multi_zone: true", ("components", name, "multi_zone"))
        elif len(set(database.zones)) == 1:
            yield Diagnostic(CODE, message, "state both zones", ("components", name, "zones"))
        else:
            yield passed_if_stated(architecture, "components", name, "multi_zone")
    for name, cache in architecture.of_kind(Cache):
        message = f"'{name}' is in one zone in production, without a replica in another"
        if not cache.replicas:
            yield Diagnostic(CODE, message, "set `replicas` to at least 1", ("components", name, "replicas"))
        elif len(set(cache.zones)) == 1:
            yield Diagnostic(CODE, message, "state the zones of all replicas", ("components", name, "zones"))
        else:
            yield Passed(("components", name, "replicas"))
    for name, component in architecture.components.items():
        if not isinstance(component, (Postgresql, Cache)):
            yield from _other(architecture, name)


def _other(a: Architecture, name: str) -> Iterator[Outcome]:
    """What can be said about any other component that may store data in a zone."""
    stateful = trait_of(a, name, "stateful")
    if not stateful or a.place(a.components[name]) in (OUTSIDE, EDGE):
        return
    path = ("components", name)
    answers = [survives_zone(a, name, zone).answer for zone in zones_to_lose(a)]
    lacks = dict.fromkeys(lack for answer in answers for lack in answer.lacks)
    if all(answer.truth == "yes" for answer in answers):
        yield Passed(path)
    elif isinstance(stateful, Lack):
        yield Unsaid(path, stateful)
    elif any(answer.truth == "no" for answer in answers):
        message = f"'{name}' is in one zone in production, without a copy in another"
        yield Diagnostic(CODE, message, "run copies in other zones, and state them with `zones` or `traits`", path)
    else:
        yield from (Unsaid(path, lack) for lack in lacks)
