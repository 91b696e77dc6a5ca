"""Records the inputs, outputs and required versions of the Terraform modules that bindings use.

Without names, every recorded module is read again at its recorded version, which changes nothing unless archgen reads modules differently.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from archgen.terraform.hcl import HclSyntaxError
from archgen.terraform.module_source import read_interface
from archgen.terraform.recording import interface_record
from tools.recorded import MODULES, read_recorded, update
from tools.repositories import Repository, RepositoryError, find_repository

SCRIPT = "record_modules"
_SERIES = re.compile(r"-(\d+(?:\.\d+)*)$")


def main(arguments: Sequence[str] | None = None) -> int:
    """Records modules; returns 0, or 1 if a module cannot be read or, with `--check`, differs from its record."""
    options = _parser().parse_args(arguments)
    failed = False
    for id_ in options.modules or sorted(path.stem for path in options.into.glob("*.json")):
        try:
            changes = _record(id_, options)
        except (RepositoryError, HclSyntaxError) as error:
            print(f"{id_}: {error}", file=sys.stderr)
            failed = True
            continue
        for change in changes:
            print(f"{id_}: {change}")
        failed |= options.check and bool(changes)
    return int(failed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.record_modules", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="names such as aws-vpc-6; all that are recorded")
    parser.add_argument("--checkouts", type=Path, help="folder with repositories, as owner+name, owner/name or name")
    parser.add_argument("--clone", action="store_true", help="clone repositories that are missing there")
    parser.add_argument("--repository", type=Path, help="checkout or bare repository of the one module named")
    parser.add_argument("--source", help="owner/name on GitHub, for a module that is not recorded yet")
    parser.add_argument("--path", help="folder of the module in its repository, for one that is not recorded yet")
    parser.add_argument("--revision", help="tag to record; the recorded version, or the newest of its series")
    parser.add_argument("--latest", action="store_true", help="record the newest release of each module's series")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a record would change")
    parser.add_argument(
        "--into",
        type=Path,
        default=MODULES,
        metavar="FOLDER",
        help="the folder of the recorded files (default: archgen's)",
    )
    return parser


def _record(id_: str, options: argparse.Namespace) -> list[str]:
    """Records one module; returns what changed. Raises RepositoryError and HclSyntaxError."""
    path = options.into / f"{id_}.json"
    before = read_recorded(path)
    source = options.source or before.get("source")
    if not source:
        raise RepositoryError("it is not recorded yet: --source has to name its repository")
    folder = before.get("path", "") if options.path is None else options.path
    repository = _repository(source, options)
    version = options.revision or (not options.latest and before.get("version")) or _newest(repository, id_)
    after = module_record(repository, source, folder, version)
    return list(_changes(before, after)) if update(path, after, SCRIPT, check=options.check) else []


def _repository(source: str, options: argparse.Namespace) -> Repository:
    if options.repository:
        return Repository(options.repository)
    if not options.checkouts:
        raise RepositoryError("--checkouts or --repository has to say where its repository is")
    return find_repository(options.checkouts, source, clone=options.clone)


def _newest(repository: Repository, id_: str) -> str:
    """The newest release of the series that the name of a module ends with. Raises RepositoryError."""
    match = _SERIES.search(id_)
    if not match:
        raise RepositoryError("its name has to end with the version that its binding is for, as in aws-vpc-6")
    releases = repository.releases(match[1])
    if not releases:
        raise RepositoryError(f"{repository.path} has no release of version {match[1]}")
    return releases[-1]


def module_record(repository: Repository, source: str, folder: str, version: str) -> dict[str, Any]:
    """The content of a module's file. Raises RepositoryError and HclSyntaxError."""
    commit = repository.commit(version)
    names = [name for name in repository.names(commit, folder) if name.endswith(".tf")]
    texts = {name: repository.text(commit, folder, name) for name in names}
    if not texts:
        raise RepositoryError(f"{source} has no .tf file in {folder or '.'} at {version}")
    return {
        "source": source,
        "path": folder,
        "version": version,
        "commit": commit,
        "date": repository.date(commit),
        **interface_record(read_interface(texts)),
    }


def _changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """What changed, one sentence each; at least one."""
    if not before:
        yield f"recorded for the first time, at {after['version']}"
        return
    if before.get("version") != after["version"]:
        yield f"version {before.get('version')} became {after['version']}"
    told = False
    for part in ("inputs", "outputs", "providers"):
        old, new = before.get(part, {}), after[part]
        for word, names in (
            ("added", new.keys() - old.keys()),
            ("removed", old.keys() - new.keys()),
            ("changed", {name for name in old.keys() & new.keys() if old[name] != new[name]}),
        ):
            if names:
                told = True
                yield f"{part} {word}: {', '.join(sorted(names))}"
    if not told and before.get("version") == after["version"]:
        yield "only what is said about the module as a whole changed"


if __name__ == "__main__":
    sys.exit(main())
