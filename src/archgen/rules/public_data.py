"""NET106: what keeps data is in no tier that the internet reaches."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture

CODE = "NET106"
TITLE = "Data is stored in a tier that is reachable from the internet"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every component that keeps data in a tier of the network."""
    for name, component in architecture.components.items():
        tier = architecture.tiers.get(architecture.place(component))
        if component.stateful and tier and tier.internet == "both":
            message = f"'{name}' keeps data in the tier '{architecture.place(component)}', which the internet reaches"
            help_ = "place it in a tier whose internet is none"
            yield Diagnostic(CODE, message, help_, ("components", name, "placement"))
