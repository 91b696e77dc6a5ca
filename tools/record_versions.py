"""Records until when versions are supported, from the product files of endoflife.date."""

from __future__ import annotations

import argparse
import datetime
import sys
import tomllib
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from tools.recorded import CATALOG, VERSIONS, read_recorded, update
from tools.repositories import Repository, RepositoryError, chosen_repository, chosen_revision, recording_parser

SCRIPT = "record_versions"
SOURCE = "endoflife-date/endoflife.date"
KUBERNETES = "kubernetes"  # read by name; the catalog names the others
# Where a product states the end of standard support as the end of something else, as AWS Lambda does before it refuses changes.
STANDARD = {"aws-lambda": "eoas"}
YEARS = 2  # a version that ended longer ago is left out: rules take it for one that is older than all recorded ones


class ProductError(Exception):
    """A product file that does not say what is expected of it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Records the dates; returns 0, or 1 if they cannot be read or, with `--check`, differ from the record."""
    options = _parser().parse_args(arguments)
    try:
        repository = chosen_repository(options, SOURCE)
        revision = chosen_revision(options, read_recorded(options.into).get("commit", "HEAD"))
        after = versions_record(repository, revision, options.products or wanted())
    except (RepositoryError, ProductError) as error:
        print(error, file=sys.stderr)
        return 1
    before = read_recorded(options.into).get("ends", {})
    changed = update(options.into, after, SCRIPT, check=options.check)
    for line in _changes(before, after["ends"]):
        print(line)
    return int(changed and options.check)


def _parser() -> argparse.ArgumentParser:
    parser = recording_parser(SCRIPT, __doc__, SOURCE, VERSIONS)
    parser.add_argument("--products", nargs="*", help="names at endoflife.date; those that the catalog uses")
    return parser


def wanted() -> list[str]:
    """The products whose versions archgen knows the end of, as endoflife.date names them, sorted."""
    entries = (entry for file in CATALOG.glob("*/*.toml") for entry in tomllib.loads(file.read_text("utf-8")).values())
    return sorted({KUBERNETES, *(entry["versions"] for entry in entries if "versions" in entry)})


def versions_record(repository: Repository, revision: str, products: Sequence[str]) -> dict[str, Any]:
    """The content of the file of versions. Raises RepositoryError and ProductError."""
    commit = repository.commit(revision)
    known = repository.names(commit, "products")
    day = repository.date(commit)
    ends = {}
    for product in products:
        if f"{product}.md" not in known:
            raise ProductError(f"{SOURCE} has no product {product}")
        ends[product] = _ends(product, repository.text(commit, "products", f"{product}.md"), _years_before(day))
    return {"source": SOURCE, "commit": commit, "date": day, "ends": ends}


def _years_before(day: str) -> str:
    return f"{int(day[:4]) - YEARS}{day[4:]}"


def _ends(product: str, text: str, since: str) -> dict[str, str]:
    """The last day of standard support by version, for versions that ended on the day `since` or later. Raises ProductError."""
    try:
        header = yaml.safe_load(text.split("---\n")[1])
        key = STANDARD.get(product, "eol")
        found = {str(entry["releaseCycle"]): entry[key] for entry in header["releases"]}
    except (IndexError, KeyError, TypeError, yaml.YAMLError) as error:
        raise ProductError(f"{SOURCE}: products/{product}.md has no readable releases: {error!r}") from None
    dated = {cycle: end.isoformat() for cycle, end in found.items() if isinstance(end, datetime.date)}
    recent = {cycle: end for cycle, end in dated.items() if end >= since}
    if not recent:
        raise ProductError(f"{SOURCE}: products/{product}.md gives no end of a version since {since}")
    return recent


def _changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for product in sorted(before.keys() | after.keys()):
        old, new = before.get(product, {}), after.get(product, {})
        for version in sorted(old.keys() | new.keys()):
            if old.get(version) != new.get(version):
                yield f"{product} {version}: {old.get(version, 'not recorded')} became {new.get(version, 'not recorded')}"


if __name__ == "__main__":
    sys.exit(main())
