"""Finding the `variable` blocks in Terraform code, as text with their lines, which is enough to check values without a provider."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEAD = re.compile(r'variable\s+"?([A-Za-z_][\w-]*)"?\s*\{')
_HEREDOC = re.compile(r"<<[-~]?([A-Za-z_]\w*)[^\n]*\n")


@dataclass(frozen=True, slots=True)
class Block:
    """One `variable` block: its name, its text, and its first line (1-based)."""

    name: str
    text: str
    line: int

    @property
    def sensitive(self) -> bool:
        """Whether its value must not be shown."""
        return bool(re.search(r"(?m)^\s*sensitive\s*=\s*true\b", self.text))

    @property
    def required(self) -> bool:
        """Whether it has no default."""
        return not re.search(r"(?m)^\s*default\s*=", self.text)

    @property
    def untyped(self) -> bool:
        """Whether it has no type, or a type that contains `any`, so that not all of its value is checked."""
        match = re.search(r"(?m)^\s*type\s*=\s*", self.text)
        return not match or bool(re.search(r"\bany\b", self.text[match.end() :].split("validation", 1)[0]))


class UnreadableCodeError(ValueError):
    """Code with a brace, a quote or a heredoc that is not closed."""


def variable_blocks(text: str) -> list[Block]:
    """The `variable` blocks at the top level of a file, in order. Raises UnreadableCodeError."""
    return list(_blocks(text))


def _blocks(text: str) -> Iterator[Block]:
    position = 0
    while position < len(text):
        skipped = _skip(text, position)
        if skipped > position:
            position = skipped
            continue
        head = _HEAD.match(text, position) if _at_start(text, position) else None
        if head:
            end = _closing(text, head.end() - 1)
            yield Block(head.group(1), text[position:end], text.count("\n", 0, position) + 1)
            position = end
        elif text[position] == "{":
            position = _closing(text, position)
        else:
            position += 1


def _at_start(text: str, position: int) -> bool:
    return position == 0 or not (text[position - 1].isalnum() or text[position - 1] in '_-."')


def _closing(text: str, opening: int) -> int:
    """The position after the brace that closes the one at `opening`."""
    depth, position = 0, opening
    while position < len(text):
        skipped = _skip(text, position)
        if skipped > position:
            position = skipped
            continue
        depth += (text[position] == "{") - (text[position] == "}")
        position += 1
        if depth == 0:
            return position
    raise UnreadableCodeError(f"the block that begins on line {text.count(chr(10), 0, opening) + 1} is not closed")


def _skip(text: str, position: int) -> int:
    """The position after a comment, a string or a heredoc that begins at `position`; otherwise, `position` itself."""
    if text.startswith(("#", "//"), position):
        end = text.find("\n", position)
        return len(text) if end < 0 else end
    if text.startswith("/*", position):
        end = text.find("*/", position)
        return len(text) if end < 0 else end + 2
    if heredoc := _HEREDOC.match(text, position):
        last = re.compile(rf"(?m)^[ \t]*{heredoc.group(1)}[ \t]*$").search(text, heredoc.end())
        if not last:
            raise UnreadableCodeError(f"the heredoc {heredoc.group(1)} is not closed")
        return last.end()
    return _string(text, position) if text[position] == '"' else position


def _string(text: str, position: int) -> int:
    """The position after a string, including templates in it, which may contain other strings."""
    start, position = position, position + 1
    while position < len(text):
        if text[position] == "\\":
            position += 2
        elif text.startswith(("$${", "%%{"), position):
            position += 3
        elif text.startswith(("${", "%{"), position):
            position = _closing(text, position + 1)
        elif text[position] == '"':
            return position + 1
        else:
            position += 1
    raise UnreadableCodeError(f"the string that begins on line {text.count(chr(10), 0, start) + 1} is not closed")
