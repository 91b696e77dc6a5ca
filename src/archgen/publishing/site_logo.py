"""Checks the pictures that `theme` in mkdocs.yml names for the header and the tab of the browser: files in the folder of pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from archgen.diagnostics.diagnostic import Diagnostic, Span
from archgen.system.textfile import UnreadableError, file_below

_OPTIONS = ("logo", "favicon")
_ENDINGS = (".svg", ".png", ".webp", ".ico", ".jpg", ".jpeg")
_MOST = 1024 * 1024  # bytes
_OF_THE_THEME = "assets/images/favicon.png"  # what Material for MkDocs has itself


def logo_problems(root: Path, config: str, docs: Path, theme: Mapping[str, Any]) -> Iterator[Diagnostic]:
    """A problem for each picture of the theme that the site cannot show, at its line in the file `config` of the folder `root`."""
    for option in _OPTIONS:
        name = theme.get(option)
        if name and name != _OF_THE_THEME and (problem := _problem(docs, str(name))):
            span = _place_of(root, config, option)
            help_ = f"name a picture in the folder {docs.name}, such as assets/logo.svg"
            subject = "" if span else config
            yield Diagnostic(
                "ARC-S001", f"the {option} '{name}' cannot be used: {problem}", help_, span=span, subject=subject
            )


def _problem(docs: Path, name: str) -> str:
    """Why a picture cannot be used; empty if it can."""
    if "://" in name or name.startswith("//"):
        return "pages load nothing from other servers"
    if not name.lower().endswith(_ENDINGS):
        return f"it is not a picture ({', '.join(ending[1:].upper() for ending in _ENDINGS)})"
    try:
        file_below(docs, name, _MOST)
    except UnreadableError as error:
        text = str(error)
        return f"it is outside of the folder {docs.name}" if "outside" in text else text
    return ""


def _place_of(root: Path, config: str, option: str) -> Span | None:
    """The value of an option of the theme in a configuration file; None if the file inherits it."""
    with (root / config).open("rb") as stream:
        document = yaml.compose(stream, Loader=yaml.SafeLoader)  # only nodes, so that tags such as !ENV do not matter
    theme = _value_of(document, "theme")
    value = _value_of(theme, option)
    if value is None:
        return None
    start, end = value.start_mark, value.end_mark
    return Span(config, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _value_of(node: yaml.Node | None, key: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for name, value in pairs if name.value == key), None)
