"""The colors of pictures for style sheets: that of the site, and those in pictures that are files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from archgen.artifacts.base import Context
from archgen.draw import style

_RULE = re.compile(r"([^{}]+){([^{}]*)}")
_CLASS = re.compile(r"\.([\w-]+)")
_ANY = re.compile(r":is\([^)]*\)")
_CLASSES = re.compile(r'class="([^"]*)"')


def color_facts(context: Context) -> dict[str, Any]:
    """What the templates of style sheets need: the colors of each cloud's groups, of texts and lines, and of changes, light and dark."""
    return {
        "looks": [
            {"theme": theme, "style": name, "line": look.line, "fill": look.fill}
            for theme in dict.fromkeys(facts.base for facts in context.resolved.clouds.values())
            for name, look in style.looks(theme).items()
        ],
        "colors": {
            "text": style.TEXT,
            "note": style.NOTE,
            "edge": style.EDGE,
            "page": style.PAGE,
            "planned": style.PLANNED,
        },
        "changes": [
            {"name": name, "line": mark.line, "width": mark.width, "dashes": mark.dash.split()}
            for name, mark in style.CHANGES.items()
        ],
    }


def with_dark_colors(svg: str, rules: str) -> str:
    """A picture in a file with the rules that apply to it, for a reader or a page that prefers dark colors.

    They apply only where the picture is the root, so a page that copies the picture keeps its own colors.
    """
    classes = {name for listed in _CLASSES.findall(svg) for name in listed.split()}
    dark = "\n".join(_applying(rules, classes))
    styles = f"<style>\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}\n</style>\n"
    return svg.replace("</desc>\n", f"</desc>\n{styles}", 1)


def _applying(rules: str, classes: set[str]) -> Iterator[str]:
    """The rules with a selector all of whose classes are in a picture; of alternatives (`:is`), any may be."""
    for selectors, declarations in _RULE.findall(rules):
        named = {one.strip(): _ANY.sub("", one) for one in selectors.split(",\n")}
        kept = [one for one, needed in named.items() if set(_CLASS.findall(needed)) <= classes]
        if kept:
            yield f"{', '.join(kept)} {{{declarations}}}"
