"""Terraform: facts of the model become inputs of modules. Bindings and recorded module interfaces are data files, one per major version."""

import re
from functools import cache
from pathlib import Path

from archgen.registry import folders

_HERE = Path(__file__).parent


@cache
def binding_ids(cloud: str) -> frozenset[str]:
    """What a stack can name on a cloud: the ids of all bindings, and each with its major version, such as `vpc` and `vpc@5`.

    It includes those of installed packages, and does not read the modules' inputs.
    """
    ids = set()
    for folder in (_HERE / "bindings", *(folder.path for folder in folders("bindings"))):
        for file in sorted(folder.glob(f"{cloud}-*.yaml")):
            stated = dict(
                line.split(": ", 1) for line in file.read_text(encoding="utf-8").splitlines() if _KEYS.match(line)
            )
            if "id" in stated:
                ids.add(stated["id"].strip())
            if "id" in stated and "module" in stated:
                ids.add(f"{stated['id'].strip()}@{stated['module'].strip().rpartition('-')[2]}")
    return frozenset(ids)


_KEYS = re.compile(r"(id|module): \S")
