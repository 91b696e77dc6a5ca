"""HA211: a message stays hidden from other consumers while the function that received it works."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.rules._messages import is_only_triggered, receivers
from archgen.rules._stated import unsaid, with_key

CODE = "HA211"
TITLE = "A message is delivered again while a function still works on it"
SEVERITY = "warning"

PRODUCTS = ("sqs",)

TIMES = 6  # AWS asks for six times the timeout of the function, so that a throttled batch can be tried again


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each queue of SQS whose visibility timeout is too short for a function of Lambda that it starts."""
    for name, hidden in with_key(architecture, "visibility_timeout_seconds"):
        if architecture.components[name].product not in PRODUCTS:
            continue
        path = ("components", name, "visibility_timeout_seconds")
        for function in receivers(architecture, name):
            component = architecture.components[function]
            if component.product != "lambda" or not is_only_triggered(architecture, function):
                continue  # code that calls SQS itself can extend the time
            longest = getattr(component, "timeout_seconds", None)
            if hidden is None:
                yield unsaid(*path)
            if longest is None:
                yield unsaid("components", function, "timeout_seconds")
            if hidden is None or longest is None:
                continue
            if hidden < longest:
                message = f"'{name}' hides a message for {hidden} seconds, but '{function}' may work for {longest}; Lambda refuses that"
                yield Diagnostic(CODE, message, f"set at least {TIMES * longest} seconds", path)
            elif hidden < TIMES * longest:
                message = f"'{name}' hides a message for {hidden} seconds, less than {TIMES} times the {longest} seconds of '{function}'"
                yield Diagnostic(CODE, message, f"set at least {TIMES * longest} seconds", path, severity="info")
            else:
                yield Passed(path)
