"""For scripts: load a model, resolve it at a coordinate, export it. Import these names from `archgen`, not from here.

Everything else in archgen is private and may change in any release, except `archgen.extending`, which is for packages that extend it.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

from archgen.analysis.architecture_json import export
from archgen.checking.python_rules import Finding
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.diagnostics.report import render
from archgen.model.architecture import Architecture
from archgen.project import Project
from archgen.project import load as load_project
from archgen.registry import ExtensionError

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


class ModelError(ValueError):
    """The model cannot be used. `diagnostics` has the reasons; the text is what `archgen validate` prints."""

    def __init__(self, diagnostics: Sequence[Diagnostic], text: str) -> None:
        super().__init__(text)
        self.diagnostics = tuple(diagnostics)


def load(model: str | PathLike[str] = "architecture.yaml") -> Project:
    """The project of a model, given the path of its `architecture.yaml`. No code of the project runs.

    Raises ModelError if the model is missing or invalid, ExtensionError if an installed package that extends archgen is invalid.
    """
    loaded = load_project(Path(model), trusted=False)
    if loaded.project is None:
        raise ModelError(loaded.diagnostics, render(loaded.diagnostics, loaded.files.lines))
    return loaded.project


def resolve(project: Project, at: str = "") -> Architecture:
    """The architecture at a coordinate such as `aws,prod,growth`; axes that are left out have their defaults, as in `archgen show --at`.

    Raises ValueError if the coordinate does not exist.
    """
    axes = project.resolved.axes
    return project.resolved.architectures[axes.parse_at(at) if at else axes.default]
