"""archgen: one typed architecture.yaml becomes diagrams, tables, runbooks, Terraform variable files and a site.

The names in `__all__` are the public API (docs/guide/scripts.md). Each is imported when it is first used, so that importing archgen
costs next to nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as in `typing`, whose import takes as long as the rest of `archgen --version`

if TYPE_CHECKING:
    from archgen.api import (
        Architecture,
        Diagnostic,
        ExtensionError,
        Finding,
        ModelError,
        Project,
        export,
        load,
        resolve,
    )

__version__ = "0.1.0"
__all__ = [
    "Architecture",
    "Diagnostic",
    "ExtensionError",
    "Finding",
    "ModelError",
    "Project",
    "export",
    "load",
    "resolve",
]

if not TYPE_CHECKING:  # a type checker would take any name for a public one

    def __getattr__(name: str) -> object:
        """A public name, imported now."""
        if name not in __all__:
            raise AttributeError(f"module 'archgen' has no attribute '{name}'")
        from importlib import import_module

        return getattr(import_module("archgen.api"), name)
