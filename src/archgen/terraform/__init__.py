"""Terraform: facts of the model become inputs of modules. Bindings and recorded module interfaces are data files, one per major version."""

import re
from functools import cache
from pathlib import Path

from archgen.registry import folders

_HERE = Path(__file__).parent


def binding_ids(cloud: str, folder: Path | None = None) -> frozenset[str]:
    """What a stack can name on a cloud: the ids of all bindings, and each with its major version, such as `vpc` and `vpc@5`.

    It includes those of installed packages and of a project's folder, and does not read the modules' inputs.
    """
    return _installed(cloud) | (_ids(folder, cloud) if folder else frozenset())


@cache
def _installed(cloud: str) -> frozenset[str]:
    places = (_HERE / "bindings", *(folder.path for folder in folders("bindings")))
    return frozenset(id_ for place in places for id_ in _ids(place, cloud))


def _ids(folder: Path, cloud: str) -> frozenset[str]:
    ids = set()
    for file in sorted(folder.glob(f"{cloud}-*.yaml")):
        stated = dict(
            line.split(": ", 1) for line in file.read_text("utf-8", "replace").splitlines() if _KEYS.match(line)
        )
        if "id" in stated:
            ids.add(stated["id"].strip())
        if "id" in stated and "module" in stated:
            ids.add(f"{stated['id'].strip()}@{stated['module'].strip().rpartition('-')[2]}")
    return frozenset(ids)


_KEYS = re.compile(r"(id|module): \S")
