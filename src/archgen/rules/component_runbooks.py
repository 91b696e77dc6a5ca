"""OPS901: what keeps data, and what the public reaches, has a runbook."""

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
    """One finding for each such component that no runbook is about, in a model that has runbooks."""
    runbooks = architecture.document.runbooks.values()
    covered = {name for facts in runbooks for name in (facts.component, *facts.also)}
    for name, component in architecture.components.items() if covered else ():
        public = architecture.place(component) == EDGE or isinstance(component, LoadBalancer)
        if (component.stateful or public) and name not in covered:
            what = "keeps data" if component.stateful else "is reached by the public"
            help_ = "add a runbook whose component it is, or name it in also"
            yield Diagnostic(
                CODE,
                f"'{name}' {what}, and no runbook is about it",
                help_,
                ("components", name),
            )
