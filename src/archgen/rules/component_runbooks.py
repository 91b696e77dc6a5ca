"""OPS901: stateful and public components have a runbook."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.load_balancer import LoadBalancer
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.component import EDGE
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.rules._stated import trait_of

CODE = "OPS901"
TITLE = "A stateful or public component has no runbook"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each stateful or public component without a runbook, in a model that has runbooks."""
    runbooks = architecture.document.runbooks.values()
    covered = {name for facts in runbooks for name in (facts.component, *facts.also)}
    for name, component in architecture.components.items() if covered else ():
        public = architecture.place(component) == EDGE or isinstance(component, LoadBalancer)
        stateful = trait_of(architecture, name, "stateful")
        if not (stateful or public):
            continue
        if name in covered:
            yield Passed(("components", name))
        elif isinstance(stateful, Lack) and not public:
            yield Unsaid(("components", name), stateful)
        else:
            what = "stores data" if stateful is True else "is public"
            help_ = "add a runbook with this `component`, or list it under `also` of another runbook"
            yield Diagnostic(
                CODE,
                f"'{name}' {what} but has no runbook",
                help_,
                ("components", name),
            )
