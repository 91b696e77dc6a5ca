"""Turns a built site into an archive that opens from a disk, without a server.

Pages link to each other as folders, which web servers resolve to `index.html`. Browsers do not do that on a disk, so this rewrites
every such address that the site builder has left: in HTML, in pictures, in the lists of pictures that pages switch to, and in pages
that lead to others.
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
# The script that Material's offline plugin would load from this address to run its search.
_SHIM = "https://unpkg.com/iframe-worker/shim"
_LINKS = ("href", "xlink:href", "src", "data-differences")  # the last one is a script that a page may load
_REFRESH = "0; url="  # the beginning of an address that a page leads to at once
_PICTURES = "data-files"  # JSON: the pictures that a page switches to
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that ZIP can express


def make_offline(site: Path, worker: str) -> None:
    """Rewrite a built site in place so that it works from a disk; `worker` is the script that replaces the one Material would load."""
    names = {file.relative_to(site).as_posix() for file in site.rglob("*") if file.is_file()}
    (site / WORKER).write_text(worker, encoding="utf-8", newline="\n")
    for name in sorted(names):
        if name.endswith((".html", ".svg")):
            text = with_file_addresses((site / name).read_text(encoding="utf-8"), name, names)
            text = text.replace(_SHIM, posixpath.relpath(WORKER, posixpath.dirname(name) or "."))
            (site / name).write_text(text, encoding="utf-8", newline="\n")


def archive(site: Path) -> bytes:
    """A ZIP archive of all files of a site; equal sites give equal bytes."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped:
        for file in sorted(path for path in site.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(f"site/{file.relative_to(site).as_posix()}", _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            zipped.writestr(entry, file.read_bytes())
    return stream.getvalue()


def with_file_addresses(text: str, name: str, names: Set[str]) -> str:
    """The text of a page or picture, with every address of a folder replaced by that of the file it means."""
    parts: list[str] = []
    position = 0
    for tag in tags(text):
        for attribute in tag.attributes():
            value = _rewritten(attribute, name, names)
            if value is not None:
                parts += [text[position : attribute.start], f'"{html.escape(value)}"']
                position = attribute.end
    return "".join([*parts, text[position:]])


def _rewritten(attribute: Attribute, name: str, names: Set[str]) -> str | None:
    """The new value of an attribute; None if it stays as it is."""
    if attribute.name in _LINKS:
        return _file(attribute.value, name, names)
    if attribute.name == "content" and attribute.value.startswith(_REFRESH):
        to = _file(attribute.value.removeprefix(_REFRESH), name, names)
        return to and _REFRESH + to
    if attribute.name == _PICTURES:
        listed = json.loads(attribute.value)
        return json.dumps({key: (to and (_file(to, name, names) or to)) for key, to in listed.items()})
    return None


def _file(to: str, name: str, names: Set[str]) -> str | None:
    """The address of the file that `to` means, relative to the file `name`; None if it needs no change or leads nowhere."""
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
    """The folder against which a browser resolves the relative links of a page that a server serves as a folder."""
    if not name.endswith(".html") or name.endswith("index.html"):
        return posixpath.dirname(name)
    return name.removesuffix(".html")


def _joined(folder: str, path: str) -> str:
    joined = posixpath.normpath(posixpath.join(folder or ".", path))
    return "" if joined == "." else joined
