"""The hand-written pages of a project: their texts, and those that cannot be read or collide with a generated page."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from pathlib import Path

from archgen.artifacts.addresses import DOCS, GENERATED, Address
from archgen.diagnostics.diagnostic import Diagnostic


def written_texts(root: Path, listed: Iterable[Address]) -> tuple[dict[str, str], list[Diagnostic]]:
    """The text of each hand-written page by path, sorted; and diagnostics for those that cannot be read or collide with `listed`."""
    made = {address.key: address for address in listed if address.is_page}
    texts: dict[str, str] = {}
    problems: list[Diagnostic] = []
    for name in _files(root):
        taken = made.get(Address(_as_index(name)).key)
        if taken and taken.file == name:
            continue
        if taken:
            message = f"this page has the same address as the generated {taken.file}"
            problems.append(Diagnostic("ARC-E002", message, "rename this page", subject=name))
        try:
            texts[name] = (root / name).read_bytes().decode()  # keeps the author's line endings
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Diagnostic("ARC-E001", f"the page cannot be read: {error}", "", subject=name))
    return texts, problems


def _files(root: Path) -> Iterator[str]:
    docs = root / DOCS
    for file in sorted(docs.rglob("*.md")) if docs.is_dir() else ():
        name = file.relative_to(root).as_posix()
        if not name.startswith(f"{DOCS}/{GENERATED}/"):
            yield name


def _as_index(name: str) -> str:
    """The path that a site builder uses for a file: a README is the index of its folder."""
    folder, file = posixpath.split(name)
    return f"{folder}/index.md" if file == "README.md" else name
