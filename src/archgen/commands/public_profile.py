"""What commands about a change do for `--profile public`: both models without identifying values, and a search for such values."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.project import Project


def public_editions(
    projects: tuple[Project, Project], stack: ExitStack
) -> tuple[tuple[Project, Project], frozenset[str]] | list[Diagnostic]:
    """The public editions of both projects, with the same stand-ins, and the withheld values; problems if one edition is invalid."""
    from archgen.publishing.public_edition import public_edition

    made, withheld = [], set[str]()
    for project, other in (projects, projects[::-1]):
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="archgen-")))
        edition, problems = public_edition(project, folder, also=other.resolved)
        if edition is None:
            return problems
        made.append(replace(edition.project, root=project.root))  # which has its templates and rules
        withheld |= set(edition.withheld)
    return (made[0], made[1]), frozenset(withheld)


def leak_in(text: str, withheld: Iterable[str], what: str) -> Diagnostic | None:
    """The problem that a text, which is called `what`, has a withheld value in it. The problem does not print the values."""
    from archgen.publishing.public_edition import mentions

    found = mentions(text, withheld) if withheld else []
    if not found:
        return None
    plural = "" if len(found) == 1 else "s"
    message = f"{what} would reveal {len(found)} withheld value{plural}, so it was not written"
    return Diagnostic("ARC-P001", message, "run it with --profile internal where only your organization can read it")
