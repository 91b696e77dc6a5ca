"""HA217: a search engine of production keeps each index on two nodes."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._messages import has_setting
from archgen.rules._stated import has_product, judge, with_key

CODE = "HA217"
TITLE = "A search engine loses indexes with one node"
SEVERITY = "error"

PRODUCTS = ("elasticsearch", "opensearch", "opensearch-project")


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each search engine of production whose indexes have no further copy."""
    for name, replicas in with_key(architecture, "replicas") if architecture.environment.production else ():
        if not has_setting(architecture, name, "dedicated_managers") or not has_product(architecture, name, *PRODUCTS):
            continue
        message = f"'{name}' keeps each index once, so that a lost node loses a part of it"
        problem = (
            Diagnostic(CODE, message, "set `replicas` to at least 1", ("components", name, "replicas"))
            if replicas == 0
            else None
        )
        yield judge(architecture, name, "replicas", replicas, problem)
