"""NET106: data stores are not in tiers that the internet can reach."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture

CODE = "NET106"
TITLE = "Data is stored in a tier that is reachable from the internet"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """A finding for each stateful component in a public tier."""
    for name, component in architecture.components.items():
        tier = architecture.tiers.get(architecture.place(component))
        if architecture.traits(name).stateful and tier and tier.internet == "both":
            message = (
                f"'{name}' stores data in the tier '{architecture.place(component)}', which the internet can reach"
            )
            help_ = "place it in a tier with internet: none"
            yield Diagnostic(CODE, message, help_, ("components", name, "placement"))
