"""HA218: a domain of Amazon OpenSearch Service in production has three nodes that manage it."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import judge, with_key

CODE = "HA218"
TITLE = "A search engine may have no leader after the loss of a node"
SEVERITY = "warning"

PRODUCTS, LEAST = ("opensearch",), 3


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each domain of production with fewer than three dedicated managers."""
    for name, managers in with_key(architecture, "dedicated_managers") if architecture.environment.production else ():
        if architecture.components[name].product not in PRODUCTS:
            continue
        path = ("components", name, "dedicated_managers")
        message = f"'{name}' has {managers or 'no'} dedicated managers in production"
        problem = (
            Diagnostic(CODE, message, f"set at least {LEAST}", path)
            if managers is not None and managers < LEAST
            else None
        )
        yield judge(architecture, name, "dedicated_managers", managers, problem)
