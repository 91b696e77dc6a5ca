"""HA204: production services run in at least two copies, and pods scale out."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.service import Service
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.rules._messages import has_setting
from archgen.rules._stated import unsaid, with_key

CODE = "HA204"
TITLE = "A production service has fewer than two copies, or does not scale"
SEVERITY = "warning"

LEAST = 2


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each production service that can run as a single pod, container or machine, or whose pods do not scale."""
    if not architecture.environment.production:
        return
    for name, service in architecture.of_kind(Service):
        least = service.scaling.min if service.scaling else None
        if least is None or least < LEAST:
            state = "does not scale" if least is None else f"can scale down to {least} pod{'' if least == 1 else 's'}"
            message = f"'{name}' {state} in production"
            help_ = f"set `scaling` with a `min` of at least {LEAST}, so that it survives the loss of a node"
            path = ("components", name, *(() if least is None else ("scaling", "min")))
            yield Diagnostic(CODE, message, help_, path)
        else:
            yield Passed(("components", name, "scaling"))
    yield from _outside_of_clusters(architecture)


def _outside_of_clusters(a: Architecture) -> Iterator[Outcome]:
    """What can be said about containers and groups of machines, each of which is in one zone: a vendor spreads others itself."""
    for name, scaling in with_key(a, "scaling"):
        if isinstance(a.components[name], Service) or a.traits(name).redundancy != "zonal":
            continue
        if scaling is None:
            yield unsaid("components", name, "scaling")
        else:
            yield _copies(name, scaling.min, ("scaling", "min"))
    for name, least in with_key(a, "min"):
        if not has_setting(a, name, "health_check") or a.traits(name).redundancy != "zonal":
            continue
        yield unsaid("components", name, "min") if least is None else _copies(name, least, ("min",))


def _copies(name: str, least: int, setting: tuple[str, ...]) -> Outcome:
    path = ("components", name, *setting)
    if least >= LEAST:
        return Passed(path)
    message = f"'{name}' can scale down to {least} cop{'y' if least == 1 else 'ies'} in production"
    return Diagnostic(CODE, message, f"set `{'.'.join(setting)}` to at least {LEAST}, in different zones", path)
