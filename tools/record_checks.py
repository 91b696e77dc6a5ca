"""Records what the checks of Checkov that rules cite are about, from the policy index in its repository."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from tools.recorded import CHECKS, EXPLANATIONS, read_recorded, update
from tools.repositories import Repository, RepositoryError, chosen_repository, chosen_revision, recording_parser

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
        repository = chosen_repository(options, SOURCE)
        revision = chosen_revision(options, read_recorded(options.into).get("commit", "HEAD"))
        wanted = options.checks or cited()
        after = checks_record(repository, revision, wanted)
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
    parser = recording_parser(SCRIPT, __doc__, SOURCE, CHECKS)
    parser.add_argument("--checks", nargs="*", help="IDs of checks; those that rules cite")
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
