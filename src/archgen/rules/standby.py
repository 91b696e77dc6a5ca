"""HA201: production databases and caches have a copy in another zone."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.analysis.regions import active_zones, is_active_in_several, zones_to_lose
from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.kinds.cache import Cache
from archgen.kinds.relational_database import RelationalDatabase
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
    yield from _databases(architecture)
    yield from _caches(architecture)
    for name, component in architecture.components.items():
        if not isinstance(component, (RelationalDatabase, Cache)):
            yield from _other(architecture, name)


def _databases(architecture: Architecture) -> Iterator[Outcome]:
    for name, database in architecture.of_kind(RelationalDatabase):
        if is_active_in_several(architecture, database):
            yield Passed(("components", name, "regions"))
        elif database.multi_zone is None:
            yield from _other(architecture, name)
        elif not database.multi_zone:
            path: Path = ("components", name, "multi_zone")
            yield Diagnostic(CODE, _in_one_zone(architecture, name, "standby"), "set multi_zone: true", path)
        elif len(active_zones(architecture, database)) == 1:
            path = ("components", name, "zones")
            yield Diagnostic(CODE, _in_one_zone(architecture, name, "standby"), "state both zones", path)
        else:
            yield passed_if_stated(architecture, "components", name, "multi_zone")


def _caches(architecture: Architecture) -> Iterator[Outcome]:
    for name, cache in architecture.of_kind(Cache):
        message = _in_one_zone(architecture, name, "replica")
        if is_active_in_several(architecture, cache):
            yield Passed(("components", name, "regions"))
        elif not cache.replicas:
            yield Diagnostic(CODE, message, "set `replicas` to at least 1", ("components", name, "replicas"))
        elif len(active_zones(architecture, cache)) == 1:
            yield Diagnostic(CODE, message, "state the zones of all replicas", ("components", name, "zones"))
        else:
            yield Passed(("components", name, "replicas"))


def _in_one_zone(a: Architecture, name: str, what: str) -> str:
    """The message about a component that stops with a zone, although it may be kept ready in another region."""
    passive = [id_ for id_, role in a.regions_of(a.components[name]).items() if role == "passive"]
    if passive and len(a.regions_of(a.components[name])) > 1:
        regions = ", ".join(a.regions[id_].name for id_ in passive)
        return f"'{name}' works in one zone in production, and is used in {regions} only after a failover"
    return f"'{name}' is in one zone in production, without a {what} in another"


def _other(a: Architecture, name: str) -> Iterator[Outcome]:
    """What can be said about any other component that may store data in a zone."""
    stateful = trait_of(a, name, "stateful")
    if not stateful or a.place(a.components[name]) in (OUTSIDE, EDGE):
        return
    path = ("components", name)
    answers = [survival.answer for survival in zones_to_lose(a, name)]
    lacks = dict.fromkeys(lack for answer in answers for lack in answer.lacks)
    if all(answer.truth == "yes" for answer in answers):
        yield Passed(path)
    elif isinstance(stateful, Lack):
        yield Unsaid(path, stateful)
    elif any(answer.truth == "no" for answer in answers):
        message = _in_one_zone(a, name, "copy")
        yield Diagnostic(CODE, message, "run copies in other zones, and state them with `zones` or `traits`", path)
    else:
        yield from (Unsaid(path, lack) for lack in lacks)
