"""`archgen format`: one canonical layout for the files of a model, in which every value and every comment stays.

The formatted text is parsed again. If a value or a comment were different, the text is refused and nothing is written.
"""

from __future__ import annotations

import json
from collections import Counter

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.reading.comments import comments
from archgen.reading.edits import BOM, newline_of
from archgen.reading.layout import TopPart, parts
from archgen.reading.yaml_tree import YamlNode, parse

# The order of the top-level keys. Others stay after the key that they follow.
_ORDER = """
version include name project naming repository branch assumed summary teams clouds phases environments organization network networks
sites capabilities kinds products defaults components fonts flows views images observability runbooks terraform controls costs rules
decisions glossary sources
"""
ORDER = tuple(_ORDER.split())


class FormatError(ValueError):
    """A text that cannot be formatted without a change of its content."""


def formatted(text: str, file: str) -> tuple[str, list[Diagnostic]]:
    """The text of a model's file in canonical layout, with its line ends and byte order mark. A text with problems stays as it is.

    Raises FormatError.
    """
    mark, body = (BOM, text[1:]) if text.startswith(BOM) else ("", text)
    source, problems = parse(body, file)
    if problems or source.root is None:
        return text, problems
    new = "\n".join(_arranged(*parts(source.lines, source.root))) + "\n"
    after, wrong = parse(new, file)
    if wrong or after.root is None or _content(after.root) != _content(source.root):
        raise FormatError(f"{file} cannot be formatted without changing a value")
    if Counter(c.text for c in comments(source.lines, source.root)) != Counter(
        c.text for c in comments(after.lines, after.root)
    ):
        raise FormatError(f"{file} cannot be formatted without changing a comment")
    return mark + new.replace("\n", newline_of(body)), []


def _content(root: YamlNode) -> dict[str, str]:
    """The value of each top-level key as JSON, in which types and the order of keys count."""
    return {
        key: json.dumps(_exact(child)) for key, child in (root.value.items() if isinstance(root.value, dict) else ())
    }


def _exact(node: YamlNode) -> object:
    """Plain data in which numbers are as they are written."""
    match node.value:
        case dict():
            return {key: _exact(child) for key, child in node.value.items()}
        case list():
            return [_exact(child) for child in node.value]
    return [node.written] if node.written else node.value


def _arranged(found: list[TopPart], end: list[str]) -> list[str]:
    """All lines of a file: its head, its parts in order with blank lines around those of several lines, and its last comments."""
    arranged = _in_order(found)
    lines = _head(found, arranged)
    before: TopPart | None = None
    for part in arranged:
        own = [*part.comments, *part.lines]
        spaced = part.spaced or (before is not None and (before.is_long or part.is_long))
        if spaced and lines and lines[-1] != "" and not (before and before.open_ended):
            lines.append("")
        lines += own
        before = part
    if before and before.open_ended and end[:1] == [""]:
        end = end[1:]
    return lines + end


def _in_order(found: list[TopPart]) -> list[TopPart]:
    """The parts in canonical order."""
    ranks: list[tuple[int, int, TopPart]] = []
    rank = -1
    for number, part in enumerate(found):
        rank = ORDER.index(part.key) if part.key in ORDER else rank
        ranks.append((rank, number, part))
    return [part for *_rank, part in sorted(ranks, key=lambda entry: entry[:2])]


def _head(found: list[TopPart], arranged: list[TopPart]) -> list[str]:
    """The comments that stay at the top of the file when its first part does not; they no longer belong to that part."""
    first = found[0]
    if arranged[0] is first:
        first.spaced = False
        return []
    own = next((i + 1 for i in range(len(first.comments) - 1, -1, -1) if first.comments[i] == ""), len(first.comments))
    head, first.comments = first.comments[:own], first.comments[own:]
    if not first.comments and first.lines[:1] == [""]:
        head, first.lines = [*head, ""], first.lines[1:]
    arranged[0].spaced = False
    return head
