"""OPS901: stateful and public components have a runbook."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.load_balancer import LoadBalancer
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE

CODE = "OPS901"
TITLE = "A stateful or public component has no runbook"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """A finding for each stateful or public component without a runbook, in a model that has runbooks."""
    runbooks = architecture.document.runbooks.values()
    covered = {name for facts in runbooks for name in (facts.component, *facts.also)}
    for name, component in architecture.components.items() if covered else ():
        public = architecture.place(component) == EDGE or isinstance(component, LoadBalancer)
        if (architecture.traits(name).stateful or public) and name not in covered:
            what = "stores data" if architecture.traits(name).stateful else "is public"
            help_ = "add a runbook with this `component`, or list it under `also` of another runbook"
            yield Diagnostic(
                CODE,
                f"'{name}' {what} but has no runbook",
                help_,
                ("components", name),
            )
