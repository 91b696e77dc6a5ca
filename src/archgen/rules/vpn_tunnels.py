"""HA220: a VPN of production has two tunnels."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import has_product, judge, with_key

CODE = "HA220"
TITLE = "A VPN has a single tunnel"
SEVERITY = "warning"

PRODUCTS = ("cloud-vpn", "site-to-site-vpn")


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each VPN of AWS or Google Cloud with one tunnel, in production."""
    for name, tunnels in with_key(architecture, "tunnels") if architecture.environment.production else ():
        if getattr(architecture.components[name], "form", None) != "vpn" or not has_product(
            architecture, name, *PRODUCTS
        ):
            continue
        message = f"'{name}' has one tunnel, which the vendor replaces from time to time"
        problem = (
            Diagnostic(CODE, message, "use both tunnels", ("components", name, "tunnels")) if tunnels == 1 else None
        )
        yield judge(architecture, name, "tunnels", tunnels, problem)
