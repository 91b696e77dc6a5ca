"""NET119: virtual machines have no address on the internet."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import judge, with_key

CODE = "NET119"
TITLE = "A virtual machine has an address on the internet"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each machine that states a public address."""
    for name, public in with_key(architecture, "public_address"):
        message = f"'{name}' has an address on the internet"
        help_ = "put a load balancer before it, let people in through a remote-access component, and set public_address: false"
        problem = Diagnostic(CODE, message, help_, ("components", name, "public_address")) if public else None
        yield judge(architecture, name, "public_address", public, problem)
