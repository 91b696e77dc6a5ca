"""The part of a page that the search index is made from.

Pictures are excluded from the search by their page. The parser of the search reads all of their elements nevertheless, which takes
longer than the rest of the page.
"""

from __future__ import annotations

import re

_PICTURE = re.compile(r"""(<div[^<>]*\sdata-search-exclude(?:="")?>\s*<svg\b[^<>]*>)(.*?)(</svg>)""", re.DOTALL)
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][^\s<>/]*)(?P<attributes>[^<>]*)>")
# The parser of the search reacts to these wherever they are.
_NOTED = re.compile(r"<(?:svg|h[1-6]|script|style|object)\b|<!|<\?|data-search-exclude|linenodiv", re.IGNORECASE)


def without_pictures(content: str) -> str:
    """A page's HTML without what is inside of pictures that are excluded from the search; its search index is the same."""
    return _PICTURE.sub(lambda m: m[1] + (m[2] if _counts(m[2]) else "") + m[3], content)


def _counts(inside: str) -> bool:
    """Whether what is inside of an excluded element may have an effect on what follows it: if it is not a closed part of the page."""
    if _NOTED.search(inside):
        return True
    opened: list[str] = []
    number = 0
    for tag in _TAG.finditer(inside):
        number += 1
        name, attributes = tag["name"].lower(), tag["attributes"]
        if tag["end"]:
            if not opened or opened.pop() != name:
                return True
        elif not attributes.endswith("/"):
            opened.append(name)
        elif attributes[-2:-1] not in ("", " ", '"', "'"):  # the slash may belong to a value
            return True
    return bool(opened) or number != inside.count("<")
