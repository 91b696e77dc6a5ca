"""A project's folder in, the pages that people wrote out: their texts, and what is wrong with them beside what archgen makes."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from pathlib import Path

from archgen.artifacts.addresses import DOCS, GENERATED, Address
from archgen.diagnostics.diagnostic import Diagnostic


def written_texts(root: Path, listed: Iterable[Address]) -> tuple[dict[str, str], list[Diagnostic]]:
    """Each hand-written page with its text, in order; those that cannot be read, or whose address is one of `listed`, are findings."""
    made = {address.key: address for address in listed if address.is_page}
    texts: dict[str, str] = {}
    problems: list[Diagnostic] = []
    for name in _files(root):
        taken = made.get(Address(_as_index(name)).key)
        if taken and taken.file == name:
            continue
        if taken:
            message = f"this page and the generated {taken.file} have one address"
            problems.append(Diagnostic("ARC-E002", message, "give it another name", subject=name))
        try:
            texts[name] = (root / name).read_bytes().decode()  # with the line ends that its author has
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
    """A README is the index of its folder, for site builders."""
    folder, file = posixpath.split(name)
    return f"{folder}/index.md" if file == "README.md" else name
