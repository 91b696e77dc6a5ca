"""The whole program in order: read this first.

    load       architecture.yaml -> Source -> Architecture at every coordinate
    validate   Architectures -> Diagnostics of every rule
    make       Architectures -> every Artifact, in memory
    write      Artifacts -> files, whole or not at all          (write.py)
    site       pages -> the published site                      (site.py)

Every stage gives its result beside Diagnostics; none stops at the first problem, none prints, and only `write` and `site`
touch files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from archgen.coordinate import Coordinate
from archgen.diagnostic import Diagnostic, in_order
from archgen.include import Files, read_files
from archgen.model.resolve import Resolved, locate, resolve
from archgen.own_rules import PythonRule, own_rules
from archgen.policy import Judge, Judgement
from archgen.registry import functions
from archgen.review import FILE, Reviews, read_reviews
from archgen.review import findings as review_findings
from archgen.source import Source
from archgen.textfile import UnreadableError, read_below
from archgen.trace import Traced, trace

if TYPE_CHECKING:
    from archgen.artifacts.base import Artifact
    from archgen.draw.drawing import Drawing
    from archgen.draw.fonts import Font
    from archgen.failure import Impact
    from archgen.model.architecture import Architecture
    from archgen.terraform.plans import Plans

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Project:
    """A model that could be read: the folder it lies in, its files, and its architecture at every coordinate."""

    root: Path
    files: Files
    resolved: Resolved
    unread: tuple[Diagnostic, ...] = ()  # design documents and fonts that could not be read
    reviews: Reviews = field(default_factory=Reviews)
    trusted: bool = (
        True  # whether code that the project brings may run: its templates, its rules, its site builder's plugins
    )
    fonts: tuple[Font, ...] = ()

    @property
    def templates(self) -> Path | None:
        """The folder of the project's own templates; None where its code may not run."""
        return self.root / "templates" if self.trusted else None

    def own_rules(self) -> tuple[list[PythonRule], list[Diagnostic]]:
        """The project's own rules in Python, and what is wrong with their files; nothing where its code may not run."""
        return own_rules(self.root) if self.trusted else ([], [])

    def traces(self) -> Iterator[tuple[str, list[Traced], list[Diagnostic]]]:
        """Every design document that could be read: its id, its statements, and those without a place in the model."""
        texts = dict(self.files.others)
        for name, source in self.resolved.default.document.sources.items():
            if source.file in texts:
                yield name, *trace(source, ("sources", name), texts[source.file])

    @cached_property
    def plans(self) -> Plans:
        """The Terraform stacks of each cloud, and why some cannot be made."""
        from archgen.terraform.plans import Plans, plans

        stated = any(a.document.terraform for a in self.resolved.architectures.values())
        return plans(self.resolved) if stated else Plans()

    @cached_property
    def refusals(self) -> tuple[Diagnostic, ...]:
        """Everything that building would refuse."""
        from archgen.refusals import refusals  # it asks this project

        return tuple(refusals(self))

    @property
    def fingerprint(self) -> str:
        """A hash of the model's text, the same on every machine."""
        import hashlib

        text = "\n".join(line for source in self.files.sources for line in (source.file, *source.lines))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a model: its files for snippets, the project unless it is unusable, what is wrong, and its folder."""

    files: Files
    project: Project | None
    diagnostics: list[Diagnostic]
    root: Path = Path()


def load(model: Path, *, trusted: bool = True) -> Loaded:
    """Read and resolve a model. Never raises for what is in it. No code of a project runs that is not `trusted`."""
    if not trusted and _leads_out(model):
        message = "the model is a link that leads out of its folder"
        unread = Files((Source(model.name, [], None, complete=False),), None)
        return Loaded(
            unread, None, [Diagnostic("ARC-Y001", message, "make it a real file", subject=model.name)], model.parent
        )
    files, problems = read_files(model)
    resolved = None
    if files.root is not None:
        resolved, more = resolve(files.root)
        problems += _not_caused_by(problems, more)
    if problems or resolved is None:
        return Loaded(files, None, in_order(problems), model.parent)
    files, found = _with_documents(model.parent, files, resolved)
    # What paints pictures has no limits of its own, so that a font can keep it busy for as long as it likes.
    fonts, broken = _fonts(model.parent, resolved) if trusted else ((), [])
    reviews = read_reviews(model.parent)
    if reviews.text is not None:
        files = replace(files, others=(*files.others, (FILE, reviews.text)))
    project = Project(model.parent, files, resolved, (*found, *broken), reviews, trusted, fonts)
    return Loaded(files, project, [], model.parent)


def _leads_out(file: Path) -> bool:
    return not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(file.parent))


def _with_documents(root: Path, files: Files, resolved: Resolved) -> tuple[Files, list[Diagnostic]]:
    """The design documents that the model names, read; those that cannot be are findings, since the model itself is whole."""
    texts, problems = [], []
    for name, source in resolved.default.document.sources.items():
        try:
            texts.append((source.file, read_below(root, source.file)))
        except UnreadableError as error:
            path = ("sources", name, "file")
            problems.append(Diagnostic("ARC-D003", f"'{source.file}': {error}", "", path))
    return replace(files, others=tuple(texts)), problems


def _fonts(root: Path, resolved: Resolved) -> tuple[tuple[Font, ...], list[Diagnostic]]:
    """The fonts that the model names; those that cannot be used are findings, since pictures can be drawn without."""
    named = resolved.default.document.fonts
    if not named:
        return (), []
    from archgen.draw.fonts import read_font

    fonts, problems = [], []
    for position, name in enumerate(named):
        try:
            fonts.append(read_font(root, name))
        except UnreadableError as error:
            help_ = "name a TrueType or OpenType file (.ttf, .otf, .ttc) below the model's folder"
            found = Diagnostic("ARC-V007", f"the font '{name}' cannot be used: {error}", help_, ("fonts", position))
            problems.append(locate(found, resolved.default.tree))
    return tuple(fonts), problems


def _not_caused_by(first: list[Diagnostic], later: list[Diagnostic]) -> list[Diagnostic]:
    """What the model's stages found, without complaints about places that reading has already complained about."""
    places = {(d.span.file, d.span.line) for d in first if d.span}
    return [d for d in later if d.span is None or (d.span.file, d.span.line) not in places]


def validate(project: Project, today: str | None = None) -> list[Diagnostic]:
    """Every finding that counts, each with its place. `today` (ISO 8601) is read by rules about dates, which are not asked without it."""
    return judge(project, today).findings


def judge(project: Project, today: str | None = None) -> Judgement:
    """Every rule asked, at every coordinate and of the whole; with the findings that the model waives."""
    resolved = project.resolved
    bench = Judge(resolved, today)
    own, broken = project.own_rules()
    bench.everywhere(broken)
    rules = [check for _module, check in functions("rules", "check")]
    for architecture in resolved.architectures.values():
        bench.at(architecture, (found for check in rules for found in check(architecture)))
    for rule in own:
        for architecture, found in rule.ask(resolved):
            bench.at(architecture, found)
        bench.everywhere(rule.failures)
    bench.everywhere(project.refusals)
    bench.everywhere((*project.unread, *(found for _n, _r, problems in project.traces() for found in problems)))
    bench.everywhere(review_findings(resolved, project.reviews))
    for _module, check_all in functions("rules", "check_all"):
        bench.everywhere(check_all(resolved))
    for _module, check_on in functions("rules", "check_on") if today else ():
        bench.everywhere(check_on(resolved, today))
    judgement = bench.judgement()
    return replace(judgement, findings=in_order(judgement.findings))


def make(project: Project, progress: Progress = lambda _text: None) -> tuple[list[Artifact], list[Diagnostic]]:
    """Every artifact, in order of path, and what there is to say; no artifact when something could not be made."""
    from archgen.addresses import page_of
    from archgen.artifacts.base import Context
    from archgen.artifacts.navigation import navigation
    from archgen.embeds import written_pages
    from archgen.text import TemplateFailure

    if project.refusals:
        return [], in_order(project.refusals)
    context = Context(project)
    artifacts: list[Artifact] = []
    problems: list[Diagnostic] = []
    for module, emit in functions("artifacts", "emit"):
        progress(f"making {module.__name__.rsplit('.', 1)[1].replace('_', ' ')}")
        try:
            made, found = emit(context)
        except TemplateFailure as failure:
            made, found = [], [failure.diagnostic]
        artifacts += made
        problems += found
    if not any(problem.severity == "error" for problem in problems):
        pages = frozenset(page_of(artifact.path) for artifact in artifacts if artifact.nav)
        for _module, emit_last in functions("artifacts", "emit_last"):
            artifacts += emit_last(context, pages)
    artifacts += navigation(context, artifacts)
    written, found = written_pages(context)
    problems += [*_twice(artifacts), *found]
    artifacts += written
    if any(problem.severity == "error" for problem in problems):
        return [], in_order(problems)
    if not any(finding.severity == "error" for finding in context.judgement.findings):
        _as_listed(project.resolved, artifacts)
    return sorted(artifacts, key=lambda a: a.path), in_order(problems)


def _twice(artifacts: Sequence[Artifact]) -> Iterator[Diagnostic]:
    """Files that two outputs make: none of archgen's own, whose addresses are compared beforehand, so an installed package's."""
    seen: set[str] = set()
    for path in (artifact.path for artifact in artifacts):
        if path in seen:
            message = "two outputs write this file"
            yield Diagnostic("ARC-E003", message, "rename the one that an installed package adds", subject=path)
        seen.add(path)


def _as_listed(resolved: Resolved, artifacts: Sequence[Artifact]) -> None:
    """What was compared beforehand is what was made: every page of the model, and nothing of archgen's own that is not listed."""
    from archgen.addresses import STATE_FILES, all_addresses
    from archgen.extensions import extensions

    listed = {address.file: address for address in all_addresses(resolved)}
    made = {artifact.path for artifact in artifacts if not artifact.embeds}
    lacking = {file for file, address in listed.items() if address.is_page and address.part is not None} - made
    assert not lacking, f"listed and not made: {sorted(lacking)}"
    unlisted = made - set(listed) - set(STATE_FILES)
    assert not unlisted or extensions("artifacts"), f"made and not listed: {sorted(unlisted)}"


def draw_views(project: Project, names: Sequence[str], coordinate: Coordinate) -> dict[str, Drawing]:
    """Views at one coordinate, by name, without those that show nothing there; all of them where no name is given.

    Raises LookupError with the names of all views.
    """
    from archgen.draw.batch import draw_all
    from archgen.views import views_of

    views = views_of(project.resolved)
    if not set(names) <= set(views):
        raise LookupError(*views)
    graphs = {name: views[name].graph(coordinate) for name in names or views}
    shown = {name: graph for name, graph in graphs.items() if graph.nodes()}
    batch = draw_all(shown.values(), fonts=project.fonts)
    return {name: batch.drawings[graph] for name, graph in shown.items()}


def draw_difference(one: Architecture, other: Architecture, fonts: tuple[Font, ...] = ()) -> Drawing | None:
    """The picture of what is not the same; None where no component differs."""
    from archgen.draw.batch import draw_all
    from archgen.views._difference import difference_graph

    graph = difference_graph("difference", f"{one.coordinate} → {other.coordinate}", one, other)
    return draw_all([graph], fonts=fonts).drawings[graph] if graph.nodes() else None


def draw_impact(architecture: Architecture, impact: Impact, fonts: tuple[Font, ...] = ()) -> Drawing | None:
    """The picture of a failure; None where nothing fails."""
    from archgen.draw.batch import draw_all
    from archgen.views._impact import impact_graph

    graph = impact_graph("impact", architecture, impact)
    return draw_all([graph], fonts=fonts).drawings[graph] if graph.nodes() else None
