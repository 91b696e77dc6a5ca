"""Finds the namespace of rendered Kubernetes objects that do not state one, as `helm template` often prints them.

A command names it when they are applied. If there are objects of a cluster, too, it is the namespace that has the same objects.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from archgen.importing.resource import Resource
from archgen.importing.terraform_json import TerraformFile


def with_namespaces(sources: Sequence[TerraformFile]) -> list[TerraformFile]:
    """The files, in which objects without a namespace have that of the same objects of a cluster."""
    live = [r for source in sources if source.is_kubernetes and source.form == "state" for r in source.resources]
    return [_with_namespace(source, live) if live and _is_rendered(source) else source for source in sources]


def _is_rendered(source: TerraformFile) -> bool:
    return source.is_kubernetes and source.form == "plan"


def _with_namespace(source: TerraformFile, live: Iterable[Resource]) -> TerraformFile:
    plain = {resource.address for resource in source.resources if not resource.modules}
    same: dict[str, dict[str, str]] = {}
    for resource in live:
        namespace = next(iter(resource.modules), "")
        address = resource.address.removeprefix(f"{namespace}/")
        if namespace and address in plain:
            same.setdefault(namespace, {})[address] = resource.address
    numbers = Counter({namespace: len(found) for namespace, found in same.items()}).most_common(2)
    if not numbers or (len(numbers) == 2 and numbers[0][1] == numbers[1][1]):
        return source
    namespace = numbers[0][0]
    moved = tuple(_moved(resource, namespace, same[namespace]) for resource in source.resources)
    return replace(source, resources=moved)


def _moved(resource: Resource, namespace: str, addresses: Mapping[str, str]) -> Resource:
    references = {
        name: tuple(addresses.get(target, target) for target in targets)
        for name, targets in resource.references.items()
    }
    if resource.modules or resource.address not in addresses:
        return replace(resource, references=references)
    return replace(resource, address=addresses[resource.address], modules=(namespace,), references=references)
