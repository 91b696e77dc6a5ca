"""Terraform: facts of the model become inputs of modules. Bindings and recorded module interfaces are data files, one per major version."""

import re
from functools import cache
from pathlib import Path

from archgen.registry import folders


def binding_ids(cloud: str, folder: Path | None = None) -> frozenset[str]:
    """What a stack can name on a cloud: the ids of all bindings, and each with its major version, such as `vpc` and `vpc@5`.

    It includes those of installed packages and of a project's folder, and does not read the modules' inputs.
    """
    return _installed(cloud) | (_ids(folder, cloud) if folder else frozenset())


@cache
def _installed(cloud: str) -> frozenset[str]:
    from archgen.terraform.binding_files import read_own_bindings  # needs the parsers of YAML and of expressions

    own = read_own_bindings(cloud).values()
    ids = {entry["id"] for entry in own}
    ids |= {f"{entry['id']}@{entry['module'].rpartition('-')[2]}" for entry in own if "module" in entry}
    return frozenset(ids).union(*(_ids(folder.path, cloud) for folder in folders("bindings")))


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
