"""The checksum of archgen's own code, for the keys of results that much of it decides."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version

_CODE = (".py", ".ttf")
_PACKAGES = ("pillow", "diagrams", "jinja2", "markupsafe", "pydantic")  # that take part in what is kept


@cache
def code_of_archgen() -> str | None:
    """The checksum of all of archgen's modules, in hexadecimal, with the versions of the packages that they use.

    None if the files cannot be read, as in an archive of Python: then nothing may be kept.
    """
    folder = Path(__file__).parents[1]
    digest = hashlib.sha256(" ".join([python_version(), *map(_version, _PACKAGES)]).encode())
    # Not with rglob(), which takes twice as long.
    files = sorted(f"{at}/{name}" for at, _folders, names in os.walk(folder) for name in names if name.endswith(_CODE))
    try:
        for file in files:
            content = Path(file).read_bytes()
            digest.update(f"{os.path.relpath(file, folder)} {len(content)} ".encode() + content)
    except OSError:
        return None
    return digest.hexdigest() if files else None


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return package
