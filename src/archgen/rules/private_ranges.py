"""NET103: the address range of each environment is private address space according to RFC 1918."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "NET103"
TITLE = "An address range is not private"
SEVERITY = "error"
ABSENCE = {"cidr": "An environment without a range has no subnets."}

# https://www.rfc-editor.org/rfc/rfc1918
PRIVATE = tuple(ipaddress.IPv4Network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding if the environment's range is not private; its form and size are checked when the model is validated."""
    if not architecture.cidr:
        return
    network = ipaddress.IPv4Network(architecture.cidr)
    path = ("environments", architecture.coordinate.environment, architecture.coordinate.cloud, "cidr")
    if not any(network.subnet_of(private) for private in PRIVATE):
        message = f"{network} is not a private address range"
        yield Diagnostic(CODE, message, f"choose a range inside {', '.join(str(p) for p in PRIVATE)}", path)
    else:
        yield Passed(path)
