"""The diagnostics page: every code that archgen may report, with its reason and examples."""

from __future__ import annotations

from archgen.artifacts.base import Context, Emitted, Nav
from archgen.diagnostics.diagnostic import CODES
from archgen.diagnostics.explain import explain


def emit(context: Context) -> Emitted:
    """One page, the same for every project."""
    explanations = [explain(code) for code in sorted(CODES)]
    return [
        context.page("diagnostics", "diagnostics.md", Nav("Reference", "Diagnostics", 10), (), rows=explanations)
    ], []
