"""Artifacts in, files out, whole or not at all, and never over somebody else's work.

A manifest of hashes says what archgen wrote: `.archgen/committed.json` for files that Git keeps, `.archgen/generated.json` for
the others. A file on disk is archgen's when its hash is in the manifest; anything else is a person's, and stays. Line ends do not
count: Git writes those that a checkout asks for. What else is in `.archgen/` is in `state.py`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from archgen.artifacts.base import MEMORY, Artifact
from archgen.artifacts.navigation import FILE as NAVIGATION
from archgen.diagnostic import Diagnostic
from archgen.outfile import UnwritableError
from archgen.state import COMMITTED_MANIFEST, GENERATED_MANIFEST, MANIFESTS, STATE, StateError, put, staging

OWN = (MEMORY, NAVIGATION)  # the artifacts that lie in archgen's own folder; no other may


@dataclass(slots=True)
class Plan:
    """What a build would do: files to write, files to remove, and what stands in the way."""

    write: list[Artifact] = field(default_factory=list)
    remove: list[str] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Diagnostic] = field(default_factory=list)


def digest(content: bytes) -> str:
    """The hash that manifests hold."""
    return hashlib.sha256(content).hexdigest()


def read_manifest(root: Path, *, committed: bool) -> tuple[dict[str, str], list[Diagnostic]]:
    """Path to hash of what archgen wrote; empty where there is no manifest yet."""
    name = MANIFESTS[committed]
    try:
        data = json.loads((root / name).read_text(encoding="utf-8"))
        files = data["files"]
        if not all(isinstance(k, str) and isinstance(v, str) for k, v in files.items()):
            raise ValueError
    except FileNotFoundError:
        return {}, []
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        help_ = "resolve what Git left in it, or delete it and name the files with --force"
        return {}, [Diagnostic("ARC-W003", "the manifest cannot be read", help_, subject=name)]
    return files, []


def plan(root: Path, artifacts: Iterable[Artifact], force: Iterable[str] = ()) -> Plan:
    """Compare with the disk. `force` names files that may be taken over although a person wrote or edited them."""
    made = {artifact.path: artifact for artifact in artifacts}
    forced = {Path(path).as_posix() for path in force}
    result = Plan()
    known: dict[str, str] = {}
    for committed in (True, False):
        manifest, problems = read_manifest(root, committed=committed)
        known |= manifest
        result.problems += problems
    for artifact in made.values():
        _compare(root, artifact, known, forced, result)
    for path in sorted(set(known) - set(made)):
        if not _inside(root, path):
            continue
        on_disk = _content(root / path)
        # An edited leftover is a person's now; it is no longer in anyone's way.
        if on_disk is not None and _wrote(known, path, on_disk):
            result.remove.append(path)
    return result


def _compare(root: Path, artifact: Artifact, known: Mapping[str, str], forced: set[str], result: Plan) -> None:
    target = root / artifact.path
    if not _inside(root, artifact.path):
        message = "the output leads out of the project, through a link or a `..`"
        result.problems.append(Diagnostic("ARC-W002", message, "make it a real folder", subject=artifact.path))
        return
    if reserved := _reserved(root, artifact.path):
        message = f"the output lies in {reserved}, which is not for generated files"
        result.problems.append(Diagnostic("ARC-W002", message, "choose another folder", subject=artifact.path))
        return
    if target.is_dir():
        result.problems.append(
            Diagnostic("ARC-W002", "a folder stands where a file should be", "", subject=artifact.path)
        )
        return
    on_disk = _content(target)
    if on_disk is not None and same(on_disk, artifact):
        result.unchanged += 1
        return
    if artifact.embeds:
        result.write.append(artifact)
        return
    if on_disk is not None and not _wrote(known, artifact.path, on_disk) and artifact.path not in forced:
        edited = artifact.path in known
        message = "a person edited this generated file" if edited else "archgen did not write this file"
        help_ = (
            f"move your change into the model or a template; archgen build --force {artifact.path} overwrites it"
            if edited
            else f"move it out of the way; archgen build --force {artifact.path} overwrites it"
        )
        result.problems.append(Diagnostic("ARC-W001", message, help_, subject=artifact.path))
        return
    result.write.append(artifact)


def _wrote(known: Mapping[str, str], path: str, content: bytes) -> bool:
    """Whether archgen wrote this: a manifest has one hash, or two while a file is being replaced."""
    hashes = known.get(path, "").split()
    return digest(content) in hashes or (_is_text(content) and digest(_unix(content)) in hashes)


def same(on_disk: bytes, artifact: Artifact) -> bool:
    """Whether a file is as it was made, apart from the line ends of text."""
    made = artifact.content
    if on_disk == made or not _is_text(made):
        return on_disk == made
    # A page that somebody wrote has the line ends of its author; what is generated has line feeds.
    return _unix(on_disk) == (_unix(made) if artifact.embeds else made)


def _is_text(content: bytes) -> bool:
    return b"\0" not in content


def _unix(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")


def _reserved(root: Path, path: str) -> str | None:
    """The folder of Git's or of archgen's own that a path leads into; None where it leads into neither."""
    place = ((root / path).parent.resolve() / Path(path).name).relative_to(root.resolve())
    parts = [part.lower() for part in place.parts]
    if ".git" in parts:
        return ".git"
    return STATE if parts[0] == STATE and place.as_posix() not in OWN else None


def _inside(root: Path, path: str) -> bool:
    """Whether a path stays in the project when links are followed, and is no link itself."""
    target = root / path
    return (
        not target.is_symlink()
        and target.parent.resolve().is_relative_to(root.resolve())
        and ".." not in Path(path).parts
    )


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def stale(root: Path, artifacts: Iterable[Artifact]) -> list[tuple[str, str]]:
    """What `build --check` reports: (path, "missing", "changed" or "left over"). Writes nothing.

    Committed files are always compared. The others are where they have been built, so that a fresh clone is clean.
    """
    artifacts = list(artifacts)
    built = (root / GENERATED_MANIFEST).is_file()
    compared = [artifact for artifact in artifacts if artifact.committed or artifact.embeds or built]
    found = []
    for artifact in compared:
        on_disk = _content(root / artifact.path)
        if on_disk is None or not same(on_disk, artifact):
            found.append((artifact.path, "missing" if on_disk is None else "changed"))
    made = {artifact.path for artifact in artifacts}
    for committed in (True, False):
        manifest, _problems = read_manifest(root, committed=committed)
        left = (path for path in manifest if path not in made and (root / path).is_file())
        found += [(path, "left over") for path in left]
    return sorted(found)


def carry_out(root: Path, todo: Plan, artifacts: Iterable[Artifact]) -> list[Diagnostic]:
    """Write everything beside its place first, then move it there, file by file, the manifests last.

    A full disk or a folder without permission is met before any file has changed.
    """
    artifacts = list(artifacts)
    now = STATE  # what is being written
    try:
        with staging(root) as stage:
            for number, artifact in enumerate(todo.write):
                now = artifact.path
                (stage / str(number)).write_bytes(artifact.content)
            for artifact in todo.write:
                now = artifact.path
                (root / artifact.path).parent.mkdir(parents=True, exist_ok=True)
            # If this process dies among the moves, the next one knows files of both generations as archgen's.
            now = STATE
            _write_manifests(root, stage, artifacts, keep_old=True)
            for number, artifact in enumerate(todo.write):
                now = artifact.path
                (stage / str(number)).replace(root / artifact.path)
            for path in todo.remove:
                now = path
                (root / path).unlink(missing_ok=True)
                _remove_empty_folders(root, Path(path).parent)
            now = STATE
            _write_manifests(root, stage, artifacts, keep_old=False)
    except OSError as error:
        message = f"it cannot be written: {error.strerror or error}"
        return [
            Diagnostic("ARC-W002", message, "clear the cause and build again; no file is half-written", subject=now)
        ]
    return []


def record(root: Path, artifact: Artifact) -> None:
    """Note in the manifest that archgen wrote a committed file, beside what stands there already. Raises StateError."""
    old, _problems = read_manifest(root, committed=True)
    try:
        with staging(root) as stage:
            _write_manifest(root, stage, COMMITTED_MANIFEST, old | {artifact.path: digest(artifact.content)})
    except OSError as error:
        raise StateError(COMMITTED_MANIFEST, f"it cannot be written: {error.strerror or error}") from None


def _write_manifests(root: Path, stage: Path, artifacts: list[Artifact], *, keep_old: bool) -> None:
    for committed, name in MANIFESTS.items():
        files = {a.path: digest(a.content) for a in artifacts if a.committed is committed and not a.embeds}
        if keep_old:
            old, _problems = read_manifest(root, committed=committed)
            both = {path: {*old.get(path, "").split(), *files.get(path, "").split()} for path in {*old, *files}}
            files = {path: " ".join(sorted(hashes)) for path, hashes in both.items()}
        if files or (root / name).exists():
            _write_manifest(root, stage, name, files)


def _write_manifest(root: Path, stage: Path, name: str, files: Mapping[str, str]) -> None:
    text = json.dumps({"//": "What archgen wrote. Do not edit.", "files": files}, indent=1, sort_keys=True) + "\n"
    on_disk = _content(root / name)
    if on_disk is None or _unix(on_disk) != text.encode():
        put(text.encode(), root / name, stage)


def _remove_empty_folders(root: Path, folder: Path) -> None:
    while folder.parts and folder != Path("docs") and folder.parts[0] in ("docs", "infra", "schema"):
        try:
            (root / folder).rmdir()
        except OSError:
            return
        folder = folder.parent


def write_all(root: Path, artifacts: Iterable[Artifact]) -> None:
    """Artifacts into a folder that is archgen's alone, such as a stage. Raises UnwritableError."""
    for artifact in artifacts:
        file = root / artifact.path
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(artifact.content)
        except OSError as error:
            raise UnwritableError(artifact.path, error.strerror or str(error)) from None
