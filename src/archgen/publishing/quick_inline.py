"""Inline Markdown with the same result in less time: patterns are tried only on text that has the characters they need.

Python-Markdown tries about twenty patterns on every piece of text, most of which is a word or a number in a table.
"""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING, Any

from markdown.extensions import Extension
from markdown.treeprocessors import InlineProcessor
from markdown.util import AtomicString

if TYPE_CHECKING:
    from markdown import Markdown

try:
    parser: Any = importlib.import_module("re._parser")
except ImportError:  # it is a private module of Python; without it, all patterns are tried
    parser = None

_REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}
_known: dict[re.Pattern[str], frozenset[str] | None] = {}


def needed_characters(pattern: re.Pattern[str]) -> frozenset[str] | None:
    """Characters of which every text that the pattern matches has at least one; None if they cannot be derived."""
    if pattern not in _known:
        if parser is None or pattern.flags & re.IGNORECASE:
            _known[pattern] = None
        else:
            _known[pattern] = _needed(parser.parse(pattern.pattern, pattern.flags))
    return _known[pattern]


def _needed(parts: Any) -> frozenset[str] | None:
    """The fewest characters that one of the parts of a sequence needs: all parts must match."""
    found = [needed for part in parts if (needed := _needed_of(str(part[0]), part[1])) is not None]
    return min(found, key=lambda needed: (len(needed), sorted(needed)), default=None)


def _needed_of(operation: str, content: Any) -> frozenset[str] | None:
    """The characters that a part needs."""
    if operation == "LITERAL":
        return frozenset(chr(content))
    if operation == "IN" and all(str(kind) == "LITERAL" for kind, _value in content):
        return frozenset(chr(value) for _kind, value in content)
    if operation == "SUBPATTERN":
        return _needed(content[-1]) if not content[1] and not content[2] else None
    if operation == "BRANCH":
        ways = [_needed(way) for way in content[1]]
        return None if None in ways else frozenset().union(*(way for way in ways if way))
    if operation in _REPEATS and content[0] > 0:
        return _needed(content[2])
    return None


class QuickInline(Extension):  # type: ignore[misc]  # without type information
    """An extension of Python-Markdown that replaces its processor of inline patterns. It must be the last one."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  # the name of Python-Markdown
        """Replace the processor, unless another extension has done so."""
        if type(md.treeprocessors["inline"]) is InlineProcessor:
            md.treeprocessors.register(_QuickProcessor(md), "inline", 20)


class _QuickProcessor(InlineProcessor):  # type: ignore[misc]  # without type information
    """The processor of inline patterns, without attempts that cannot succeed."""

    def run(self, tree: Any, ancestors: list[str] | None = None) -> Any:
        """Do what `InlineProcessor.run` does."""
        # Patterns may be registered until here.
        self._patterns = [(pattern, needed_characters(pattern.getCompiledRegExp())) for pattern in self.inlinePatterns]
        return super().run(tree, ancestors)

    def _InlineProcessor__handleInline(self, data: Any, patternIndex: int = 0) -> Any:  # noqa: N802, N803
        """Do what the method of this name does, which other methods call by this name."""
        if isinstance(data, AtomicString):
            return data
        characters = set(data)
        for index, (pattern, needed) in enumerate(self._patterns[patternIndex:], patternIndex):
            if needed is not None and needed.isdisjoint(characters):
                continue
            matched, start = True, 0
            while matched:
                data, matched, start = self._InlineProcessor__applyPattern(pattern, data, index, start)
            characters = set(data)
        return data
