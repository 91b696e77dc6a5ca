"""HTML or SVG in, its start tags out, each with its attributes and where their values stand.

Text is taken apart from left to right, as the HTML standard and `html.parser` do, and several times as fast: what looks like a tag in a
comment or a script is none, and what looks like an attribute in the value of another one is none either.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

# Every repetition takes what it can and gives nothing back, so that no text takes longer than its length.
_NEXT = re.compile(
    r"""<(?:!--(?:>|->|.*?(?:-->|--!>|\Z))                       # a comment
          | !\[CDATA\[.*?(?:\]\]>|\Z)
          | [!?][^>]*+(?:>|\Z)                                   # a declaration, an instruction
          | (?P<name>[a-zA-Z][^\s/>]*+)
            (?P<attributes>(?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)*+)(?:>|\Z))""",
    re.DOTALL | re.VERBOSE,
)
_ATTRIBUTE = re.compile(
    r"""[\s/]*+(?P<key>[^\s/>][^\s/>=]*+)(?:\s*+=\s*+(?P<value>"[^"]*+"|'[^']*+'|[^\s>]*+))?+""", re.VERBOSE
)
# Elements whose content is text, whatever it looks like.
_RAW = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "textarea", "title", "iframe", "noframes", "xmp")
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: its value without quotes and references, and where the value stands in the text, with its quotes."""

    name: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tag:
    """One start tag: the element's name in lower case, where it begins, and its attributes as they are written."""

    name: str
    start: int
    written: str
    at: int  # where `written` begins

    def attributes(self) -> Iterator[Attribute]:
        """Its attributes; of several with one name the first, which is the one that counts."""
        seen: set[str] = set()
        for found in _ATTRIBUTE.finditer(self.written):
            name, value = found["key"].lower(), found["value"] or ""
            if name in seen:
                continue
            seen.add(name)
            start, end = found.span("value") if found["value"] is not None else (found.end(), found.end())
            bare = value[1:-1] if value[:1] in ("'", '"') and len(value) > 1 else value
            yield Attribute(name, html.unescape(bare), self.at + start, self.at + end)


def tags(text: str) -> Iterator[Tag]:
    """All start tags in order."""
    position = 0
    while found := _NEXT.search(text, position):
        position = found.end()
        if found["name"] is None:
            continue
        if not text.endswith(">", found.start(), position):  # the text ends in a tag, which is none then
            return
        tag = Tag(found["name"].lower(), found.start(), found["attributes"], found.start("attributes"))
        yield tag
        if tag.name in _RAW and not tag.written.endswith("/"):
            end = _RAW[tag.name].search(text, position)
            position = end.start() if end else len(text)
