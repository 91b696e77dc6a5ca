"""CI702: images are scanned when they arrive, and a tag never moves."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.registry import Registry
from archgen.model.architecture import Architecture

CODE = "CI702"
TITLE = "An image registry does not scan images, or lets tags be moved"
SEVERITY = "warning"

SETTINGS = (
    ("scan_on_push", "takes images without scanning them"),
    ("immutable_tags", "lets a tag be moved to another image"),
)


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Every registry."""
    for name, registry in architecture.of_kind(Registry):
        for setting, what in SETTINGS:
            if not getattr(registry, setting):
                path = ("components", name, setting)
                safe = (
                    "true" if setting == "scan_on_push" else None
                )  # tags that stay may stop a pipeline that moves them
                message = f"'{name}' {what}"
                yield Diagnostic(CODE, message, f"set {setting} to true", path, fix=safe)
