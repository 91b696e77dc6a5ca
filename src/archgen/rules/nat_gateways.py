"""NET105: production has a NAT gateway in every zone."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture

CODE = "NET105"
TITLE = "Production depends on a single NAT gateway"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """The network, on a cloud whose NAT gateways are in zones, where a tier goes out through them."""
    network = architecture.document.network
    if not network or architecture.facts.subnet_scope != "zone" or not architecture.environment.production:
        return
    if network.aws.nat_gateways == "single" and any(tier.internet == "outbound" for tier in network.tiers.values()):
        message = "production reaches the internet through one NAT gateway, in one zone"
        help_ = "set it to per-zone; the loss of that zone would cut the others off"
        yield Diagnostic(CODE, message, help_, ("network", "aws", "nat_gateways"))
