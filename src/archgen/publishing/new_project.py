"""The files of a new project: a commented model, its schema, the site's configuration, and two files for Git."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from archgen.artifacts import schema_file
from archgen.artifacts.base import Artifact
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.publishing.state_folder import StateError
from archgen.publishing.write import record
from archgen.system.outfile import write_in_project
from archgen.templating.render import packaged_templates

MODEL = "architecture.yaml"
# Template to file of the project.
FILES = {"mkdocs.yml": "mkdocs.yml", "gitignore": ".gitignore", "gitattributes": ".gitattributes"}
SHARED = (
    ".gitignore",
    ".gitattributes",
)  # kept as they are if they exist: repositories need them for other purposes too
NEXT_DRILL = "2027-03-01"  # the date in the templates, which is replaced by one in the future
AHEAD = timedelta(days=90)


def choices() -> tuple[str, ...]:
    """The clouds of new models as the command line names them, the primary one first: `aws`, `aws,gcp`; the first is the default."""
    names = (file.parent.name.replace("-", ",") for file in (packaged_templates() / "init").glob(f"*/{MODEL}"))
    return tuple(sorted(names, key=lambda name: (name.count(","), name)))


def new_project(clouds: tuple[str, ...], today: date) -> dict[str, str]:
    """Path to text for the files of a new project. It builds without changes, and its first drill is in the future of `today`."""
    folder = packaged_templates() / "init"
    model = (folder / "-".join(clouds) / MODEL).read_text(encoding="utf-8")
    files = {name: (folder / template).read_text(encoding="utf-8") for template, name in FILES.items()}
    dated = model.replace(NEXT_DRILL, (today + AHEAD).isoformat())
    return {MODEL: dated, **files, schema_file.PATH: schema_file.text()}


def start(root: Path, clouds: tuple[str, ...], today: date) -> tuple[list[str], list[Diagnostic]]:
    """Write a new project into a folder, which is created if necessary. Returns the paths written, and diagnostics.

    Nothing is written if a file of that name exists, except that existing Git files are kept. Raises UnwritableError.
    """
    files = new_project(clouds, today)
    for name in SHARED:
        if (root / name).exists():
            del files[name]
    help_ = "archgen init does not overwrite files; choose a different folder"
    problems = [
        Diagnostic("ARC-W001", "this file already exists", help_, subject=name)
        for name in files
        if (root / name).exists()
    ]
    if problems:
        return [], problems
    for name, text in files.items():
        write_in_project(root, name, text.encode())
    # Recorded as generated, so that a build may replace it once the model declares a kind or a product.
    schema = Artifact(schema_file.PATH, files[schema_file.PATH].encode(), committed=True)
    try:
        record(root, schema)
    except StateError as error:
        return [], [Diagnostic("ARC-W002", str(error), "", subject=error.subject)]
    return sorted(files), []
