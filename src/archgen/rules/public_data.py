"""NET106: data stores are not in tiers that the internet can reach."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.rules._stated import trait_of

CODE = "NET106"
TITLE = "Data is stored in a tier that is reachable from the internet"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each stateful component in a public tier."""
    for name, component in architecture.components.items():
        internet = architecture.internet_of(component)
        stateful = trait_of(architecture, name, "stateful") if internet else False
        if not stateful:
            continue
        if internet != "both":
            yield Passed(("components", name))
        elif isinstance(stateful, Lack):
            yield Unsaid(("components", name), stateful)
        else:
            message = (
                f"'{name}' stores data in the tier '{architecture.place(component)}', which the internet can reach"
            )
            help_ = "place it in a tier with internet: none"
            yield Diagnostic(CODE, message, help_, ("components", name, "placement"))
