"""Fixing a model automatically: findings that can be fixed safely, and words of an earlier version.

A fix of a finding is safe if it makes a setting stricter, replaces a single value in the model, and changes nothing that runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from archgen.diagnostics.diagnostic import Diagnostic, Span, dotted
from archgen.model.legacy import CODE, NEWEST, new_version, old_forms
from archgen.project import Project
from archgen.reading.changes import Change, ChangeError, SetValue
from archgen.reading.edits import ModelFiles, path_at
from archgen.reading.yaml_tree import plain_scalar
from archgen.records import dataclass


@dataclass(frozen=True, slots=True)
class _Fix:
    """Changes that belong together, and a line about them: where, and what. With `if_all`, they need every new word to be made."""

    at: Span
    about: str
    changes: Sequence[Change]
    if_all: bool = False

    @property
    def line(self) -> str:
        return f"{self.at.file}:{self.at.line}: {self.about}"


def fix_files(project: Project, findings: Iterable[Diagnostic]) -> tuple[list[str], list[str]]:
    """Fix the files of a model. Returns a line about each fix, and one about each fix that could not be made.

    Raises OSError if a file cannot be read or written.
    """
    files = ModelFiles(project.root, [source.file for source in project.files.sources])
    made: list[str] = []
    failed: list[str] = []
    for fixes in (_safe_fixes(project, findings), _new_words(project)):
        complete = True
        for fix in fixes:
            if fix.if_all and not complete:
                continue
            try:
                files.change(fix.changes)
            except ChangeError as error:
                complete = False
                failed.append(f"{fix.line}: {error}")
            else:
                made.append(fix.line)
    files.write()
    return made, failed


def _safe_fixes(project: Project, findings: Iterable[Diagnostic]) -> Iterator[_Fix]:
    """The fixes of findings. Only a value in the file is changed, not a key whose value is a default."""
    seen: set[Span] = set()
    roots = {source.file: source.root for source in project.files.sources}
    for finding in sorted((f for f in findings if f.fix is not None and f.span), key=_position):
        assert finding.span
        assert finding.fix is not None
        root = roots.get(finding.span.file)
        path = path_at(root, finding.span) if root else None
        node = root.get(path) if root and path else None
        if path and node and node.value is False and finding.span not in seen:
            seen.add(finding.span)
            value, _trouble = plain_scalar(finding.fix)
            about = f"{dotted(finding.path)}: {finding.fix} ({finding.code})"
            yield _Fix(finding.span, about, [SetValue(path, value)])


def _position(finding: Diagnostic) -> tuple[str, int, int]:
    assert finding.span
    return finding.span.file, finding.span.line, finding.span.column


def _new_words(project: Project) -> Iterator[_Fix]:
    """The rewrites of all old forms. If all of them can be rewritten, the version of the model follows."""
    root = project.files.root
    forms = old_forms(root) if root else []
    version = new_version(root) if root else None
    if not root or not version:
        return
    for form in forms:
        if form.changes:
            span = form.node.key_span or form.node.span
            about = f"{dotted(form.path)}: `{form.rewrite.old}` becomes `{form.rewrite.new}` ({CODE})"
            yield _Fix(span, about, form.changes)
    if forms and all(form.changes for form in forms):
        stated = root.get(("version",))
        assert stated
        yield _Fix(stated.key_span or stated.span, f"version: {NEWEST} ({CODE})", [version], if_all=True)
