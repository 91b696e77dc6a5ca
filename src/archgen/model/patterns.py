"""Texts of a fixed form, each with the words that a message has for it: nobody should have to read a regular expression."""

from __future__ import annotations

from pydantic import StringConstraints

_MEANINGS: dict[str, str] = {}


def matching(pattern: str, meaning: str, max_length: int | None = None) -> StringConstraints:
    """A constraint for a text that matches `pattern`; `meaning` completes the message "'x' is not ..."."""
    _MEANINGS[pattern] = meaning
    return StringConstraints(pattern=pattern, max_length=max_length)


def meaning_of(pattern: str) -> str:
    """What a text of that form is, with an example; the pattern itself where its author gave no words for it."""
    return _MEANINGS.get(pattern, f"a text that matches {pattern}")
