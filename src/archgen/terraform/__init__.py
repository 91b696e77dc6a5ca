"""Terraform: facts of the model become inputs of modules. Bindings and recorded module interfaces are data files, one per major version."""

from functools import cache
from pathlib import Path

from archgen.registry import folders

_HERE = Path(__file__).parent


@cache
def binding_ids(cloud: str) -> frozenset[str]:
    """The ids of all bindings for a cloud, those of installed packages too, without reading the modules' inputs."""
    ids = set()
    for folder in (_HERE / "bindings", *(folder.path for folder in folders("bindings"))):
        for file in sorted(folder.glob(f"{cloud}-*.yaml")):
            for line in file.read_text(encoding="utf-8").splitlines():
                if line.startswith("id: "):
                    ids.add(line.removeprefix("id: ").strip())
    return frozenset(ids)
