"""A lexer for text that may be broken YAML, used to find the cause of syntax errors.

It never fails: a quote that is not closed extends to the end of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from archgen.records import dataclass

CLOSERS = {"[": "]", "{": "}"}

_QUOTED = {'"': re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL), "'": re.compile(r"'[^']*(?:''[^']*)*'")}
_SPACE = re.compile(r"[ \t\n]+")
_COMMENT = re.compile(r"#[^\n]*")
_MARK = re.compile(r"(---|\.\.\.)(?=\s|\Z)")
_DIRECTIVE = re.compile(r"%[^\n]*")
_BEYOND = re.compile(r"[&*!][^\s,\[\]{}]*")  # anchors, aliases and tags
_BLOCK = re.compile(r"[|>][-+0-9]*[ \t]*(?:#[^\n]*)?(?=\n|\Z)")
_COLON = re.compile(r":(?=\s|\Z)")
_COLON_IN_BRACKETS = re.compile(r":(?=[\s,\[\]{}]|\Z)")
_SIGN = re.compile(r"[-?](?=\s|\Z)")
_PLAIN = re.compile(r"(?:[^\s:]|:(?!\s|\Z)|[ \t]+(?![\s#]|:(?:\s|\Z)|\Z))+")
_PLAIN_IN_BRACKETS = re.compile(r"(?:[^\s:,\[\]{}]|:(?![\s,\[\]{}]|\Z)|[ \t]+(?![\s#,\[\]{}]|:(?:[\s,\[\]{}]|\Z)|\Z))+")


@dataclass(frozen=True, slots=True)
class Token:
    """A part of the text from `start` to `end`, each a pair of 0-based line and column.

    `kind` is `quoted`, `plain` (on one line), `block` (`|` or `>` with the lines below it), `comment`, `directive`, or the
    character itself: brackets, `,`, `:`, `-`, `?`, `&`, `*`, `!`, `---`, `...`. `inside` is the index of the token that opens
    the brackets around it, or -1.
    """

    kind: str
    text: str
    start: tuple[int, int]
    end: tuple[int, int]
    inside: int


def tokens(text: str) -> list[Token]:
    """The tokens of a text in order, without white space."""
    return _Lexer(text).run()


class _Lexer:
    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = [0, *(match.end() for match in re.finditer("\n", text))]
        self.row = 0
        self.found: list[Token] = []
        self.open: list[int] = []

    def run(self) -> list[Token]:
        position = 0
        while position < len(self.text):
            space = _SPACE.match(self.text, position)
            position = space.end() if space else self._next(position)
        return self.found

    def _next(self, at: int) -> int:
        """Add the token that begins at `at`; returns where it ends."""
        char = self.text[at]
        kind, end = self._kind(char, at)
        if char in "]}" and kind == char and self.open:
            self.open.pop()
        inside = self.open[-1] if self.open else -1
        self.found.append(Token(kind, self.text[at:end], self._place(at), self._place(end), inside))
        if kind in CLOSERS:
            self.open.append(len(self.found) - 1)
        return end

    def _kind(self, char: str, at: int) -> tuple[str, int]:
        margin = at == 0 or self.text[at - 1] == "\n"
        if margin and (mark := _MARK.match(self.text, at)):
            return mark.group(), mark.end()
        if margin and char == "%" and not self.open:
            return "directive", self._match(_DIRECTIVE, at)
        if char == "#" and (margin or self.text[at - 1] in " \t"):
            return "comment", self._match(_COMMENT, at)
        if char in _QUOTED:
            quoted = _QUOTED[char].match(self.text, at)
            return "quoted", quoted.end() if quoted else len(self.text)
        if char in "[]{},":
            return char, at + 1
        if char == ":" and self._is_colon(at):
            return ":", at + 1
        if char in "-?" and _SIGN.match(self.text, at):
            return char, at + 1
        if char in "&*!":
            return char, self._match(_BEYOND, at)
        if char in "|>" and not self.open and (header := _BLOCK.match(self.text, at)):
            return "block", self._end_of_block(at, header.end())
        return "plain", self._match(_PLAIN_IN_BRACKETS if self.open else _PLAIN, at)

    def _is_colon(self, at: int) -> bool:
        if not self.open:
            return _COLON.match(self.text, at) is not None
        last = self.found[-1]
        adjacent = last.kind in ("quoted", "]", "}") and last.end == self._place(at)
        return adjacent or _COLON_IN_BRACKETS.match(self.text, at) is not None

    def _end_of_block(self, at: int, end: int) -> int:
        """The end of the lines that are indented deeper than the line with `|` or `>`."""
        row = self._place(at)[0]
        line = self.text[self.lines[row] : at]
        indent = -1 if line.startswith("---") else len(line) - len(line.lstrip(" "))
        for number in range(row + 1, len(self.lines)):
            start = self.lines[number]
            stop = self.text.find("\n", start)
            below = self.text[start : stop if stop >= 0 else len(self.text)]
            if below.strip() and len(below) - len(below.lstrip(" ")) <= indent:
                break
            end = start + len(below)
        return end

    def _match(self, pattern: re.Pattern[str], at: int) -> int:
        match = pattern.match(self.text, at)
        return match.end() if match else at + 1

    def _place(self, at: int) -> tuple[int, int]:
        while self.row + 1 < len(self.lines) and self.lines[self.row + 1] <= at:
            self.row += 1
        return self.row, at - self.lines[self.row]


def pairs(found: Sequence[Token]) -> dict[tuple[int, int], Token]:
    """The tokens that close brackets, of either type, by the place of the opening bracket."""
    closers: dict[tuple[int, int], Token] = {}
    opened: list[Token] = []
    for token in found:
        if token.kind in CLOSERS:
            opened.append(token)
        elif token.kind in ("]", "}") and opened:
            closers[opened.pop().start] = token
    return closers
