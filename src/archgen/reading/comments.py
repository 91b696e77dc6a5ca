"""The comments of a YAML text with their places, and the lines of its block scalars. PyYAML drops comments, so they are found here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Span
from archgen.reading.yaml_tree import YamlNode
from archgen.records import dataclass

Place = tuple[int, int]  # line and column, both from 1
_COMMENT = re.compile(r"(?:^|(?<=\s))#.*")
HEADER = re.compile(r"([|>])([+-]?)([1-9]?)([+-]?)")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment, and whether it is alone on its line."""

    place: Place
    text: str
    alone: bool


@dataclass(frozen=True, slots=True)
class BlockScalar:
    """A text after `|` or `>`: its style, its lines without their indentation, and the line after its last one."""

    style: str  # | or >
    chomp: str  # "", + or -
    lines: tuple[str, ...]
    end: int

    @property
    def header(self) -> str:
        """The header, with the number of spaces of the indentation where the first line begins with spaces."""
        first = next((line for line in self.lines if line.strip()), "")
        blank_is_deeper = any(line and not line.strip() for line in self.lines[: self.lines.index(first)] if first)
        return self.style + ("2" if first.startswith(" ") or blank_is_deeper or not first else "") + self.chomp


def start_of(span: Span) -> Place:
    """The place of the first character of a span."""
    return span.line, span.column


def end_of(span: Span) -> Place:
    """The place after the last character of a span."""
    return span.end_line, span.end_column


def scalars(node: YamlNode) -> Iterator[Span]:
    """The places of all keys and scalars of a tree, in the order of the text."""
    match node.value:
        case dict():
            for child in node.value.values():
                if child.key_span:
                    yield child.key_span
                yield from scalars(child)
        case list():
            for child in node.value:
                yield from scalars(child)
        case _:
            yield node.span


def block_scalar(lines: list[str], span: Span) -> BlockScalar | None:
    """The block scalar at a place; None if something else is there."""
    header = HEADER.match(lines[span.line - 1], span.column - 1)
    if header is None:
        return None
    last = span.end_line if span.end_column > 1 else span.end_line - 1
    body = lines[span.line : last]
    first = next((line for line in body if line.strip()), "")
    parent = _indentation(lines[span.line - 1]) if header[3] else 0
    depth = _explicit(lines, span, parent, int(header[3])) if header[3] else _indentation(first)
    end = 0
    while end < len(body) and (not body[end].strip() or (first and _indentation(body[end]) >= depth)):
        end += 1
    chomp = header[2] or header[4]
    if chomp != "+":
        while end and not body[end - 1].strip():
            end -= 1
    return BlockScalar(header[1], chomp, tuple(line[depth:] for line in body[:end]), span.line + end + 1)


def header_end(lines: list[str], span: Span) -> Place:
    """The place after the header of a block scalar."""
    header = HEADER.match(lines[span.line - 1], span.column - 1)
    assert header
    return span.line, header.end() + 1


def _explicit(lines: list[str], span: Span, parent: int, number: int) -> int:
    """The indentation of a block scalar that states it as a number. It counts from the innermost key or dash on its line."""
    before = lines[span.line - 1][: span.column - 1]
    inner = re.match(r"(?:\s*- +)*", before)
    assert inner
    return (len(inner[0]) if before[inner.end() :].strip() else max(len(inner[0].rstrip()) - 1, parent)) + number


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def comments(lines: list[str], root: YamlNode) -> list[Comment]:
    """All comments of a text, in its order. A `#` in a key or a value is not a comment."""
    masked = list(lines)
    for span in scalars(root):
        block = block_scalar(lines, span)
        if block:
            _mask(masked, span.line, span.column, header_end(lines, span)[1])
            masked[span.line : block.end - 1] = [""] * (block.end - 1 - span.line)
            continue
        for number in range(span.line, span.end_line + 1):
            first = span.column if number == span.line else 1
            last = span.end_column if number == span.end_line else len(masked[number - 1]) + 1
            if number <= len(masked):
                _mask(masked, number, first, last)
    return [
        Comment(
            (number, found.start() + 1), lines[number - 1][found.start() :].rstrip(), not line[: found.start()].strip()
        )
        for number, line in enumerate(masked, 1)
        if (found := _COMMENT.search(line))
    ]


def _mask(lines: list[str], number: int, first: int, last: int) -> None:
    line = lines[number - 1]
    lines[number - 1] = line[: first - 1] + "x" * (last - first) + line[last - 1 :]
