"""Writes a YAML tree in the canonical layout, with the comments of its text.

Blocks are indented by two spaces, and items of lists by two more than their key. A mapping or list in brackets stays on one line
if it fits and has no comments inside; otherwise it becomes a block. Blocks stay blocks. A comment next to a value begins in
column 41, or two spaces after a longer line. A comment on its own line is indented like what follows it, or, at the end of a block,
like the block. Of several blank lines, one stays.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import field

from archgen.diagnostics.diagnostic import Span
from archgen.reading.comments import Comment, Place, block_scalar, comments, end_of, header_end, scalars, start_of
from archgen.reading.scalars import text_scalar, unquoted
from archgen.reading.yaml_tree import YamlNode
from archgen.records import dataclass

WIDE = 180  # characters of a line, beyond which brackets become a block
BESIDE = 40  # characters before a comment next to a value
_CLOSING = re.compile(r"[\s,:\]}]*")
_END = (1 << 30, 1)


@dataclass(slots=True)
class TopPart:
    """A top-level key with its lines: the comments above it, and itself with its value."""

    key: str
    comments: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    spaced: bool = False  # whether a blank line is above it
    open_ended: bool = False  # whether a blank line below it would belong to its value

    @property
    def is_long(self) -> bool:
        """Whether the key and its value take several lines."""
        return sum(bool(line) for line in self.lines) > 1


def parts(lines: list[str], root: YamlNode) -> tuple[list[TopPart], list[str]]:
    """The top-level keys of a text in canonical layout, in the order of the text, and the comments at its end."""
    return _Layout(lines, root).parts()


def _children_of(node: YamlNode) -> Sequence[YamlNode]:
    match node.value:
        case dict():
            return list(node.value.values())
        case list():
            return node.value
    return ()


class _Layout:
    """Writes one text from its beginning to its end."""

    def __init__(self, lines: list[str], root: YamlNode) -> None:
        self.source = lines
        self.root = root
        self.pending = comments(lines, root)
        self.tokens = sorted(start_of(span) for span in scalars(root))
        self.done: Place = (0, 0)  # the end of what was written
        self.out: list[str] = []
        self.kept: set[int] = set()  # numbers of blank lines that belong to the value of a block scalar
        self.open_ended = False
        self.bracketed = {id(node) for node in self._in_brackets(root, inside=False)}

    def parts(self) -> tuple[list[TopPart], list[str]]:
        """See the function of this name."""
        result = []
        for child in _children_of(self.root):
            assert child.key_span
            part = TopPart(next(key for key, value in self._entries() if value is child))
            self.out = part.comments
            self._above(self._first(child), 0)
            self.out = part.lines
            self._blank(child.key_span.line)
            self._entry(child, 0)
            first = part.comments or part.lines
            part.spaced, part.open_ended = first[0] == "", self.open_ended
            if part.spaced:
                del first[0]
            result.append(part)
        self.out = []
        self._above(_END, 0)
        return result, self.out

    def _entries(self) -> list[tuple[str, YamlNode]]:
        assert isinstance(self.root.value, dict)
        return list(self.root.value.items())

    def _in_brackets(self, node: YamlNode, *, inside: bool) -> Iterator[YamlNode]:
        """The mappings and lists that are written in brackets."""
        if isinstance(node.value, (dict, list)):
            inside = inside or self._text_at(start_of(node.span))[:1] in ("{", "[")
            if inside:
                yield node
            for child in _children_of(node):
                yield from self._in_brackets(child, inside=inside)

    def _text_at(self, place: Place) -> str:
        return self.source[place[0] - 1][place[1] - 1 :]

    # ------------------------------------------------------------------------------------------ values

    def _entry(self, node: YamlNode, indent: int) -> None:
        """Write a key of a mapping with its value."""
        assert node.key_span
        span = node.key_span
        head = f"{' ' * indent}{self._inline_scalar(span, None, in_brackets=False)}:"
        self.done = end_of(span)
        self._value(head, node, indent, span.column)

    def _value(self, head: str, node: YamlNode, indent: int, column: int) -> None:
        """Write a value after `head`, its key or its dash, which begins at `column` of the text."""
        self.open_ended = False
        if not isinstance(node.value, (dict, list)):
            self._scalar(head, node, indent)
        elif self._fits(head, node):
            self._line(f"{head} {self._inline(node)}", end_of(node.span))
        elif head.endswith(":"):
            self.out.append(head)
            self._beside_head(node)
            self._items(node, indent + 2, column)
        else:  # the first key or dash is on the line of the dash
            self._above_head(node, indent)
            first = len(self.out)
            self._items(node, indent + 2, column)
            self.out[first] = head + self.out[first][len(head) :]

    def _items(self, node: YamlNode, indent: int, column: int) -> None:
        """Write the entries or items of a block, and the comments at its end. `column` is where its key or dash begins in the text."""
        dash = node.span.column
        for number, child in enumerate(_children_of(node)):
            self._above(self._first(child), indent, first=not number)
            if number:
                self._blank((child.key_span or child.span).line)
            if isinstance(node.value, dict):
                self._entry(child, indent)
            else:
                self._value(f"{' ' * indent}-", child, indent, dash)
        if id(node) in self.bracketed:
            self._above(end_of(node.span), indent)
            return
        following = bisect_right(self.tokens, self.done)
        limit = self.tokens[following] if following < len(self.tokens) else _END
        while self.pending and self.pending[0].place < limit and self.pending[0].place[1] > column:
            self._write_comment(self.pending.pop(0), indent)

    def _first(self, node: YamlNode) -> Place:
        """The place before which comments are above an entry or item: that of its value, or of its key if a block follows."""
        if not isinstance(node.value, (dict, list)):
            return start_of(node.span)
        if id(node) in self.bracketed:
            return start_of(node.span)
        return start_of(node.key_span) if node.key_span else self._first_key(node)

    def _first_key(self, node: YamlNode) -> Place:
        child = _children_of(node)[0]
        return start_of(child.key_span) if child.key_span else self._first(child)

    def _fits(self, head: str, node: YamlNode) -> bool:
        """Whether a mapping or list is written in brackets on the line of its key or dash."""
        if not node.value:
            return True
        if id(node) not in self.bracketed:
            return False
        start, end = start_of(node.span), end_of(node.span)
        if any(start < comment.place < end for comment in self.pending):
            return False
        return len(head) + 1 + len(self._inline(node)) <= WIDE

    def _inline(self, node: YamlNode) -> str:
        """A value on one line, with brackets around mappings and lists."""
        match node.value:
            case dict():
                return (
                    "{" + ", ".join(f"{self._key(child)}: {self._inline(child)}" for child in node.value.values()) + "}"
                )
            case list():
                return "[" + ", ".join(self._inline(child) for child in node.value) + "]"
        return self._inline_scalar(node.span, node.value, in_brackets=True)

    def _key(self, node: YamlNode) -> str:
        assert node.key_span
        return self._inline_scalar(node.key_span, None, in_brackets=True)

    # ------------------------------------------------------------------------------------------ scalars

    def _inline_scalar(self, span: Span, value: object, *, in_brackets: bool) -> str:
        """A scalar on one line. One without quotes stays as it is; `value` is None for a key."""
        text = self._text_at(start_of(span))
        if span.line == span.end_line:
            text = text[: span.end_column - span.column]
            if text[:1] not in ("'", '"'):
                return text
        if value is None:
            value = unquoted(text)
        return text_scalar(value, in_brackets=in_brackets) if isinstance(value, str) else str(value)

    def _scalar(self, head: str, node: YamlNode, indent: int) -> None:
        span = node.span
        block = None if node.written else block_scalar(self.source, span)
        if block:
            self._line(f"{head} {block.header}", header_end(self.source, span))
            self.out += [f"{' ' * (indent + 2)}{line}" if line else "" for line in block.lines]
            self.open_ended = block.chomp == "+"
            self.kept |= set(range(span.line + 1, block.end)) if self.open_ended else set()
            self.done = (block.end, 0)
        elif span.line == span.end_line:
            self._line(f"{head} {self._inline_scalar(span, node.value, in_brackets=False)}", end_of(span))
        else:
            first, *rest = self._wrapped(span)
            self.out += [f"{head} {first}", *(f"{' ' * (indent + 2)}{line}" if line else "" for line in rest)]
            self.done = end_of(span)
            self._beside(self.done)

    def _wrapped(self, span: Span) -> list[str]:
        """The lines of a scalar that goes over several lines, without their indentation."""
        lines = self.source[span.line - 1 : span.end_line]
        lines[-1] = lines[-1][: span.end_column - 1]
        lines[0] = lines[0][span.column - 1 :]
        return [line.lstrip() if line.endswith("\\ ") else line.strip() for line in lines]

    # ------------------------------------------------------------------------------------------ comments and blank lines

    def _line(self, text: str, end: Place) -> None:
        """Write a line whose last token ends at `end` of the text, with the comment next to it."""
        self.out.append(text)
        self.done = max(self.done, end)
        self._beside(end)

    def _beside_head(self, node: YamlNode) -> None:
        """Write the comment next to a key whose value is a block, or next to one of the brackets around its value."""
        if not self._beside(self.done) and id(node) in self.bracketed:
            line, column = start_of(node.span)
            if not self._beside((line, column + 1)):
                self._beside(end_of(node.span))

    def _above_head(self, node: YamlNode, indent: int) -> None:
        """Write the comment next to the closing bracket around an item above the item, because the item becomes a block."""
        if id(node) in self.bracketed and (comment := self._take_beside(end_of(node.span))):
            self._write_comment(comment, indent)

    def _beside(self, end: Place) -> bool:
        """Write the comment that is next to what ends at a place of the text, with its further lines. Returns whether there is one."""
        comment = self._take_beside(end)
        if comment is None:
            return False
        self.out[-1] = f"{self.out[-1]:<{BESIDE - 2}}  {comment.text}"
        column = self.out[-1].index(comment.text, len(self.out[-1]) - len(comment.text))
        line, aligned = comment.place
        while self.pending and self.pending[0].alone and self.pending[0].place == (line + 1, aligned):
            line += 1
            self.out.append(f"{' ' * column}{self.pending.pop(0).text}")
        return True

    def _take_beside(self, end: Place) -> Comment | None:
        for number, comment in enumerate(self.pending):
            if comment.place[0] > end[0]:
                break
            if comment.place[0] == end[0] and comment.place > end and not comment.alone:
                between = self._text_at(end)[: comment.place[1] - end[1]]
                return self.pending.pop(number) if _CLOSING.fullmatch(between) else None
        return None

    def _above(self, limit: Place, indent: int, *, first: bool = False) -> None:
        """Write the comments before a place of the text. With `first`, there is no blank line above them."""
        while self.pending and self.pending[0].place < limit:
            self._write_comment(self.pending.pop(0), indent, spaced=not first)
            first = False

    def _write_comment(self, comment: Comment, indent: int, *, spaced: bool = True) -> None:
        if spaced and comment.alone:
            self._blank(comment.place[0])
        self.out.append(f"{' ' * indent}{comment.text}")

    def _blank(self, line: int) -> None:
        """Write a blank line if there is one above a line of the text."""
        above = line - 1
        if above and above not in self.kept and not self.source[above - 1].strip() and self.out[-1:] != [""]:
            self.out.append("")
