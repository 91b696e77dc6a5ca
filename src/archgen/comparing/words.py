"""Sentences of a review before they are escaped for a format: text, and code, which formats print in a fixed width."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from archgen.diagnostics.diagnostic import shortened
from archgen.model.wording import value_text
from archgen.rules.secrets import looks_secret, without_secrets


class InlineCode(str):
    """Text that formats print as code: an ID, a path, a value."""

    __slots__ = ()


Words = tuple[str, ...]  # of which some may be InlineCode; formats escape all of them
LONGEST = 120  # characters of one value


def code(value: object) -> InlineCode:
    """A value as code, without secrets, and cut if it is long."""
    return InlineCode(shortened(without_secrets(" ".join(str(value).split())), LONGEST))


def value_code(path: Iterable[object], value: Any) -> InlineCode:
    """The value of a setting as code; the text of a secret is not printed."""
    text = value_text(value)
    return InlineCode("(secret)") if looks_secret([str(step) for step in path], text) else code(text)


def listed_code(names: Iterable[str], most: int = 8) -> Words:
    """Names as code, joined by commas; of a long list the first ones, and how many more there are."""
    every = list(names)
    words: list[str] = []
    for name in every[:most]:
        words += [", "] * bool(words) + [code(name)]
    return (*words, *((f" and {len(every) - most} more",) if len(every) > most else ()))


def plain(words: Words) -> str:
    """The words as one text without markup and secrets."""
    return without_secrets(re.sub(r"\s+", " ", "".join(words)).strip())
