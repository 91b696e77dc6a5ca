"""What all Kubernetes objects share: their form, the label that selects the pods of a component, and which components have pods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archgen.model.architecture import Architecture
from archgen.model.component import Component

Object = dict[str, Any]

# The pods of a component have this label with its ID. Helm charts set it to the name of their release, also on the pods of all parts of
# an add-on: https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
INSTANCE = "app.kubernetes.io/instance"
NOTES = "archgen"  # the prefix of annotations


def kubernetes_object(
    version: str, kind: str, name: str, namespace: str | None, annotations: Mapping[str, str] | None = None
) -> Object:
    """The beginning of an object: its version, kind and metadata. `namespace` is None for what is in none."""
    metadata: Object = {"name": name}
    if namespace:
        metadata["namespace"] = namespace
    if annotations:
        metadata["annotations"] = dict(annotations)
    return {"apiVersion": version, "kind": kind, "metadata": metadata}


def instance(component: str) -> Object:
    """The selector of the pods of a component."""
    return {"matchLabels": {INSTANCE: component}}


def pods_of(a: Architecture, cluster: str) -> dict[str, Component]:
    """The components with pods of ours on a cluster, by ID: without those that the cloud runs. Sorted."""
    return {name: c for name, c in sorted(a.guests(cluster), key=lambda pair: pair[0]) if c.run_by != "cloud"}


def namespace_of(component: Component) -> str:
    """The namespace of a component's pods."""
    return component.namespace or "default"


def without_empty(values: Mapping[str, Any]) -> Object:
    """The values that are neither None nor an empty mapping."""
    return {key: value for key, value in values.items() if value is not None and value != {}}
