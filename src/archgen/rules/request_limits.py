"""HA215: an API that the internet can reach refuses too many requests."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.rules._stated import with_key

CODE = "HA215"
TITLE = "A public API takes as many requests as it gets"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each public API without a limit and without a web application firewall that has one."""
    firewalls = {
        n
        for n, c in architecture.components.items()
        if c.firewall and "rate-limit" in (getattr(c, "rules", None) or ())
    }
    guarded = {c.head for c in architecture.traffic if c.tail in firewalls}
    guarded |= {c.tail for c in architecture.traffic if c.head in firewalls}
    for name, limit in with_key(architecture, "throttle_requests_per_second"):
        path, entrance = ("components", name), architecture.traits(name).entrance
        if entrance is False:
            continue
        if limit is not None or name in guarded:
            yield Passed(path)
        elif entrance is None:
            yield Unsaid(path, Lack(path, f"whether '{name}' can be reached from the internet", "state `endpoint`"))
        else:
            message = f"the model states no limit for the requests that '{name}' takes"
            help_ = "set `throttle_requests_per_second`, or put a firewall with the rule rate-limit before it"
            yield Diagnostic(CODE, message, help_, path)
