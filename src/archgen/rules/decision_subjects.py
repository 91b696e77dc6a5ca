"""ARC-R001: what a decision is about exists in the model, at some coordinate."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostic import Diagnostic, Path
from archgen.model.paths import exists, parse_path
from archgen.model.resolve import Resolved


def check_all(resolved: Resolved) -> Iterator[Diagnostic]:
    """Every path of every decision."""
    for name, decision in resolved.default.document.decisions.items():
        for position, text in enumerate(decision.about):
            path = parse_path(text)
            if not any(exists(architecture, path) for architecture in resolved.architectures.values()):
                place: Path = ("decisions", name, "about", position)
                yield Diagnostic(
                    "ARC-R001", f"there is no '{text}' in the model", "archgen show finds the right path", place
                )
