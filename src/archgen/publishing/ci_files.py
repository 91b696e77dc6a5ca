"""The files with which GitHub or GitLab checks the model of a project, reviews its changes, and publishes its site."""

from __future__ import annotations

import re
from pathlib import Path

from archgen import __version__
from archgen.comparing.dialects import hidden_name
from archgen.system.git import top_of
from archgen.templating.render import packaged_templates

# For each system: the file of the repository for each template. `@NAME@` is the name of the workflow.
SYSTEMS = {
    "github": {
        "check.yml": ".github/workflows/@NAME@.yml",
        "comment.yml": ".github/workflows/@NAME@-comment.yml",
        "pages.yml": ".github/workflows/@NAME@-pages.yml",
    },
    "gitlab": {"jobs.yml": ".gitlab/@NAME@.yml", "root.yml": ".gitlab-ci.yml"},
}
KEPT = ".gitlab-ci.yml"  # often exists already; then it has to include the other file
PLAIN = re.compile(r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*")  # folders that need no quotes in YAML, shells and jq


def top_and_folder(project: Path) -> tuple[Path, str]:
    """The top of the repository that a project is in, and the project's folder from there; without Git, the project is the top.

    Raises ValueError if the name of the folder would need quotes.
    """
    there = next(folder for folder in (project, *project.absolute().parents) if folder.is_dir())
    top = top_of(there) or project
    folder = project.resolve().relative_to(top.resolve()).as_posix()
    if not PLAIN.fullmatch(folder):
        raise ValueError(f"the folder {folder!r} has characters other than letters, digits, '.', '_' and '-'")
    return top, folder


def ci_files(system: str, folder: str, model: str) -> dict[str, str]:
    """Path from the top of the repository to text. The names contain the folder, so that a repository can have several models."""
    path = model if folder == "." else f"{folder}/{model}"
    name = "-".join(["architecture", *(part for part in folder.split("/") if part != ".")])
    values = {
        "NAME": name,
        "TITLE": name.replace(".", "-"),
        "FOLDER": folder,
        "PREFIX": path.removesuffix(model),
        "MODEL": path,
        "MARKED": hidden_name(path),
        "VERSION": __version__,
    }
    texts = packaged_templates() / "ci" / system
    return {
        _filled(name, values): _filled((texts / template).read_text(encoding="utf-8"), values)
        for template, name in SYSTEMS[system].items()
    }


def _filled(text: str, values: dict[str, str]) -> str:
    """A text with values in place of `@NAME@` and the like."""
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text
