"""CI702: image registries scan images on push and have immutable tags."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.registry import Registry
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import passed_if_stated

CODE = "CI702"
TITLE = "An image registry does not scan images, or lets tags be moved"
SEVERITY = "warning"

SETTINGS = (
    ("scan_on_push", "does not scan images when they are pushed"),
    ("immutable_tags", "allows tags to be moved to a different image"),
)


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each registry and setting."""
    for name, registry in architecture.of_kind(Registry):
        for setting, what in SETTINGS:
            path = ("components", name, setting)
            if not getattr(registry, setting):
                # Immutable tags are not fixed automatically, because they break a pipeline that moves tags.
                safe = "true" if setting == "scan_on_push" else None
                message = f"'{name}' {what}"
                yield Diagnostic(CODE, message, f"set {setting}: true", path, fix=safe)
            else:
                yield passed_if_stated(architecture, *path)
