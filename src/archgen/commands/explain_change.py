"""`archgen explain-change`: what a value of the model drives, before it is edited."""

from __future__ import annotations

import argparse
import posixpath
import re
from contextlib import ExitStack
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from archgen.analysis.settings import look_up, unknown
from archgen.commands.public_profile import leak_in
from archgen.commands.shared import CLEAN, UNUSABLE, load_at, print_or_write, show
from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.diagnostics.places import for_people
from archgen.model.paths import parse_path
from archgen.pipeline import check
from archgen.project import Loaded, Project

if TYPE_CHECKING:
    from archgen.comparing.trying import TriedStatement

_LINE = re.compile(r"(?P<file>.+):(?P<line>[0-9]+)")


def run(options: argparse.Namespace) -> int:
    """Print what the value drives; returns the exit code."""
    from archgen.checking.reading_rules import rules_reading_value
    from archgen.comparing.driven import Driven, as_json, as_text

    loaded = load_at(options, None)
    if loaded is None or loaded.project is None:
        return UNUSABLE
    project = loaded.project
    path = _path_of(options.path, loaded, project)
    if isinstance(path, Diagnostic):
        show([path], loaded)
        return UNUSABLE
    with ExitStack() as stack:
        shown = (
            _public(options, project, path, stack) if options.profile == "public" else _internal(options, project, path)
        )
    if isinstance(shown, list):
        show(shown, loaded)
        return UNUSABLE
    edition, statements, withheld = shown
    rules = rules_reading_value(project.resolved, path)
    driven = Driven(
        edition,
        path,
        tuple(statements),
        None if rules is None else tuple(rules),
        for_people(loaded.root),
        public=options.profile == "public",
    )
    text = as_json(driven) if options.format == "json" else as_text(driven)
    if leaked := leak_in(text, withheld, "the answer"):
        show([leaked], loaded)
        return UNUSABLE
    print_or_write(text, options.output)
    return CLEAN


_Shown = tuple[Project, "list[TriedStatement]", frozenset[str]]  # the project, what was tried, and the withheld values


def _internal(options: argparse.Namespace, project: Project, path: Path) -> _Shown:
    from archgen.comparing.review import ReviewedSide, review
    from archgen.comparing.trying import tried

    base = ReviewedSide(project, check(project).judgment)
    statements = tried(
        project,
        FilePath(options.model),
        path,
        lambda changed: review(base, ReviewedSide(changed, check(changed).judgment)),
    )
    return project, statements, frozenset()


def _public(options: argparse.Namespace, project: Project, path: Path, stack: ExitStack) -> _Shown | list[Diagnostic]:
    from archgen.commands.public_change import PublicComparison
    from archgen.comparing.trying import tried

    comparison = PublicComparison(project, stack)
    edition = comparison.edition()
    if isinstance(edition, list):
        return edition
    statements = tried(project, FilePath(options.model), path, comparison.compare)
    shown = [comparison.in_public(statement, edition, path) for statement in statements]
    return edition, shown, frozenset(comparison.withheld)


def _path_of(text: str, loaded: Loaded, project: Project) -> Path | Diagnostic:
    """The path of the value that a text names: a path of the model, or FILE:LINE; a diagnostic if there is none."""
    from archgen.comparing.trying import path_of_line, resolved_path

    resolved, root = project.resolved, project.files.root
    assert root is not None
    if found := _LINE.fullmatch(text):
        line = int(found["line"])
        given = posixpath.normpath(found["file"])
        names = for_people(loaded.root)
        files = [s.file for s in project.files.sources if given in (s.file, posixpath.normpath(names.of(s.file)))]
        there = path_of_line(root, files[0], line) if files else None
        if there is None:
            help_ = "name a line of a file of the model on which a key begins, such as architecture.yaml:12"
            return Diagnostic("ARC-C006", f"no value of the model begins at {text}", help_, subject=text)
        return resolved_path(resolved, root, there)
    path = parse_path(text)
    if path and any(look_up(a, path).exists for a in resolved.architectures.values()):
        return path
    return unknown(resolved, path or ("",), resolved.axes.default)
