"""HA214: functions do not wait for other functions."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "HA214"
TITLE = "A function waits for another function"
SEVERITY = "info"
ABSENCE = {"kind": "A call between functions is a request unless the model states that it is an event."}

PRODUCTS = ("lambda",)


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each request of a function of Lambda to another one; one that hands over an event passes."""
    functions = {name for name, component in architecture.components.items() if component.product in PRODUCTS}
    for connection in architecture.traffic:
        if not {connection.tail, connection.head} <= functions or connection.kind == "control":
            continue
        if connection.kind == "request":
            message = f"'{connection.tail}' waits for '{connection.head}': both are paid, and both fail if one does"
            help_ = "put both into one function, let a workflow call them, or hand the work over with an event"
            yield Diagnostic(CODE, message, help_, connection.path)
        else:
            yield Passed(connection.path)
