"""The checksum of archgen's own code, for the keys of results that much of it decides."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path
from platform import python_version

_PACKAGES = ("pillow", "diagrams", "jinja2", "markupsafe", "pydantic")  # that take part in what is kept


@cache
def code_of_archgen() -> str | None:
    """The checksum of all of archgen's modules and the data beside them, such as colors, in hexadecimal, with the versions of the
    packages that they use.

    None if the files cannot be read, as in an archive of Python: then nothing may be kept.
    """
    folder = Path(__file__).parents[1]
    digest = hashlib.sha256(" ".join([python_version(), *map(_version, _PACKAGES)]).encode())
    # Not with rglob(), which takes twice as long.
    found = ((at, name) for at, _folders, names in os.walk(folder) for name in names)
    files = sorted(f"{at}/{name}" for at, name in found if not at.endswith("__pycache__"))
    try:
        for file in files:
            content = Path(file).read_bytes()
            digest.update(f"{os.path.relpath(file, folder)} {len(content)} ".encode() + content)
    except OSError:
        return None
    return digest.hexdigest() if files else None


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version  # here, because most commands need neither

    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return package
