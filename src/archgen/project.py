"""A project: the resolved model with its reviews, design documents and fonts. `load` reads one; all later stages start from it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from archgen.analysis.design_statements import Traced, trace
from archgen.analysis.past_comparisons import FILE as COMPARISONS
from archgen.analysis.past_comparisons import PastComparisons, read_comparisons
from archgen.diagnostics.diagnostic import Diagnostic, in_order
from archgen.model.own import icon_files
from archgen.model.resolve import Resolved, locate, read_axes, resolve, validate_values
from archgen.parity.reviews import FILE, Reviews, read_reviews
from archgen.reading.include import Files, read_files
from archgen.reading.yaml_tree import Source, YamlNode
from archgen.records import dataclass
from archgen.system.textfile import UnreadableError, read_below

if TYPE_CHECKING:
    from archgen.draw.fonts import Font
    from archgen.terraform.plans import Plans
    from archgen.terraform.unbuilt import Made


@dataclass(frozen=True)
class Project:
    """A valid model: its folder, its files, and its architecture at every coordinate."""

    root: Path
    files: Files
    resolved: Resolved
    unread: tuple[Diagnostic, ...] = ()  # design documents and fonts that could not be read
    reviews: Reviews = field(default_factory=Reviews)
    trusted: bool = True  # whether to run code of the project: templates, Python rules and plugins of the site builder
    fonts: tuple[Font, ...] = ()
    icons: Mapping[str, str] = field(default_factory=dict)  # the content of icons, by the names of their files
    comparisons: PastComparisons = field(default_factory=PastComparisons)

    @property
    def templates(self) -> Path | None:
        """The folder of the project's templates; None if its code must not run."""
        return self.root / "templates" if self.trusted else None

    @property
    def rules_folder(self) -> Path | None:
        """The folder of the project's Python rules; None if its code must not run."""
        return self.root / "rules" if self.trusted else None

    def traces(self) -> Iterator[tuple[str, list[Traced], list[Diagnostic]]]:
        """For each design document that could be read: its id, its statements, and problems with assigning them to the model."""
        texts = dict(self.files.others)
        for name, source in self.resolved.default.document.sources.items():
            if source.file in texts:
                yield name, *trace(source, ("sources", name), texts[source.file])

    @cached_property
    def made(self) -> Mapping[str, Made]:
        """What the Terraform stacks of each cloud make, without values. Raises ExtensionError for an invalid binding."""
        from archgen.terraform.unbuilt import made_on  # reads the bindings, which not all commands need

        return {cloud: made_on(self.resolved, cloud) for cloud in self.resolved.axes.clouds}

    def expect(self, made: Mapping[str, Made] | None) -> None:
        """Have what another process finds out as `made`; None to find it out here after all."""
        vars(self).pop("made", None)
        if made is not None:
            vars(self)["made"] = made

    @cached_property
    def plans(self) -> Plans:
        """The planned Terraform stacks of each cloud, with the problems in planning them."""
        from archgen.terraform.plans import Plans, plans

        stated = any(a.document.terraform for a in self.resolved.architectures.values())
        return plans(self.resolved) if stated else Plans()

    @property
    def fingerprint(self) -> str:
        """The SHA-256 hash of the model's text, which is the same on every machine."""
        text = "\n".join(line for source in self.files.sources for line in (source.file, *source.lines))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Loaded:
    """The result of loading a model: its files, the project (None if the model is invalid), the problems, and its folder."""

    files: Files
    project: Project | None
    diagnostics: list[Diagnostic]
    root: Path = Path()


@dataclass(frozen=True, slots=True)
class Read:
    """A model whose values were read, and whose references were not checked yet.

    `project` is None if the values have problems already. `check` checks the references, and returns the result of loading the model.
    """

    project: Project | None
    check: Callable[[], Loaded]


def load(model: Path, *, trusted: bool = True, texts: Mapping[str, str] = MappingProxyType({})) -> Loaded:
    """Read and resolve a model. Problems in it are returned, never raised. Unless `trusted`, no code of the project runs.

    `texts` has texts of files of the model, by name, that are used instead of what these files contain.
    """
    return read(model, trusted=trusted, texts=texts).check()


def read(model: Path, *, trusted: bool = True, texts: Mapping[str, str] = MappingProxyType({})) -> Read:
    """The first half of `load`: everything but the references between the parts of the model."""
    if not trusted and _leads_out(model):
        message = "the model is a symbolic link to a file outside its folder"
        unread = Files((Source(model.name, [], None, complete=False),), None)
        help_ = "replace the link with the file"
        refused = Loaded(unread, None, [Diagnostic("ARC-Y001", message, help_, subject=model.name)], model.parent)
        return Read(None, lambda: refused)
    files, problems = read_files(model, texts)
    if files.root is None:
        return Read(None, lambda: Loaded(files, None, in_order(problems), model.parent))
    icons, broken = _icons(model.parent, files.root)
    problems += broken
    bindings = model.parent / "bindings" if trusted and (model.parent / "bindings").is_dir() else None
    validated = validate_values(files.root, icons, bindings)
    project = None
    if validated.resolved is not None and not problems:
        project = _project(model.parent, files, validated.resolved, icons, trusted=trusted)

    def check() -> Loaded:
        more = validated.check()
        found = [*problems, *_not_caused_by(problems, more)]
        if found or project is None:
            return Loaded(files, None, in_order(found), model.parent)
        return Loaded(project.files, project, [], model.parent)

    return Read(project, check)


def _project(root: Path, files: Files, resolved: Resolved, icons: Mapping[str, str], *, trusted: bool) -> Project:
    """A resolved model with the other files of its project: design documents, fonts, reviews and earlier comparisons."""
    files, unread_documents = _with_documents(root, files, resolved)
    # Fonts of an untrusted project are ignored, because the renderer has no time limit and a font can keep it busy.
    fonts, broken_fonts = _fonts(root, resolved) if trusted else ((), [])
    reviews = read_reviews(root)
    if reviews.text is not None:
        files = replace(files, others=(*files.others, (FILE, reviews.text)))
    comparisons = read_comparisons(root)
    if comparisons.text is not None:
        files = replace(files, others=(*files.others, (COMPARISONS, comparisons.text)))
    unread_files = (*unread_documents, *broken_fonts)
    return Project(root, files, resolved, unread_files, reviews, trusted, fonts, icons, comparisons)


def resolved_without(loaded: Loaded, cloud: str) -> Resolved | None:
    """A model as if it did not have one of its clouds, which must not be the primary one; None if it has problems elsewhere, too.

    A problem that exists at some coordinates only names them.
    """
    if not all(diagnostic.where for diagnostic in loaded.diagnostics):
        return None
    axes = read_axes(loaded.files.root)[0] if loaded.files.root is not None else None
    if loaded.files.root is None or axes is None or cloud not in axes.clouds or cloud == axes.primary:
        return None
    icons, broken = _icons(loaded.root, loaded.files.root)
    resolved, problems = resolve(loaded.files.root, icons, without=cloud)
    return None if broken or problems else resolved


def _icons(root: Path, tree: YamlNode) -> tuple[Mapping[str, str], list[Diagnostic]]:
    """The content of the icons that kinds and products name, by the names of their files, and the problems in them."""
    named = icon_files(tree)
    if not named:
        return {}, []
    from archgen.draw.project_icons import read_icons

    icons, problems = read_icons(root, named)
    help_ = "use an SVG or PNG file inside the model's folder; archgen explain ARC-V008 lists what it may contain"
    return icons, [
        Diagnostic("ARC-V008", f"the icon '{name}' cannot be used: {problem}", help_, span=named[name].span)
        for name, problem in problems.items()
    ]


def _leads_out(file: Path) -> bool:
    return not Path(os.path.realpath(file)).is_relative_to(os.path.realpath(file.parent))


def _with_documents(root: Path, files: Files, resolved: Resolved) -> tuple[Files, list[Diagnostic]]:
    """`files` with the design documents that the model names, and a finding for each that cannot be read."""
    texts, problems = [], []
    for name, source in resolved.default.document.sources.items():
        try:
            texts.append((source.file, read_below(root, source.file)))
        except UnreadableError as error:
            path = ("sources", name, "file")
            problems.append(Diagnostic("ARC-D003", f"'{source.file}': {error}", "", path))
    return replace(files, others=tuple(texts)), problems


def _fonts(root: Path, resolved: Resolved) -> tuple[tuple[Font, ...], list[Diagnostic]]:
    """The fonts that the model names, and a finding for each that cannot be used."""
    named = resolved.default.document.fonts
    if not named:
        return (), []
    from archgen.draw.fonts import read_font

    fonts, problems = [], []
    for position, name in enumerate(named):
        try:
            fonts.append(read_font(root, name))
        except UnreadableError as error:
            help_ = "list a TrueType or OpenType file (.ttf, .otf, .ttc) inside the model's folder"
            problem = Diagnostic("ARC-V007", f"the font '{name}' cannot be used: {error}", help_, ("fonts", position))
            problems.append(locate(problem, resolved.default.tree))
    return tuple(fonts), problems


def _not_caused_by(first: list[Diagnostic], later: list[Diagnostic]) -> list[Diagnostic]:
    """The problems in `later`, without those on lines that `first` already reports."""
    places = {(d.span.file, d.span.line) for d in first if d.span}
    return [d for d in later if d.span is None or (d.span.file, d.span.line) not in places]
