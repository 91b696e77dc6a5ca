"""Updates a site in place: files that a new build would write with the same content stay as they are.

What is compared is the content on disk, not a record of it. So whatever has happened to the site, also an update that was killed, the next
build ends in what it makes from scratch.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.structure.files import Files


class SiteUpdate:
    """The site in a folder, and a new one, of which only files that differ are in another folder.

    `unchanged` are the paths of files that both have. There are none without a folder to update, or if it has links in it. Paths are those
    below the site, with slashes.
    """

    def __init__(self, target: Path | None, new: Path) -> None:
        self.target, self.new = target or new, new
        self.unchanged: set[str] = set()
        self._old: set[str] = set()
        self._folders: list[str] = []
        self.is_possible = target is not None and self._list(target)

    def _list(self, target: Path) -> bool:
        """Note what is in the old site; returns whether there is anything, and nothing that an update could write through."""
        if target.is_symlink():
            return False
        for at, folders, names in os.walk(target):
            for name in (*folders, *names):
                file = Path(at, name)
                if file.is_symlink() or not (file.is_dir() or file.is_file()):
                    return False
            below = Path(at).relative_to(target)
            self._folders += [(below / name).as_posix() for name in folders]
            self._old |= {(below / name).as_posix() for name in names}
        return bool(self._old)

    def keeps(self, name: str, content: bytes) -> bool:
        """Whether the old site has a file with this content, which then belongs to the new one."""
        if not self.is_possible or name not in self._old:
            return False
        with suppress(OSError):
            if (self.target / name).read_bytes() == content:
                (self.new / name).unlink(missing_ok=True)  # what else was to have this name
                self.unchanged.add(name)
                return True
        return False

    def copy_static_files(self, files: Files, **how: Any) -> None:
        """Do what `Files.copy_static_files` does for files that differ."""
        inclusion = how["inclusion"]
        for file in files:
            is_static = not file.is_documentation_page() and inclusion(file.inclusion)
            if is_static and not self.keeps(file.dest_uri, file.content_bytes):
                file.copy_file(how["dirty"])

    def files(self) -> Mapping[str, Path]:
        """Where each file of the new site is, by its path below the site."""
        made = (Path(at, name) for at, _folders, names in os.walk(self.new) for name in names)
        found = {file.relative_to(self.new).as_posix(): file for file in made}
        self.unchanged -= found.keys()  # another file with this name was written later
        for name in [name for name, file in found.items() if self.keeps(name, file.read_bytes())]:
            del found[name]
        return found | {name: self.target / name for name in self.unchanged}

    def carry_out(self, files: Mapping[str, Path]) -> None:
        """Make the old site the new one, whose files are given as by `files`. Raises OSError.

        What no longer belongs to the site is deleted first, because a file system may not distinguish its name from that of a new file.
        """
        for name in self._old - files.keys():
            (self.target / name).unlink(missing_ok=True)
        needed = {folder.as_posix() for name in files for folder in PurePosixPath(name).parents}
        for folder in sorted(set(self._folders) - needed, reverse=True):
            with suppress(OSError):  # something new is in it; if a file is to have its name, that fails
                (self.target / folder).rmdir()
        for name, file in files.items():
            if name not in self.unchanged:
                (self.target / name).parent.mkdir(parents=True, exist_ok=True)
                file.replace(self.target / name)
