"""REF002: all components have distinct titles."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed

CODE = "REF002"
TITLE = "Two components have the same title"
SEVERITY = "warning"
ABSENCE: dict[str, str] = {}


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each component with the title of an earlier one, ignoring case and compatible characters."""
    seen: dict[str, str] = {}
    for name, component in architecture.components.items():
        plain = unicodedata.normalize("NFKC", component.title).casefold()
        if plain in seen:
            message = f"'{name}' and '{seen[plain]}' are both called '{component.title}'"
            help_ = "give one of them a different title: diagrams and pages show titles instead of IDs"
            yield Diagnostic(CODE, message, help_, ("components", name, "title"))
        elif len(architecture.components) > 1:
            yield Passed(("components", name, "title"))
        seen.setdefault(plain, name)
