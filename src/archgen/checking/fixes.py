"""A project and its findings in; out come the files with what can safely be mended, mended.

Safe is what only makes a setting stricter and changes nothing that runs: a fix replaces one value that stands in the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archgen.diagnostics.diagnostic import Diagnostic, dotted
from archgen.project import Project
from archgen.reading.yaml_tree import Source


def fixed_files(project: Project, findings: Iterable[Diagnostic]) -> tuple[dict[str, str], list[str]]:
    """The new text of each file that changes, by name, and what was done, in words."""
    fixes: dict[tuple[str, int, int], Diagnostic] = {}
    for found in findings:
        if found.fix is not None and found.span and found.span.line == found.span.end_line:
            fixes.setdefault((found.span.file, found.span.line, found.span.column), found)
    changed: dict[str, str] = {}
    said: list[str] = []
    for source in project.files.sources:
        mine = [
            d for (file, _l, _c), d in sorted(fixes.items()) if file == source.file and _value(source, d) == "false"
        ]
        if mine:
            with (project.root / source.file).open(encoding="utf-8", newline="") as stream:
                text = stream.read()
            changed[source.file] = _replaced(text, mine)
            said += [f"{d.span.file}:{d.span.line}: {dotted(d.path)}: {d.fix} ({d.code})" for d in mine if d.span]
    return changed, said


def _value(source: Source, found: Diagnostic) -> str:
    """The text at a finding's place: a place may be that of a key, where the value is a default that nobody has written."""
    assert found.span is not None
    return source.lines[found.span.line - 1][found.span.column - 1 : found.span.end_column - 1]


def _replaced(text: str, findings: Sequence[Diagnostic]) -> str:
    """The values at the findings' places replaced, from the last to the first, so that places stay true."""
    lines = text.splitlines(keepends=True)
    for found in reversed(findings):
        assert found.span is not None
        line = lines[found.span.line - 1]
        lines[found.span.line - 1] = (
            line[: found.span.column - 1] + (found.fix or "") + line[found.span.end_column - 1 :]
        )
    return "".join(lines)
