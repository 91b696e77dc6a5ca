"""Fixing findings automatically: the text of a model's files with values replaced.

Only safe fixes are applied: they make a setting stricter, replace a single value in the model, and change nothing that runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archgen.diagnostics.diagnostic import Diagnostic, dotted
from archgen.project import Project
from archgen.reading.yaml_tree import Source


def fixed_files(project: Project, findings: Iterable[Diagnostic]) -> tuple[dict[str, str], list[str]]:
    """The new text of each file that changes, by name, and a line about each change."""
    fixes: dict[tuple[str, int, int], Diagnostic] = {}
    for finding in findings:
        if finding.fix is not None and finding.span and finding.span.line == finding.span.end_line:
            fixes.setdefault((finding.span.file, finding.span.line, finding.span.column), finding)
    changed: dict[str, str] = {}
    changes: list[str] = []
    for source in project.files.sources:
        mine = [
            d for (file, _l, _c), d in sorted(fixes.items()) if file == source.file and _text_at(source, d) == "false"
        ]
        if mine:
            with (project.root / source.file).open(encoding="utf-8", newline="") as stream:
                text = stream.read()
            changed[source.file] = _replace_values(text, mine)
            changes += [f"{d.span.file}:{d.span.line}: {dotted(d.path)}: {d.fix} ({d.code})" for d in mine if d.span]
    return changed, changes


def _text_at(source: Source, finding: Diagnostic) -> str:
    """The text at the place of a finding: the value, or a key if the value is a default that the model does not state."""
    assert finding.span is not None
    return source.lines[finding.span.line - 1][finding.span.column - 1 : finding.span.end_column - 1]


def _replace_values(text: str, findings: Sequence[Diagnostic]) -> str:
    """`text` with the values at the places of findings replaced, from the last to the first so that places stay valid."""
    lines = text.splitlines(keepends=True)
    for finding in reversed(findings):
        assert finding.span is not None
        line = lines[finding.span.line - 1]
        before, after = line[: finding.span.column - 1], line[finding.span.end_column - 1 :]
        lines[finding.span.line - 1] = before + (finding.fix or "") + after
    return "".join(lines)
