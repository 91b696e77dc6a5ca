"""The part of a page that the search index is made from.

Pictures are excluded from the search by their page. The parser of the search reads all of their elements nevertheless, which takes
longer than the rest of the page.
"""

from __future__ import annotations

import re

from archgen.templating.allowed_svg import ELEMENTS

# Attributes whose quotes are closed, so that the tag ends where it seems to end. Without backtracking, the time is linear.
_ATTRIBUTES = r"""(?:[^<>"']++|"[^"<>]*+"|'[^'<>]*+')*+"""
_EXCLUDED = r"""(?:(?<=\sdata-search-exclude)|(?<=\sdata-search-exclude=""))"""
_PICTURE = re.compile(rf"(<div\s{_ATTRIBUTES}{_EXCLUDED}>\s*<svg\b{_ATTRIBUTES}>)(.*?)(</svg>)", re.DOTALL)
_TAG = re.compile(rf"<(?P<end>/?)(?P<name>[a-zA-Z][^\s<>/]*+)(?P<attributes>{_ATTRIBUTES})>")
# The parser of the search reacts to these attributes wherever they are.
_NOTED = re.compile(r"data-search-exclude|linenodiv", re.IGNORECASE)
_DRAWN = ELEMENTS - {"svg"}  # the parser of the search reacts to some others, such as headings and another `div`


def without_pictures(content: str) -> str:
    """A page's HTML without what is inside of pictures that are excluded from the search; its search index is the same."""
    if (
        "<!" in content or "<?" in content
    ):  # a picture may be part of a comment or an instruction, which need not be closed
        return content
    return _PICTURE.sub(lambda m: m[1] + (m[2] if _counts(m[2]) else "") + m[3], content)


def _counts(inside: str) -> bool:
    """Whether what is inside of an excluded element may have an effect on what follows it: if it is not a closed part of the page that
    consists of elements of archgen's pictures."""
    if _NOTED.search(inside):
        return True
    opened: list[str] = []
    number = 0
    for tag in _TAG.finditer(inside):
        number += 1
        name, attributes = tag["name"].lower(), tag["attributes"]
        if name not in _DRAWN:
            return True
        if tag["end"]:
            if not opened or opened.pop() != name:
                return True
        elif not attributes.endswith("/"):
            opened.append(name)
        elif attributes[-2:-1] not in ("", " ", '"', "'"):  # the slash may belong to a value
            return True
    return bool(opened) or not number == inside.count("<") == inside.count(">")
