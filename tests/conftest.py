"""Shared fixtures: the reference project, a minimal one, running the command line, and `--accept`."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

import measuring  # begins before archgen is imported
import processes
from archgen.artifacts.base import Artifact, Context
from archgen.draw.batch import Drawings
from archgen.draw.drawing import Drawing, draw
from archgen.draw.graph import Graph
from archgen.pipeline import Project, check, graph, load
from archgen.system.git_history import History
from sharing import Shared

# CI runs the same examples every time. Elsewhere they are new ones; `--hypothesis-profile=long` runs many.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("local", deadline=None)
settings.register_profile("long", max_examples=5000, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "local")

pytest_plugins = ["browsing", "emulating", "visiting"]

ROOT = Path(__file__).parents[1]
CASES = Path(__file__).parent / "cases"
DATA = Path(__file__).parent / "data"
# Models of other companies and shapes, all of which build without changes in src/.
MODELS = sorted(path.parent for path in (Path(__file__).parent / "models").glob("*/architecture.yaml"))
CI = bool(os.environ.get("CI"))

MINIMAL = """\
version: 1
name: Small Shop
clouds:
  aws: {role: primary, region: eu-west-1, availability_zones: [eu-west-1a]}
environments:
  live:
    name: Live
    aws: {account: main, cidr: 10.0.0.0/16}
components:
  visitors:
    kind: actor
    title: Visitors
    calls: {shop: {port: 443, protocol: https}}
  shop:
    kind: service
    title: Shop
    calls: {orders: {port: 5432, protocol: postgresql}}
  orders: {kind: postgresql, title: Orders, product: rds-postgresql, engine_version: "17", size: db.t4g.micro,
           storage_gib: 20, backup: {retention_days: 7}}
"""

MKDOCS = """\
INHERIT: .archgen/site.yml
theme: {name: material, font: false}
markdown_extensions:
  - attr_list
  - md_in_html
  - pymdownx.superfences
  - pymdownx.details
  - pymdownx.tabbed: {alternate_style: true}
plugins: []  # a search index takes a third of the time, and has tests of its own
"""


def project_of(folder: Path, text: str) -> Project:
    """The project of a model without errors, which is written into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "architecture.yaml").write_text(text, encoding="utf-8")
    loaded = load(folder / "architecture.yaml")
    assert loaded.project, [(d.message, d.help) for d in loaded.diagnostics]
    return loaded.project


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite expected files with what came out")


# Fixtures that take half a minute: what asks for one is slow. The first group waits for the reference site, the second does not.
REFERENCE_SITE = {"built", "zensical", "address", "public"}
OTHER_SITES = {"hostile_pages", "chromium"}


def pytest_configure(config: pytest.Config) -> None:
    """Keep results of builds for this run of the tests only. Its workers share them, because they inherit the variable."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.TemporaryDirectory(prefix="archgen-results-")
        config.add_cleanup(folder.cleanup)
        os.environ["ARCHGEN_CACHE"] = folder.name


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what is slow because of what it needs."""
    if _needs(item, REFERENCE_SITE | OTHER_SITES) or item.get_closest_marker("terraform"):
        item.add_marker("slow")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what is slow. xdist gives each of two workers half of the list, and later moves tests from the end of a half."""
    slow = [item for item in items if item.get_closest_marker("slow")]
    fast = [item for item in items if not item.get_closest_marker("slow")]
    first = [item for item in slow if _needs(item, REFERENCE_SITE)]
    # Tests of hostile pages take up to half a minute each. If they were among the last, one worker would have nothing left to do.
    second = sorted((item for item in slow if not _needs(item, REFERENCE_SITE)), key=_is_short)
    half = max(0, len(items) // 2 - len(first))
    items[:] = [*first, *fast[:half], *second, *fast[half:]]


def pytest_collection_finish() -> None:
    """Let Python look for garbage rarely, and never among modules: the tests keep so many objects that this takes a fifth of their time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def _is_short(item: pytest.Item) -> bool:
    return not _needs(item, OTHER_SITES)


def _needs(item: pytest.Item, fixtures: set[str]) -> bool:
    """Whether a test asks for one of these fixtures. `built` is another one where the hostile pages are made."""
    asked = set(getattr(item, "fixturenames", ()))
    return bool(asked & fixtures) and not ("hostile_pages" in asked and "hostile_pages" not in fixtures)


def pytest_sessionfinish() -> None:
    processes.stop()
    measuring.note()


@pytest.fixture
def expect(request: pytest.FixtureRequest):
    """Compare text with an expected file; `--accept` rewrites it."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--accept"):
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.is_file(), f"{path.name} is missing; pytest --accept writes it"
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session")
def reference() -> Project:
    """The reference model, resolved."""
    loaded = load(ROOT / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    return loaded.project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the reference project without generated files."""
    return copy_project(tmp_path / "project")


def copy_project(target: Path) -> Path:
    """Copy the files of the reference project that people maintain."""
    target.mkdir(parents=True, exist_ok=True)
    for name in ("architecture.yaml", "mkdocs.yml"):
        shutil.copy(ROOT / name, target / name)
    shutil.copytree(ROOT / "architecture", target / "architecture")
    docs = target / "docs"
    docs.mkdir()
    for folder in ("guide", "decisions", "design"):
        if (ROOT / "docs" / folder).is_dir():
            shutil.copytree(ROOT / "docs" / folder, docs / folder)
    return target


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """Folders that all workers share. A test that changes one instead of a copy fails the last test of its worker."""
    folders = Shared(tmp_path_factory)
    yield folders
    assert folders.changed() == []


@pytest.fixture(scope="session")
def built(shared: Shared) -> Path:
    """The reference project, built with its site. It is shared, so tests copy it before they change anything."""

    def make(root: Path) -> None:
        copy_project(root)
        result = archgen("build", cwd=root)
        assert result.code == 0, result.err

    return shared.folder("reference", make)


@pytest.fixture
def built_project(built: Path, tmp_path: Path) -> Path:
    """A copy of the reference project with everything that was built but the site."""
    return copy_built(built, tmp_path / "project")


def copy_built(built: Path, target: Path) -> Path:
    """Copy a built project without its site: the next build finds its files, and pictures that it need not draw again."""
    return Path(shutil.copytree(built, target, ignore=lambda folder, _names: ["site"] if Path(folder) == built else []))


@pytest.fixture(scope="session")
def shop(shared: Shared) -> Path:
    """A new project for both clouds, as `archgen init` makes it, built without a site: six components. Shared like `built`."""

    def make(root: Path) -> None:
        for command in (("init", "--cloud", "aws,gcp"), ("build", "--no-site")):
            result = archgen(*command, cwd=root)
            assert result.code == 0, result.err

    return shared.folder("shop", make)


class _DrawnWhenAsked(dict[Graph, Drawing]):
    """Drawings of the graphs that an output asks for."""

    def __missing__(self, graph: Graph) -> Drawing:
        self[graph] = drawn = draw(graph)
        return drawn


def emitted(project: Project, output: ModuleType, history: History | None = None) -> list[Artifact]:
    """The files of one kind of output. Making all of them, with the pictures, takes ten times as long."""
    checked = check(project)
    drawings = Drawings(_DrawnWhenAsked(), fonts=project.fonts)
    made, problems = output.emit(Context(project, graph(project), drawings, checked.lasting, history=history))
    assert not [*checked.refused, *problems]
    return list(made)


@pytest.fixture
def minimal(tmp_path: Path) -> Path:
    """A project of 20 lines: one cloud, one environment, no phases, no network."""
    root = tmp_path / "minimal"
    root.mkdir()
    (root / "architecture.yaml").write_text(MINIMAL)
    (root / "mkdocs.yml").write_text(MKDOCS)
    return root


@dataclass(frozen=True)
class Result:
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str


def archgen(*arguments: str, cwd: Path, env: dict[str, str] | None = None) -> Result:
    """Run the command line in a separate process. A traceback fails the test, whatever the exit code."""
    result = Result(*processes.run(processes.Run(arguments, cwd, {**os.environ, **(env or {})})))
    assert "Traceback" not in result.err, result.err
    return result


def tree(root: Path) -> dict[str, bytes]:
    """The content of every file below a folder, by relative path."""
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def missing(what: str) -> None:
    """Skip the test because a tool is missing; fail instead in CI, which should have it."""
    if CI:
        pytest.fail(f"{what} is required in CI")
    pytest.skip(f"{what} is not installed")
