"""Other names of a page as tags, by which the site's search finds it."""

from __future__ import annotations

from collections.abc import Iterable

# The site's search ranks tags highest and matches prefixes: a tag that starts with such a word would match nearly every search.
_STOP_WORDS = (
    "a",
    "an",
    "be",
    "by",
    "do",
    "how",
    "i",
    "in",
    "is",
    "it",
    "of",
    "on",
    "or",
    "so",
    "the",
    "to",
    "we",
    "what",
    "who",
)


def search_tags(title: str, aliases: Iterable[str]) -> list[str]:
    """The aliases that the title does not contain, without those in which a word starts with a stop word."""
    folded = title.casefold()
    words = (word for word in aliases if word.casefold() not in folded)
    return [word for word in words if not any(part.startswith(_STOP_WORDS) for part in word.casefold().split())]
