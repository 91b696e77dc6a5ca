"""The files of a new project: a commented model or an example, its schema, the site's configuration, and two files for Git."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
SITE = "mkdocs.yml"
# Template to file of the project.
FILES = {"mkdocs.yml": SITE, "gitignore": ".gitignore", "gitattributes": ".gitattributes"}
SHARED = (
    ".gitignore",
    ".gitattributes",
)  # kept as they are if they exist: repositories need them for other purposes too
OWN = ("templates", "icons")  # folders of an example that belong to it; a build writes others next to them
OWN_SUFFIXES = (".md", ".svg", ".yaml")
NEXT_DRILL = "2027-03-01"  # the date in models, which is replaced by one in the future
AHEAD = timedelta(days=90)


def choices() -> tuple[str, ...]:
    """The clouds of new models as the command line names them, the primary one first: `aws`, `aws,gcp`; the first is the default."""
    names = (file.parent.name.replace("-", ",") for file in (packaged_templates() / "init").glob(f"*/{MODEL}"))
    return tuple(sorted(names, key=lambda name: (name.count(","), name)))


def packaged_examples() -> Path:
    """The folder of the examples that come with archgen: in the wheel, or at the top of a checkout."""
    inside = Path(__file__).parents[1] / "examples"
    return inside if inside.is_dir() else Path(__file__).parents[3] / "examples"


def examples() -> tuple[str, ...]:
    """The names of the examples."""
    return tuple(sorted(file.parent.name for file in packaged_examples().glob(f"*/{MODEL}")))


def new_project(clouds: tuple[str, ...], today: date) -> dict[str, str]:
    """Path to text for the files of a new project. It builds without changes, and its first drill is in the future of `today`."""
    return _files({MODEL: packaged_templates() / "init" / "-".join(clouds) / MODEL}, today)


def new_example(name: str, today: date) -> dict[str, str]:
    """Path to text for the files of a new project that begins with an example; its drills and waivers end after `today`."""
    folder = packaged_examples() / name
    return _files({file.relative_to(folder).as_posix(): file for file in _own_files(folder)}, today)


def new_import(root: Path, model: str) -> dict[str, str]:
    """Path to text for the files of a project with a model that was imported. A configuration of the site that exists is kept."""
    files = {name: text for name, text in _shared_files().items() if name != SITE or not (root / name).exists()}
    return files | {MODEL: model, schema_file.PATH: schema_file.text()}


def _own_files(folder: Path) -> Iterator[Path]:
    """The model of an example, and the files that it needs."""
    yield folder / MODEL
    for part in OWN:
        yield from sorted(file for file in (folder / part).rglob("*") if file.suffix in OWN_SUFFIXES)


def _files(own: dict[str, Path], today: date) -> dict[str, str]:
    """The texts of files, with dates in the future, and those that every project has."""
    files = _shared_files() | {name: file.read_text(encoding="utf-8") for name, file in own.items()}
    files[MODEL] = files[MODEL].replace(NEXT_DRILL, (today + AHEAD).isoformat())
    return files | {schema_file.PATH: schema_file.text()}


def _shared_files() -> dict[str, str]:
    """The files that every project has."""
    folder = packaged_templates() / "init"
    return {name: (folder / template).read_text(encoding="utf-8") for template, name in FILES.items()}


def start(root: Path, files: dict[str, str]) -> tuple[list[str], list[Diagnostic]]:
    """Write the files of a new project into a folder, which is created if necessary. Returns the paths written, and diagnostics.

    Nothing is written if a file of that name exists, except that existing Git files are kept. Raises UnwritableError.
    """
    files = without_kept(root, files, SHARED)
    problems = existing(root, files, "archgen does not overwrite files here; choose a different folder")
    if problems:
        return [], problems
    write_all(root, files)
    # Recorded as generated, so that a build may replace it once the model declares a kind or a product.
    schema = Artifact(schema_file.PATH, files[schema_file.PATH].encode(), committed=True)
    try:
        record(root, schema)
    except StateError as error:
        return [], [Diagnostic("ARC-W002", str(error), "", subject=error.subject)]
    return sorted(files), []


def without_kept(root: Path, files: dict[str, str], kept: tuple[str, ...]) -> dict[str, str]:
    """The files without those that exist and stay as they are."""
    return {name: text for name, text in files.items() if name not in kept or not (root / name).exists()}


def existing(root: Path, files: Iterable[str], help_: str) -> list[Diagnostic]:
    """A diagnostic for each file that exists."""
    return [
        Diagnostic("ARC-W001", "this file already exists", help_, subject=name)
        for name in files
        if (root / name).exists()
    ]


def write_all(root: Path, files: dict[str, str]) -> None:
    """Write files into a folder. Raises UnwritableError."""
    for name, text in files.items():
        write_in_project(root, name, text.encode())
