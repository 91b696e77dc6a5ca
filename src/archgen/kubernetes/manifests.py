"""The manifests of a stack: files of Kubernetes objects, and the kustomization that lists them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import yaml

from archgen.kubernetes.namespaces import namespaces
from archgen.kubernetes.node_pools import node_pools
from archgen.kubernetes.objects import Object
from archgen.kubernetes.policies import network_policies
from archgen.kubernetes.workloads import workloads
from archgen.model.architecture import Architecture
from archgen.terraform.binding import Binding
from archgen.terraform.bindings import find
from archgen.terraform.files import HEADER

# The objects of each value of `manifests` in a binding, for a component that it applies to.
_OBJECTS: Mapping[str, Callable[[Architecture, str], Iterable[Object]]] = {
    "namespaces": namespaces,
    "network-policies": network_policies,
    "node-pools": node_pools,
    "workloads": workloads,
}
KUSTOMIZATION = "kustomization.yaml"
# Who owns an object, so that those that are no longer in the files can be found: kubectl get --selector.
_OWNER = {"app.kubernetes.io/managed-by": "archgen"}


def bindings_of(a: Architecture, stack: str) -> list[Binding]:
    """The bindings of a stack that make manifests, in its order."""
    terraform = a.document.terraform
    stated = terraform.stacks.get(stack) if terraform else None
    found = (find(a, reference) for reference in (stated.modules if stated else ()))
    return [binding for binding in found if binding and binding.manifests]


def possible_files(a: Architecture, stack: str) -> Iterator[str]:
    """The files that manifests() can make for a stack."""
    bindings = bindings_of(a, stack)
    for component in (components := _components(a, bindings)):
        for file in (*(f"{binding.manifests}.yaml" for binding in bindings), KUSTOMIZATION):
            yield f"{_folder(component, components)}{file}"


def _components(a: Architecture, bindings: Iterable[Binding]) -> list[str]:
    return list(dict.fromkeys(name for binding in bindings for name in binding.components(a)))


def _folder(component: str, components: Collection[str]) -> str:
    """The folder of a component's files; empty for the only one."""
    return f"{component}/" if len(components) > 1 else ""


def manifests(a: Architecture, stack: str, model: str) -> dict[str, str]:
    """The texts of a stack's manifests at one coordinate, by file; of several clusters, each has a folder. Empty if it makes none."""
    bindings = bindings_of(a, stack)
    components = _components(a, bindings)
    texts: dict[str, str] = {}
    for name in components:
        folder = _folder(name, components)
        files = dict(_files(a, bindings, name, model))
        if files:
            texts |= {f"{folder}{file}": text for file, text in files.items()}
            texts[f"{folder}{KUSTOMIZATION}"] = _kustomization(sorted(files), model)
    return texts


def objects_of(a: Architecture, stack: str) -> list[Object]:
    """All objects of a stack at one coordinate, cluster by cluster."""
    return [
        made
        for binding in bindings_of(a, stack)
        for name in binding.components(a)
        for made in _OBJECTS[binding.manifests or ""](a, name)
    ]


def _files(a: Architecture, bindings: Iterable[Binding], component: str, model: str) -> Iterator[tuple[str, str]]:
    for binding in bindings:
        if component not in binding.components(a):
            continue
        assert binding.manifests
        if objects := list(_OBJECTS[binding.manifests](a, component)):
            yield f"{binding.manifests}.yaml", _text(objects, model)


def _kustomization(files: list[str], model: str) -> str:
    made = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "labels": [{"pairs": _OWNER}],
        "resources": files,
    }
    return _text([made], model)


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes equal values again instead of referring to the first one."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(objects: Iterable[Object], model: str) -> str:
    dumped = yaml.dump_all(
        objects, Dumper=_Dumper, sort_keys=False, default_flow_style=False, width=1000, allow_unicode=True
    )
    return f"# {HEADER.format(model=model)}\n{dumped}"
