"""DATA410: an ordered queue has an ordered queue for its dead letters."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.rules._stated import unsaid, with_key

CODE = "DATA410"
TITLE = "A queue and its dead letters have different types"
SEVERITY = "error"

PRODUCTS = ("sqs",)


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each pair of queues of SQS of which only one is ordered; nothing if neither states that it is."""
    for name, target in with_key(architecture, "dead_letters"):
        queue, dead = architecture.components[name], architecture.components.get(target or "")
        if queue.product not in PRODUCTS or dead is None or dead.product not in PRODUCTS:
            continue
        ordered = {id_: getattr(c, "ordered", None) for id_, c in ((name, queue), (target, dead))}
        if not any(ordered.values()):
            continue
        missing = [id_ for id_, stated in ordered.items() if stated is None]
        if missing:
            yield unsaid("components", missing[0], "ordered")
        elif ordered[name] != ordered[target]:
            first, second = (name, target) if ordered[name] else (target, name)
            message = f"'{first}' is ordered and '{second}' is not; SQS refuses that for a queue and its dead letters"
            yield Diagnostic(
                CODE, message, f"set `ordered` to the same value as for '{name}'", ("components", target, "ordered")
            )
        else:
            yield Passed(("components", target, "ordered"))
