"""Commands of tools that a rehearsal does not run, held against the commands and options that were recorded from the tools."""

from __future__ import annotations

from archgen.rehearsal.judging import Outcome
from archgen.runbooks.steps import FilledStep


def recorded_outcome(step: FilledStep) -> Outcome:
    """The outcome of a step that is not run."""
    return Outcome("reviewed", step.reviewed or "")
