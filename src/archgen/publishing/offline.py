"""A site that was built with addresses of files in; the same out as one archive that opens from a disk, without any server.

Pages address each other as folders, as web servers have it. From a disk a folder is no page, so every such address that a site
builder has not rewritten itself is rewritten here: in HTML, in pictures, and in the lists of pictures that pages switch to.
"""

from __future__ import annotations

import html
import json
import posixpath
import zipfile
from collections.abc import Set
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote, urlsplit

from archgen.publishing.start_tags import Attribute, tags

ARCHIVE = "site-offline.zip"
WORKER = "assets/worker.js"
# What Material's offline plugin would load to run its search from a disk, from elsewhere.
_SHIM = "https://unpkg.com/iframe-worker/shim"
_LINKS = ("href", "xlink:href", "src")
_LISTED = "data-files"  # the pictures that a page switches to
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that the format has


def make_offline(site: Path, worker: str) -> None:
    """Rewrite a built site in place: addresses of files everywhere, and `worker`, a script, in the place of one from elsewhere."""
    names = {file.relative_to(site).as_posix() for file in site.rglob("*") if file.is_file()}
    (site / WORKER).write_text(worker, encoding="utf-8", newline="\n")
    for name in sorted(names):
        if name.endswith((".html", ".svg")):
            text = with_file_addresses((site / name).read_text(encoding="utf-8"), name, names)
            text = text.replace(_SHIM, posixpath.relpath(WORKER, posixpath.dirname(name) or "."))
            (site / name).write_text(text, encoding="utf-8", newline="\n")


def archive(site: Path) -> bytes:
    """All files of a site, in order of name; equal sites give equal archives."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for file in sorted(path for path in site.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(f"site/{file.relative_to(site).as_posix()}", _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            made.writestr(entry, file.read_bytes())
    return stream.getvalue()


def with_file_addresses(text: str, name: str, names: Set[str]) -> str:
    """The text of a page or picture, with every address that leads to no file led to the one that it means."""

    parts: list[str] = []
    position = 0
    for tag in tags(text):
        for attribute in tag.attributes():
            moved = _moved(attribute, name, names)
            if moved is not None:
                parts += [text[position : attribute.start], f'"{html.escape(moved)}"']
                position = attribute.end
    return "".join([*parts, text[position:]])


def _moved(attribute: Attribute, name: str, names: Set[str]) -> str | None:
    """The new value of an attribute; None for one that stays."""
    if attribute.name in _LINKS:
        return _file(attribute.value, name, names)
    if attribute.name == _LISTED:
        listed = json.loads(attribute.value)
        return json.dumps({key: (to and (_file(to, name, names) or to)) for key, to in listed.items()})
    return None


def _file(to: str, name: str, names: Set[str]) -> str | None:
    """The address of the file that an address means, seen from a file; None where it leads to one already, or to none at all."""
    parts = urlsplit(to)
    if parts.scheme or parts.netloc or not parts.path:
        return None
    path = unquote(parts.path)
    if _joined(posixpath.dirname(name), path) in names and not path.endswith("/"):
        return None
    meant = _joined(_address(name), path)
    target = next((c for c in (meant, f"{meant}.html", posixpath.join(meant, "index.html")) if c in names), None)
    if target is None and meant in ("", "."):
        target = "index.html"
    if target is None:
        return None
    relative = posixpath.relpath(target, posixpath.dirname(name) or ".")
    return relative + (f"#{parts.fragment}" if parts.fragment else "")


def _address(name: str) -> str:
    """The folder that a page has as its address on a server; a file that is no page is in its own folder."""
    if not name.endswith(".html") or name.endswith("index.html"):
        return posixpath.dirname(name)
    return name.removesuffix(".html")


def _joined(folder: str, path: str) -> str:
    joined = posixpath.normpath(posixpath.join(folder or ".", path))
    return "" if joined == "." else joined
