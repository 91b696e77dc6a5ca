"""NET103: an environment's range is private address space, as everybody else's routers understand it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture

CODE = "NET103"
TITLE = "A range is not private address space"
SEVERITY = "error"

# https://www.rfc-editor.org/rfc/rfc1918
PRIVATE = tuple(ipaddress.IPv4Network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """The range of the environment; its spelling and its size are checked where it is read."""
    if not architecture.cidr:
        return
    network = ipaddress.IPv4Network(architecture.cidr)
    if not any(network.subnet_of(private) for private in PRIVATE):
        path = ("environments", architecture.coordinate.environment, architecture.coordinate.cloud, "cidr")
        message = f"{network} is reserved for something else than private networks"
        yield Diagnostic(CODE, message, f"choose one inside {', '.join(str(p) for p in PRIVATE)}", path)
