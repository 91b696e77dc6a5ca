"""NET105: production has a NAT gateway in every zone, or one that is in all of them."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.clouds.aws import AwsNetwork
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import passed_if_stated

CODE = "NET105"
TITLE = "Production depends on a single NAT gateway"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for a single NAT gateway in production, on a cloud with zonal gateways and a tier that uses them."""
    network = architecture.document.network
    facts = architecture.network_facts(AwsNetwork)
    if not network or not facts or not architecture.environment.production:
        return
    if not any(tier.internet == "outbound" for tier in network.tiers.values()):
        return
    path = ("network", architecture.coordinate.cloud, "nat_gateways")
    if facts.nat_gateways == "single":
        message = "production reaches the internet through a single NAT gateway in one zone"
        help_ = "set nat_gateways: per-zone or regional; otherwise, losing that zone cuts off the others"
        yield Diagnostic(CODE, message, help_, path)
    else:
        yield passed_if_stated(architecture, *path)
