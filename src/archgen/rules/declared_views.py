"""ARC-V002: each view that the model declares shows something at some coordinate, and never more than fits."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.resolve import Resolved


def check_all(resolved: Resolved) -> Iterator[Diagnostic]:
    """A finding for each declared view that is empty at all coordinates, or too large at one."""
    if not any(architecture.document.views for architecture in resolved.architectures.values()):
        return
    from archgen.analysis.grouping import MOST
    from archgen.views import views_of  # imports every view; most models declare none

    for name, view in views_of(resolved).items():
        if view.part[:1] != ("views",):
            continue
        sizes = {coordinate: len(view.graph(coordinate).nodes()) for coordinate in resolved.axes.all}
        if not any(sizes.values()):
            message = f"the view '{name}' selects no component at any coordinate"
            yield Diagnostic("ARC-V002", message, "widen its `select`", view.part)
        elif max(sizes.values()) > MOST:
            message = f"the view '{name}' shows {max(sizes.values())} components, more than {MOST}"
            help_ = "select fewer, or split the view: its text would be too small to read"
            yield Diagnostic("ARC-V002", message, help_, view.part, severity="warning")
