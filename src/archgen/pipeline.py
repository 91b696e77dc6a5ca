"""The whole program in order: read this first.

    load       architecture.yaml -> Project, which holds an Architecture for every coordinate
    check      Project           -> Checked: the findings of every rule, and the problems that would stop a build
    graph      Project           -> Graphs: what each picture shows
    draw       Graphs            -> Drawings: where everything in a picture is
    render     Checked, Drawings -> Artifacts: the bytes of every file, in memory
    write      Artifacts         -> files of the project, all of them or none
    publish    files             -> the site

`make` runs the stages from `graph` to `render`. Each stage returns its result and Diagnostics. None stops at the first problem, and
none prints. The stages up to `render` write nothing. Besides the model, they read other files of the project: design documents,
reviews, fonts, templates, rules, hand-written pages, and the geometry of the last build's pictures (`.archgen/drawings.json`), which
saves time and does not change a result.

Imports inside functions keep `archgen validate` fast: it needs neither Graphviz nor the site builder.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archgen.checking.judge import judge
from archgen.checking.judgment import Judgment, Waived
from archgen.diagnostics.diagnostic import Diagnostic, in_order
from archgen.model.coordinate import Coordinate
from archgen.model.resolve import Resolved
from archgen.project import Loaded, Project, load, read
from archgen.records import dataclass
from archgen.registry import Part, extensions, parts
from archgen.system.meanwhile import computed_meanwhile

if TYPE_CHECKING:
    from archgen.analysis.failure import Impact
    from archgen.artifacts.base import Artifact, Context, Emitted
    from archgen.draw.batch import Drawings
    from archgen.draw.drawing import Drawing
    from archgen.draw.fonts import Font
    from archgen.draw.graph import Graph
    from archgen.model.architecture import Architecture
    from archgen.publishing.warm_site import WarmSite
    from archgen.publishing.write import WritePlan
    from archgen.system.git_history import History
    from archgen.views._graphs import Graphs

__all__ = [
    "Checked",
    "Loaded",
    "Project",
    "check",
    "draw",
    "graph",
    "load",
    "load_and_check",
    "make",
    "publish",
    "render",
    "write",
]

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Checked:
    """A project with its findings.

    `refused` are the problems that stop a build. `judgment` is as of the requested day. `lasting` does not depend on the day, and is
    what pages are generated from.
    """

    project: Project
    refused: tuple[Diagnostic, ...]
    judgment: Judgment
    lasting: Judgment

    @property
    def findings(self) -> list[Diagnostic]:
        """The findings that count, sorted by position."""
        return self.judgment.findings

    @property
    def waived(self) -> list[Waived]:
        """The findings that a waiver accepts."""
        return self.judgment.waived


def check(project: Project, today: str | None = None, jobs: int = 1) -> Checked:
    """The findings of every rule at every coordinate. Rules about dates run only if `today` (ISO 8601) is given.

    With `jobs` of at least 2, a second process looks for what would stop a build while this one runs the rules. That takes less time
    than doing both here, but what is found there is not in memory afterwards for a build.
    """
    with _refusals(project, jobs) as found:
        return _judged(project, found, today)


def load_and_check(
    model: Path, today: str | None = None, jobs: int = 1, *, trusted: bool = True
) -> tuple[Loaded, Checked | None]:
    """The result of `load`, and that of `check` if the model is valid.

    With `jobs` of at least 2, this takes less time than one after the other: the second process begins before references are checked.
    If one is broken, what it does is discarded.
    """
    unchecked = read(model, trusted=trusted)
    if unchecked.project is None:
        return unchecked.check(), None
    with _refusals(unchecked.project, jobs) as found:
        loaded = unchecked.check()
        return loaded, _judged(loaded.project, found, today) if loaded.project else None


def _refusals(project: Project, jobs: int) -> AbstractContextManager[Callable[[], tuple[Diagnostic, ...]]]:
    """A function that returns what would stop a build, which another process helps to find if there are several."""
    from archgen.artifacts.refusals_meanwhile import refusals_meanwhile

    return refusals_meanwhile(project, 1 if _may_have_effects(project) else jobs)


def _judged(project: Project, found: Callable[[], tuple[Diagnostic, ...]], today: str | None) -> Checked:
    judgments = judge(project, found, today)
    refused = tuple(problem for problem in found() if problem.severity == "error")
    return Checked(project, refused, *judgments)


def _may_have_effects(project: Project) -> bool:
    """Whether rules are code of the project or of installed packages, which may depend on running after everything else is known."""
    folder = project.rules_folder
    return bool(extensions("rules")) or (folder is not None and any(folder.glob("*.py")))


def graph(project: Project) -> Graphs:
    """The graphs of all views, each computed on first use."""
    from archgen.views._graphs import Graphs

    return Graphs(project.resolved)


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Outputs that another process makes, and a function that waits for what they have made, by their IDs."""

    outputs: Collection[str] = ()
    made: Callable[[], Mapping[str, Emitted]] = dict


@contextmanager
def _without_pictures(checked: Checked, graphs: Graphs, history: History | None, jobs: int) -> Iterator[Meanwhile]:
    """Have the outputs without pictures made meanwhile; none if there is one process, or if outputs of packages take part."""
    from archgen.artifacts.base import Context

    if jobs < 2 or extensions("artifacts"):
        yield Meanwhile()
        return
    outputs = _outputs_without_pictures()
    context = Context(checked.project, graphs, None, checked.lasting, history=history)
    with computed_meanwhile(lambda: dict(_emitted(context, lambda _text: None, outputs)), jobs) as made:
        yield Meanwhile(outputs, made)


def _outputs_without_pictures() -> list[str]:
    """The IDs of outputs that take long and read no drawing."""
    return [part.id for part in parts("artifacts") if getattr(part.module, "WITHOUT_PICTURES", False)]


def draw(project: Project, graphs: Iterable[Graph]) -> Drawings:
    """The drawings of the given graphs; positions that the last build computed are reused."""
    from archgen.draw.batch import draw_all

    return draw_all(graphs, _memory(project), fonts=project.fonts)


def _memory(project: Project) -> Mapping[str, Any]:
    """The positions that the last build computed."""
    from archgen.artifacts.base import MEMORY, MOST_MEMORY
    from archgen.draw.batch import read_memory
    from archgen.system.textfile import UnreadableError, read_below

    try:
        return read_memory(read_below(project.root, MEMORY, MOST_MEMORY))
    except UnreadableError:  # nothing to reuse
        return {}


def make(
    checked: Checked, progress: Progress = lambda _text: None, history: History | None = None, jobs: int = 1
) -> tuple[list[Artifact], list[Diagnostic]]:
    """All artifacts, sorted by path, and problems; no artifacts if one of the problems is an error.

    With `history`, pages say when what they describe was changed. With `jobs` of at least 2, a second process makes what has no pictures
    while this one draws.
    """
    if checked.refused:
        return [], in_order(checked.refused)
    graphs = graph(checked.project)
    with _without_pictures(checked, graphs, history, jobs) as meanwhile:
        progress("drawing")
        drawings = draw(checked.project, graphs.all())
        return render(checked, graphs, drawings, progress, history, meanwhile)


def render(
    checked: Checked,
    graphs: Graphs,
    drawings: Drawings,
    progress: Progress = lambda _text: None,
    history: History | None = None,
    meanwhile: Meanwhile | None = None,
) -> tuple[list[Artifact], list[Diagnostic]]:
    """All artifacts, sorted by path, and problems; no artifacts if one of the problems is an error.

    What is made `meanwhile` is taken from there.
    """
    from archgen.artifacts._next_pages import with_next_pages
    from archgen.artifacts.addresses import page_of
    from archgen.artifacts.base import Context
    from archgen.artifacts.embeds import written_pages
    from archgen.artifacts.navigation import navigation

    context = Context(checked.project, graphs, drawings, checked.lasting, history=history)
    artifacts: list[Artifact] = []
    problems: list[Diagnostic] = []
    for made, found in _all_emitted(context, progress, meanwhile or Meanwhile()):
        artifacts += made
        problems += found
    if not _has_error(problems):
        pages = frozenset(page_of(artifact.path) for artifact in artifacts if artifact.nav)
        for part in parts("artifacts"):
            if emit_last := part.function("emit_last"):
                artifacts += emit_last(context, pages)
    artifacts = with_next_pages(context.resolved, artifacts)
    artifacts += navigation(context, artifacts)
    written, found = written_pages(context)
    problems += [*_twice(artifacts), *found]
    artifacts += written
    if _has_error(problems):
        return [], in_order(problems)
    if not _has_error(checked.lasting.findings):
        _assert_as_listed(checked.project.resolved, artifacts)
    return sorted(artifacts, key=lambda a: a.path), in_order(problems)


def make_some(
    checked: Checked, last: Sequence[Artifact], paths: Collection[str], history: History | None = None
) -> list[Artifact]:
    """Those of the artifacts of the last build that have these paths, made anew without the others, as `make` makes them.

    Artifacts that their output no longer makes, or that have a problem, are left out.
    """
    from archgen.artifacts._next_pages import with_next_pages
    from archgen.artifacts.base import Context
    from archgen.draw.batch import drawn_on_demand

    project = checked.project
    drawings = drawn_on_demand(_memory(project), project.fonts)
    context = Context(project, graph(project), drawings, checked.lasting, history=history, only=paths)
    outputs = {artifact.output for artifact in last if artifact.path in paths}
    emitted = _emitted(context, lambda _text: None, outputs)
    made = [artifact for _output, (artifacts, _problems) in emitted for artifact in artifacts if artifact.path in paths]
    others = (artifact for artifact in last if artifact.path not in paths)
    return [artifact for artifact in with_next_pages(context.resolved, [*made, *others]) if artifact.path in paths]


def write(project: Project, artifacts: Sequence[Artifact], force: Iterable[str] = ()) -> WritePlan:
    """Write the artifacts into the project, all of them or none; returns what was written, removed and unchanged, and the problems.

    `force` lists files to replace even if a person wrote or edited them. Raises StateError.
    """
    from archgen.publishing.write import carry_out, plan

    todo = plan(project.root, artifacts, force)
    if not todo.problems:
        todo.problems += carry_out(project.root, todo, artifacts)
    return todo


def publish(
    project: Project,
    artifacts: Iterable[Artifact],
    progress: Progress = lambda _text: None,
    *,
    offline: bool = False,
    warm: WarmSite | None = None,
) -> list[Diagnostic]:
    """Build the site and, with `offline`, an archive that opens without a server; returns the problems.

    The site is built from the files of the project, or from the artifacts alone if the project is not trusted. With `warm`, what the site
    builder has in memory is left there.
    """
    from archgen.publishing import untrusted_site
    from archgen.publishing.site import build_archive, build_site

    progress("building the site")
    if not project.trusted:
        return untrusted_site.build(project.root, artifacts, offline=offline)
    problems = build_site(project.root, warm)
    if offline and not problems:
        progress("building the offline site")
        problems = build_archive(project.root, project.templates)
    return problems


# -- rendering ---------------------------------------------------------------------------------------------


def _has_error(diagnostics: Iterable[Diagnostic]) -> bool:
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)


def _all_emitted(context: Context, progress: Progress, meanwhile: Meanwhile) -> Iterator[Emitted]:
    """What each output makes, in the order of the outputs. Raises as `_emitted`."""
    outputs = [part.id for part in parts("artifacts")]
    made = dict(_emitted(context, progress, [id_ for id_ in outputs if id_ not in meanwhile.outputs]))
    if meanwhile.outputs:
        progress("waiting for the other pages")
        made.update(meanwhile.made())
    return (made[id_] for id_ in outputs if id_ in made)


def _emitted(context: Context, progress: Progress, outputs: Collection[str]) -> Iterator[tuple[str, Emitted]]:
    """The ID of each of these outputs, with its artifacts and problems. Raises ExtensionError if one of an installed package fails."""
    from archgen.templating.render import TemplateFailure

    for part in parts("artifacts"):
        if part.id not in outputs:
            continue
        emit = part.function("emit", passing=TemplateFailure)
        if emit is None:
            if part.package and part.function("emit_last") is None:
                raise part.error("emit() is missing", "add emit(context), which returns artifacts and diagnostics")
            continue
        progress(f"generating {part.id.replace('-', ' ')}")
        try:
            yield part.id, _made(part, emit(context))
        except TemplateFailure as failure:
            yield part.id, ([], [failure.diagnostic])


def _made(part: Part, made: object) -> tuple[list[Artifact], list[Diagnostic]]:
    """The return value of an output. Raises ExtensionError if it is not a list of artifacts and a list of diagnostics."""
    from archgen.artifacts.base import Artifact

    match made:
        case (list() as artifacts, list() as problems) if all(
            isinstance(artifact, Artifact) for artifact in artifacts
        ) and all(isinstance(problem, Diagnostic) for problem in problems):
            for artifact in artifacts:
                if not isinstance(artifact.content, bytes):
                    kind = type(artifact.content).__name__
                    raise part.error(
                        f"the content of '{artifact.path}' is {kind}, not bytes", "call encode() on the text"
                    )
            return [replace(artifact, output=part.id) for artifact in artifacts], problems
    raise part.error("emit() did not return artifacts and diagnostics", "return ([Artifact(path, content), …], [])")


def _twice(artifacts: Sequence[Artifact]) -> Iterator[Diagnostic]:
    """A problem for each path that two outputs write. `check` compares archgen's addresses, so one output is a package's."""
    seen: set[str] = set()
    for path in (artifact.path for artifact in artifacts):
        if path in seen:
            message = "two outputs write this file"
            yield Diagnostic("ARC-E003", message, "rename the one that an installed package adds", subject=path)
        seen.add(path)


def _assert_as_listed(resolved: Resolved, artifacts: Sequence[Artifact]) -> None:
    """Assert that the rendered addresses are those that `check` compared."""
    from archgen.artifacts.addresses import STATE_FILES, all_addresses

    listed = {address.file: address for address in all_addresses(resolved)}
    made = {artifact.path for artifact in artifacts if not artifact.embeds}
    lacking = {file for file, address in listed.items() if address.is_page and address.part is not None} - made
    assert not lacking, f"listed and not made: {sorted(lacking)}"
    unlisted = made - set(listed) - set(STATE_FILES)
    assert not unlisted or extensions("artifacts"), f"made and not listed: {sorted(unlisted)}"


# -- single pictures, for commands ---------------------------------------------------------------------------


class UnknownViewError(LookupError):
    """The model has no view of that name; `known` are the names of its views."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(f"the view '{name}' does not exist")
        self.name, self.known = name, tuple(known)


def draw_views(project: Project, names: Sequence[str], coordinate: Coordinate) -> dict[str, Drawing]:
    """Drawings of views at a coordinate, by name, without views that are empty there; of all views if `names` is empty.

    Raises UnknownViewError.
    """
    from archgen.draw.batch import draw_all
    from archgen.views import views_of

    views = views_of(project.resolved)
    for name in names:
        if name not in views:
            raise UnknownViewError(name, views)
    graphs = {name: views[name].graph(coordinate) for name in names or views}
    shown = {name: graph for name, graph in graphs.items() if graph.nodes()}
    drawn = draw_all(shown.values(), fonts=project.fonts).of
    return {name: drawn[graph] for name, graph in shown.items()}


def draw_difference(one: Architecture, other: Architecture, fonts: tuple[Font, ...] = ()) -> Drawing | None:
    """The picture of the differences between two architectures; None if no component differs."""
    from archgen.views._difference import difference_graph

    return _draw_one(difference_graph("difference", f"{one.coordinate} → {other.coordinate}", one, other), fonts)


def draw_impact(architecture: Architecture, impact: Impact, fonts: tuple[Font, ...] = ()) -> Drawing | None:
    """The picture of a failure; None if nothing fails."""
    from archgen.views._impact import impact_graph

    return _draw_one(impact_graph("impact", architecture, impact), fonts)


def _draw_one(shown: Graph, fonts: tuple[Font, ...]) -> Drawing | None:
    from archgen.draw.batch import draw_all

    return draw_all([shown], fonts=fonts).of[shown] if shown.nodes() else None
