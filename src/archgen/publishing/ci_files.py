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
    "gitlab": {"root.yml": ".gitlab-ci.yml"},
}
# GitLab's jobs are those of the components that this repository offers.
COMPONENTS = ("architecture-check", "architecture-note", "architecture-pages")
JOBS = ".gitlab/@NAME@.yml"
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
    values = {"NAME": name, "FOLDER": folder, "MODEL": path, "MARKED": hidden_name(path), "VERSION": __version__}
    texts = packaged_templates() / "ci" / system
    files = {
        _filled(name, values): _filled((texts / template).read_text(encoding="utf-8"), values)
        for template, name in SYSTEMS[system].items()
    }
    return files | {_filled(JOBS, values): _gitlab_jobs(name, path)} if system == "gitlab" else files


def component(name: str) -> tuple[str, str]:
    """A component for GitLab: its header with the inputs, and its jobs."""
    text = (packaged_templates() / name / "template.yml").read_text(encoding="utf-8")
    header, _, jobs = text.partition("\n---\n")
    return header, jobs


def interpolated(jobs: str, inputs: dict[str, str]) -> str:
    """The jobs of a component with values in place of `$[[ inputs.name ]]`."""
    return re.sub(r"\$\[\[ inputs\.([a-z-]+) \]\]", lambda match: inputs[match[1]], jobs)


def _gitlab_jobs(name: str, model: str) -> str:
    """The jobs of all components for a model."""
    inputs = {
        "name": name,
        "title": name.replace(".", "-"),  # which has fewer characters than names of jobs
        "model": model,
        "stage": "test",
        "fail-on": "error",
        "profile": "internal",
        "version": __version__,
    }
    jobs = "\n".join(interpolated(component(each)[1], inputs) for each in COMPONENTS)
    return (
        f"# Checks {model} in merge requests, says what each one changes, and publishes the site from the default branch.\n"
        f"# Written by `archgen init --ci gitlab`; {KEPT} has to include this file.\n{jobs}"
    )


def _filled(text: str, values: dict[str, str]) -> str:
    """A text with values in place of `@NAME@` and the like."""
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text
