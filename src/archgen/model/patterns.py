"""Constraints for texts that match a pattern, each with a description, so that no message shows a regular expression."""

from __future__ import annotations

from pydantic import StringConstraints

_MEANINGS: dict[str, str] = {}


def matching(pattern: str, meaning: str, max_length: int | None = None) -> StringConstraints:
    """A constraint for a text that matches `pattern`; `meaning` completes the message "'x' is not ..."."""
    _MEANINGS[pattern] = meaning
    return StringConstraints(pattern=pattern, max_length=max_length)


def meaning_of(pattern: str) -> str:
    """The description of texts that match a pattern; the pattern itself if it has none."""
    return _MEANINGS.get(pattern, f"text that matches {pattern}")
