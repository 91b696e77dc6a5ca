"""REF002: two components of one picture have titles that people can tell apart."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture

CODE = "REF002"
TITLE = "Two components have the same title"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every component, against those before it; case and compatible characters make no difference."""
    seen: dict[str, str] = {}
    for name, component in architecture.components.items():
        plain = unicodedata.normalize("NFKC", component.title).casefold()
        if plain in seen:
            message = f"'{name}' and '{seen[plain]}' are both called '{component.title}'"
            help_ = "give one of them another title: pictures and pages show titles, not ids"
            yield Diagnostic(CODE, message, help_, ("components", name, "title"))
        seen.setdefault(plain, name)
