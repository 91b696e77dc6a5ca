"""Builds the reference model with archgen at two revisions, and prints how the generated files differ.

Run it after a refactoring, whose outputs should be the same, or a change of wording, whose outputs should differ in words only:

    python -m tools.compare_builds 6639e4a            # that revision, and the working tree
    python -m tools.compare_builds 6639e4a 8a21acc    # two revisions

Each distinct pair of changed lines is printed once, with the number of its places; the exit code is 1 if anything differs.
"""

from __future__ import annotations

import argparse
import difflib
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
GENERATED = ("docs/index.md", "docs/architecture", "infra", "schema")


def main() -> int:
    """Run the comparison; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", help="a revision of this repository")
    parser.add_argument("new", nargs="?", help="another revision (default: the working tree)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="archgen-") as name:
        old = built(options.old, Path(name) / "old")
        new = built(options.new, Path(name) / "new")
        changes: Counter[tuple[str, ...]] = Counter()
        for file in sorted(old.keys() | new.keys()):
            if file not in old or file not in new:
                print(f"{'only new' if file in new else 'only old'}: {file}")
                changes[(file,)] += 1
            elif old[file] != new[file]:
                changes.update(changed_lines(old[file], new[file]))
    for change, places in sorted(changes.items(), key=lambda item: (-item[1], item[0])):
        if len(change) > 1:
            print(f"\n{places} places", *change, sep="\n")
    return 1 if changes else 0


def built(revision: str | None, folder: Path) -> dict[str, bytes]:
    """The generated files of the reference model, built by archgen as it is at a revision; their bytes by path."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    if revision is not None:
        subprocess.run(["git", "checkout", "--quiet", revision], cwd=folder, check=True)
    source = ROOT if revision is None else folder
    command = [sys.executable, "-m", "archgen", "build", "--no-site", "--force", "schema/architecture.schema.json"]
    command += ["--force", "schema/architecture-part.schema.json"]
    environment = {**os.environ, "PYTHONPATH": str(source / "src")}
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env=environment)
    files = [
        file
        for name in GENERATED
        for file in ((folder / name).rglob("*") if (folder / name).is_dir() else [folder / name])
    ]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files if file.is_file()}


def changed_lines(old: bytes, new: bytes) -> Iterator[tuple[str, ...]]:
    """Each group of lines that differs: the old ones with `-` before them, then the new ones with `+`."""
    one, other = (text.decode("utf-8", "replace").splitlines() for text in (old, new))
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag != "equal":
            yield (*(f"- {line}" for line in one[i:j]), *(f"+ {line}" for line in other[k:m]))


if __name__ == "__main__":
    sys.exit(main())
