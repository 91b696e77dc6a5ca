"""A folder in; out come the files of a new project: a commented model, its schema, the site's configuration, what Git ignores."""

from __future__ import annotations

from pathlib import Path

from archgen.artifacts import schema_file
from archgen.diagnostic import Diagnostic
from archgen.text import packaged_templates
from archgen.write import write_one

# Template -> file of the project.
FILES = {"architecture.yaml": "architecture.yaml", "mkdocs.yml": "mkdocs.yml", "gitignore": ".gitignore"}


def new_project() -> dict[str, str]:
    """The files of a new project by path; they build at once."""
    folder = packaged_templates() / "init"
    files = {name: (folder / template).read_text(encoding="utf-8") for template, name in FILES.items()}
    return {**files, schema_file.PATH: schema_file.text()}


def start(root: Path) -> tuple[list[str], list[Diagnostic]]:
    """Write a new project into a folder, which is made when it is not there. Nothing is written when a file is in the way.

    A `.gitignore` that is there already stays as it is.
    """
    files = new_project()
    if (root / ".gitignore").exists():
        del files[".gitignore"]
    help_ = "archgen init starts a project where there is none; choose another folder"
    problems = [
        Diagnostic("ARC-W001", "this file is there already", help_, subject=name)
        for name in files
        if (root / name).exists()
    ]
    if problems:
        return [], problems
    for name, text in files.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        write_one(target, text.encode())
    return sorted(files), []
