"""Checks a built site for dead links, anchors and assets, in pictures too, and for anything that it would load from elsewhere.

Site builders check links in Markdown only. This also checks those in HTML, in themes and in SVG.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import field
from functools import cache
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from archgen.diagnostics.diagnostic import Diagnostic, Span
from archgen.publishing.start_tags import tags
from archgen.records import dataclass
from archgen.system.kept import key_of
from archgen.system.results import key_of_parts, users_results

CHECKED = (".html", ".svg")
# Attributes that refer to something.
_REFERRING = ("href", "xlink:href", "src", "poster", "data")
# A cheap filter: most tags neither refer to anything nor have an id.
_RELEVANT = re.compile(r"(?<![\w-])(?:href|xlink:href|src|poster|data|id|name)\s*=", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_STYLE_URL = re.compile(r"url\(\s*([\"']?)([^\"')]+)\1\s*\)")
# Elements that load what they refer to as soon as the page opens, and the values of `rel` with which `link` does.
LOADS = {"script", "img", "iframe", "source", "video", "audio", "embed", "object", "track", "input"}
LOADING_RELATIONS = {"stylesheet", "preload", "modulepreload", "icon", "manifest", "prefetch"}


@dataclass
class _Page:
    """The ids in a file, and its references: the address, the offset of the tag, and whether opening the page loads it."""

    ids: set[str] = field(default_factory=set)
    references: list[tuple[str, int, bool]] = field(default_factory=list)


class _Pages(Mapping[str, _Page]):
    """What is in the pages and pictures of a site, by their paths, each read when it is needed."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self.texts = {
            name: files[name].read_text(encoding="utf-8", errors="replace")
            for name in sorted(files)
            if name.endswith(CHECKED)
        }
        self._pages: dict[str, _Page] = {}

    def __getitem__(self, name: str) -> _Page:
        if name not in self._pages:
            self._pages[name] = keep_references(self.texts[name])
        return self._pages[name]

    def __contains__(self, name: object) -> bool:
        return name in self.texts

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)


def broken(site: Path) -> list[Diagnostic]:
    """A diagnostic for every bad reference in the folder of a built site, with file and line."""
    return broken_in({file.relative_to(site).as_posix(): file for file in site.rglob("*") if file.is_file()})


def broken_in(files: Mapping[str, Path]) -> list[Diagnostic]:
    """A diagnostic for every bad reference in a site, with file and line. `files` says where its files are, by their paths below the site.

    If the last site with these paths had no bad reference, and no page has lost or got an anchor since then, only the pages that have
    changed are examined.
    """
    pages = _Pages(files)
    key = key_of_parts("links of a site", _code(), sorted(files))
    before: dict[str, list[str]] = users_results().find(key) or {}
    now = {name: [_checksum(text), ""] for name, text in pages.texts.items()}
    changed = {name: None for name in now if now[name][0] != before.get(name, [""])[0]}
    for name, checksums in now.items():
        checksums[1] = _checksum("\n".join(sorted(pages[name].ids))) if name in changed else before[name][1]
    has_other_anchors = any(now[name][1] != before.get(name, ["", ""])[1] for name in changed)
    problems = [*_bad_references(pages, files.keys(), pages if has_other_anchors else changed)]
    if changed and not problems:
        users_results().keep(key, now)
    return [*problems, *_style_sheets(files)]


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _bad_references(pages: _Pages, names: Set[str], examined: Iterable[str]) -> Iterator[Diagnostic]:
    """A diagnostic for every bad reference in the pages that are to be examined."""
    fine: set[tuple[str, str, bool]] = set()  # most pages refer to the same files
    for name in examined:
        folder = posixpath.dirname(name)
        for to, start, loads in pages[name].references:
            place = (*_shortened(folder, to), loads)
            if place in fine:
                continue
            if problem := _problem(name, to, names, pages, loads=loads):
                line = pages.texts[name].count("\n", 0, start) + 1
                yield Diagnostic("ARC-S002", problem, "", span=Span(name, line, 1, line, 1))
            elif to[0].isalnum() or (to[0] in "./" and not to.startswith("//")):  # others may refer to the page itself
                fine.add(place)


def _shortened(folder: str, to: str) -> tuple[str, str]:
    """A folder and an address in it that lead where the given ones lead, with fewer steps up."""
    if ":" in to:  # without the steps, it could be a scheme
        return folder, to
    while folder and to.startswith("../") and (to[3:4].isalnum() or to.startswith("../", 3)):
        folder, to = folder.rpartition("/")[0], to[3:]
    return folder, to


def keep_references(text: str) -> _Page:
    """What the text of a file contains, and is kept for other processes and runs."""
    key = hashlib.sha256(f"links {_code()} {text}".encode("utf-8", "surrogatepass")).hexdigest()
    kept = users_results().find(key)
    if kept is not None:
        return _Page(set(kept[0]), [(to, start, loads) for to, start, loads in kept[1]])
    page = _parsed(text)
    users_results().keep(key, [sorted(page.ids), page.references])
    return page


@cache
def _code() -> str:
    """The checksum of the code that finds references."""
    return key_of("", "archgen.publishing.links", "archgen.publishing.start_tags").hex()


def _parsed(text: str) -> _Page:
    page = _Page()
    for tag in tags(text):
        if not _RELEVANT.search(tag.written):
            continue
        values = {attribute.name: attribute.value for attribute in tag.attributes()}
        page.ids |= {values[key] for key in ("id", "name") if key in values and (key == "id" or tag.name == "a")}
        loads = tag.name in LOADS or bool(LOADING_RELATIONS & set(values.get("rel", "").lower().split()))
        if tag.name == "link" and not loads:
            continue
        loads = loads and tag.name != "a"
        page.references += [(values[key], tag.start, loads) for key in _REFERRING if values.get(key)]
    return page


def _problem(name: str, to: str, names: Set[str], pages: Mapping[str, _Page], *, loads: bool) -> str | None:
    """What is wrong with a reference in the file `name`; None if it is fine."""
    parts = _split(to)
    if parts is None:
        return f"this address is not valid: {to}"
    if parts.scheme in ("data", "mailto", "javascript", "tel"):
        return f"this link runs code: {to[:40]}" if parts.scheme == "javascript" else None
    if parts.scheme or parts.netloc:
        return f"the page loads {to} from a different site" if loads else None
    target = resolve(name, unquote(parts.path), names)
    if target is None:
        return f"dead link: {to}"
    if parts.fragment and target in pages and not _has(pages[target], unquote(parts.fragment)):
        return f"dead anchor: {to}"
    return None


def _split(address: str) -> SplitResult | None:
    """The parts of an address; None if it is not one, such as `https://[x`."""
    try:
        return urlsplit(address)
    except ValueError:
        return None


def _has(page: _Page, fragment: str) -> bool:
    """Whether a page has an anchor. `#:~:text=` is resolved by browsers, and `#__` by the script of Material for MkDocs."""
    return fragment in page.ids or fragment.startswith((":~:", "__"))


def resolve(name: str, path: str, names: Iterable[str]) -> str | None:
    """The file that a path in the file `name` leads to; None if it does not exist. The path of a folder means its `index.html`."""
    if not path:
        return name
    joined = posixpath.normpath(posixpath.join("/", posixpath.dirname(name), path)).lstrip("/")
    if path.startswith("/"):
        joined = path.lstrip("/")
    candidates = [joined] if not path.endswith("/") and joined else []
    candidates += [posixpath.join(joined, "index.html").lstrip("/")]
    if joined in ("", "."):
        candidates = ["index.html"]
    return next((candidate for candidate in candidates if candidate in names), None)


def _style_sheets(files: Mapping[str, Path]) -> Iterator[Diagnostic]:
    """A diagnostic for everything that style sheets load from elsewhere, or that does not exist."""
    for name in sorted(n for n in files if n.endswith(".css")):
        text = files[name].read_text(encoding="utf-8", errors="replace")
        text = _COMMENT.sub(lambda m: "\n" * m.group().count("\n"), text)
        for number, line in enumerate(text.split("\n"), 1):
            for match in _STYLE_URL.finditer(line):
                to = match.group(2)
                if to.startswith(("data:", "#")):
                    continue
                parts = _split(to)
                if parts is None:
                    message = f"this address is not valid: {to}"
                elif parts.scheme or parts.netloc:
                    message = f"the style sheet loads {to} from a different site"
                elif resolve(name, unquote(parts.path), files) is None:
                    message = f"dead link: {to}"
                else:
                    continue
                yield Diagnostic("ARC-S002", message, "", span=Span(name, number, 1, number, 1))
