"""HA210: a message is tried several times before it goes to the dead letters."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.rules._messages import QUEUE, has_setting, is_only_triggered, receivers
from archgen.rules._stated import has_product, unsaid, with_key

CODE = "HA210"
TITLE = "A message goes to the dead letters after too few attempts"
SEVERITY = "warning"

LEAST, LEAST_WITH_LAMBDA = 2, 5  # AWS asks for five if a queue starts a function of Lambda, which may be throttled


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each component with dead letters that gives up too early; for a queue, the number must be stated."""
    for name, target in with_key(architecture, "dead_letters"):
        if target is None:
            continue
        key = "max_receives" if has_setting(architecture, name, QUEUE) else "max_attempts"
        attempts = getattr(architecture.components[name], key, None)
        path = ("components", name, key)
        least = LEAST_WITH_LAMBDA if _starts_lambda(architecture, name) else LEAST
        if attempts is None:
            if key == "max_receives":  # others have a default that is more than one
                yield unsaid(*path)
        elif attempts < least:
            times = "once" if attempts == 1 else f"{attempts} times"
            message = f"'{name}' tries a message only {times} before it goes to '{target}'"
            yield Diagnostic(CODE, message, f"set `{key}` to at least {least}", path)
        else:
            yield Passed(path)


def _starts_lambda(a: Architecture, name: str) -> bool:
    """Whether a queue of SQS starts a function of Lambda that nothing else calls and waits for."""
    product = a.product(a.components[name])
    if product is None or product.id != "sqs":
        return False
    functions = [r for r in receivers(a, name) if a.components[r].product == "lambda" and has_product(a, r, "lambda")]
    return any(is_only_triggered(a, function) for function in functions)
