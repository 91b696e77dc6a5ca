"""DATA409: dead letters are kept longer than the messages of their queue, and in the same order."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.rules._stated import unsaid, with_key

CODE = "DATA409"
TITLE = "Dead letters expire too early"
SEVERITY = "warning"

PRODUCTS = ("sqs",)


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each unordered queue of SQS whose dead letters are kept no longer than its own messages."""
    for name, target in with_key(architecture, "dead_letters"):
        queue, dead = architecture.components[name], architecture.components.get(target or "")
        if (
            queue.product not in PRODUCTS
            or dead is None
            or dead.product not in PRODUCTS
            or getattr(queue, "ordered", None)
        ):
            continue
        path = ("components", target, "retention_days")
        kept, kept_dead = getattr(queue, "retention_days", None), getattr(dead, "retention_days", None)
        if kept is None:
            yield unsaid("components", name, "retention_days")
        if kept_dead is None:
            yield unsaid(*path)
        if kept is None or kept_dead is None:
            continue
        if kept_dead <= kept:
            message = f"'{target}' keeps dead letters for {kept_dead:g} days after they were sent, no longer than '{name}' keeps messages"
            help_ = f"set more than {kept:g} days there, or fewer days for '{name}'"
            yield Diagnostic(CODE, message, help_, path)
        else:
            yield Passed(path)
