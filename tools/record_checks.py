"""Records what the checks of Checkov that rules cite are about, from the policy index in its repository."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tools.recorded import CHECKS, EXPLANATIONS, read_recorded, update
from tools.repositories import Repository, RepositoryError, find_repository

SCRIPT = "record_checks"
SOURCE = "bridgecrewio/checkov"
FOLDER = "docs/5.Policy Index"
FILES = ("terraform.md", "kubernetes.md")

_CITED = re.compile(r"\bCKV2?_[A-Z0-9]+_\d+\b")
_FILE = re.compile(rf"\((https://github\.com/{SOURCE}/blob/)[^/]+/([^)\s]+)\)")


class CheckError(Exception):
    """A check that a rule cites and Checkov does not have."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Records the checks; returns 0, or 1 if one cannot be read or, with `--check`, the record would change."""
    options = _parser().parse_args(arguments)
    try:
        repository = (
            Repository(options.repository)
            if options.repository
            else find_repository(options.checkouts, SOURCE, clone=options.clone)
        )
        revision = options.revision or read_recorded(options.into).get("commit", "HEAD")
        wanted = options.checks or cited()
        after = checks_record(repository, "HEAD" if options.latest else revision, wanted)
    except (RepositoryError, CheckError) as error:
        print(error, file=sys.stderr)
        return 1
    before = read_recorded(options.into).get("checks", {})
    changed = update(options.into, after, SCRIPT, check=options.check)
    for id_, check in after["checks"].items():
        if before.get(id_, {}).get("name") != check["name"]:
            print(f"{id_}: {check['name']}")
    return int(changed and options.check)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.record_checks", description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--checkouts", type=Path, help="folder with repositories, as owner+name, owner/name or name")
    where.add_argument("--repository", type=Path, help=f"checkout or bare repository of {SOURCE}")
    parser.add_argument("--clone", action="store_true", help="clone the repository if it is missing")
    parser.add_argument("--revision", help="commit to read; the recorded one")
    parser.add_argument("--latest", action="store_true", help="read the newest commit")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the record would change")
    parser.add_argument("--checks", nargs="*", help="IDs of checks; those that rules cite")
    parser.add_argument("--into", type=Path, default=CHECKS, help=argparse.SUPPRESS)
    return parser


def cited() -> list[str]:
    """The IDs of the checks that explanations of rules cite, sorted."""
    texts = (file.read_text(encoding="utf-8").partition("\n")[0] for file in EXPLANATIONS.glob("*.md"))
    return sorted({id_ for text in texts for id_ in _CITED.findall(text)})


def checks_record(repository: Repository, revision: str, wanted: Iterable[str]) -> dict[str, Any]:
    """The content of the file of checks. Raises RepositoryError and CheckError."""
    commit = repository.commit(revision)
    known: dict[str, dict[str, str]] = {}
    for name in FILES:
        known |= _checks(repository.text(commit, FOLDER, name), commit)
    if missing := sorted(set(wanted) - known.keys()):
        raise CheckError(f"{SOURCE} has no check {', '.join(missing)}")
    checks = {id_: known[id_] for id_ in wanted}
    return {"source": SOURCE, "commit": commit, "date": repository.date(commit), "checks": checks}


def _checks(index: str, commit: str) -> dict[str, dict[str, str]]:
    """What each check of a policy index is about, and the address of its code at a commit."""
    checks: dict[str, dict[str, str]] = {}
    for line in index.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 7 and _CITED.fullmatch(cells[2]) and (file := _FILE.search(cells[7])):
            checks.setdefault(cells[2], {"name": cells[5], "url": f"{file[1]}{commit}/{file[2]}"})
    return checks


if __name__ == "__main__":
    sys.exit(main())
