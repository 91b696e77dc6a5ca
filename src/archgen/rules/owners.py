"""OPS903: every component has an owner, in a model that has teams."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "OPS903"
TITLE = "A component has no owner"
SEVERITY = "warning"
ABSENCE = {"owner": "Owners are recorded in the model: without a name, it states none."}


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each component without an owner, except for actors."""
    for name, component in architecture.components.items() if architecture.document.teams else ():
        if component.person:
            continue
        if component.owner is None:
            message = f"the model states no owner of '{name}'"
            yield Diagnostic(CODE, message, "add `owner:` with an ID from `teams`", ("components", name))
        else:
            yield Passed(("components", name))
