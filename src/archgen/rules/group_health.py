"""HA223: a group behind a load balancer replaces machines that do not answer requests."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import has_product, judge, with_key

CODE = "HA223"
TITLE = "A machine that does not answer requests is not replaced"
SEVERITY = "warning"

PRODUCTS = ("ec2-auto-scaling",)


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each Auto Scaling group behind a load balancer that only looks at whether its machines run."""
    for name, checked in with_key(architecture, "health_check"):
        behind = any(architecture.traits(c.tail).proxy and c.kind != "control" for c in architecture.traffic_to(name))
        if not behind or not has_product(architecture, name, *PRODUCTS):
            continue
        message = f"'{name}' replaces a machine only if it stops, not if it no longer answers the load balancer"
        path = ("components", name, "health_check")
        problem = Diagnostic(CODE, message, "set health_check: load-balancer", path) if checked == "machine" else None
        yield judge(architecture, name, "health_check", checked, problem)
