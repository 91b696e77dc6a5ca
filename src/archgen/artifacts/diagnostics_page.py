"""The diagnostics page: every code that archgen may report, with why and with examples."""

from __future__ import annotations

from archgen.artifacts.base import Context, Emitted, Nav
from archgen.diagnostics.codes import titles
from archgen.diagnostics.explain import explain


def emit(context: Context) -> Emitted:
    """One page, the same for every project."""
    explanations = [explain(code) for code in titles()]
    return [
        context.page("diagnostics", "diagnostics.md", Nav("Reference", "Diagnostics", 10), (), rows=explanations)
    ], []
