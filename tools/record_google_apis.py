"""Records the APIs of Google Cloud and their titles, from the discovery documents in a wheel of google-api-python-client.

The Git repository of the package is too large to clone for this; the wheel has the same documents and need not be installed.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tools.recorded import GOOGLE_APIS, update

SCRIPT = "record_google_apis"
SOURCE = "google-api-python-client"
_WHEEL = re.compile(r"google_api_python_client-(?P<version>[0-9.]+)-")
_DOCUMENT = re.compile(r"googleapiclient/discovery_cache/documents/(?!index\.)[^/]+\.json")
_REVISION = re.compile(r"(20\d\d)([01]\d)([0-3]\d)")


class WheelError(Exception):
    """A wheel that cannot be downloaded or read, or has no discovery documents."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Records the APIs; returns 0, or 1 if the wheel cannot be read or, with `--check`, differs from the record."""
    options = _parser().parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as folder:
            content = apis_record(options.wheel or download_wheel(Path(folder)))
    except WheelError as error:
        print(error, file=sys.stderr)
        return 1
    changed = update(options.into, content, SCRIPT, check=options.check)
    return int(changed and options.check)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m tools.{SCRIPT}", description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--wheel", type=Path, help=f"read this wheel of {SOURCE}")
    source.add_argument("--latest", action="store_true", help="download the newest wheel with pip")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the record would change")
    parser.add_argument("--into", type=Path, default=GOOGLE_APIS, help=argparse.SUPPRESS)
    return parser


def download_wheel(folder: Path) -> Path:
    """The newest wheel, which pip downloads into the folder. Raises WheelError."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    done = subprocess.run([*command, "--dest", str(folder), SOURCE], capture_output=True, text=True, check=False)
    if done.returncode:
        raise WheelError(f"pip cannot download {SOURCE}: {done.stderr.strip()}")
    return next(folder.glob("*.whl"))


def apis_record(wheel: Path) -> dict[str, Any]:
    """The content of the file of APIs: the title of each by its host, such as `pubsub.googleapis.com`. Raises WheelError."""
    named = _WHEEL.match(wheel.name)
    if not named:
        raise WheelError(f"{wheel.name} is not a wheel of {SOURCE}")
    newest: dict[str, tuple[str, str]] = {}
    for document in _documents(wheel):
        revision = str(document.get("revision", ""))
        host = urlsplit(document["rootUrl"]).hostname or ""
        newest[host] = max(newest.get(host, ("", "")), (revision, document["title"]))
    days = [match for revision, _title in newest.values() if (match := _REVISION.fullmatch(revision))]
    if not days:
        raise WheelError(f"{wheel.name} has no discovery documents")
    day = "-".join(max(match.groups() for match in days))
    apis = {host: title for host, (_revision, title) in newest.items()}
    return {"source": SOURCE, "revision": named["version"], "date": day, "apis": apis}


def _documents(wheel: Path) -> Iterator[dict[str, Any]]:
    """The discovery documents in a wheel. Raises WheelError."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            for name in filter(_DOCUMENT.fullmatch, sorted(archive.namelist())):
                yield json.loads(archive.read(name))
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        raise WheelError(f"{wheel} cannot be read: {error}") from None


if __name__ == "__main__":
    sys.exit(main())
