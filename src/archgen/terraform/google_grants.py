"""Facts about the roles of identities on Google Cloud: those on the whole project, and those that a condition limits to one resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archgen.kinds.object_store import ObjectStore
from archgen.kinds.secret_store import SecretStore
from archgen.kinds.static_site import StaticSite
from archgen.model.architecture import Architecture
from archgen.terraform.permissions import roles_for
from archgen.terraform.recovery import unique

# What a pipeline may do in what it writes to, and in what it only reads, by kind: https://docs.cloud.google.com/iam/docs/roles-permissions
_PUBLISHER_ROLES = {
    "registry": ("roles/artifactregistry.writer", "roles/artifactregistry.reader"),
    "static-site": ("roles/storage.objectUser", "roles/storage.objectViewer"),
    "object-store": ("roles/storage.objectUser", "roles/storage.objectViewer"),
}

# Roles for jobs, which belong to a project and not to a dataset: https://docs.cloud.google.com/bigquery/docs/access-control#bigquery.jobUser
_OF_PROJECTS = frozenset({"roles/bigquery.jobUser"})


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about roles that expressions can use."""
    return {
        "limited_publisher_roles": lambda federation: limited_publisher_roles(a, federation),
        "limited_roles": lambda component: limited_roles(a, component),
        "project_roles": lambda component: project_roles(a, component),
        "publisher_roles": lambda federation: publisher_roles(a, federation),
    }


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "limited_publisher_roles": (str,),
    "limited_roles": (str,),
    "project_roles": (str,),
    "publisher_roles": (str,),
}


def project_roles(a: Architecture, component: str) -> list[str]:
    """The roles on the whole project that a component's identity needs for its calls, sorted: those that no condition can limit."""
    return sorted({role for target, role in _of_caller(a, component) if not _limit(a, target, role)})


def limited_roles(a: Architecture, component: str) -> dict[str, dict[str, str]]:
    """The roles of a component's identity that apply to one resource that it calls, by role and ID of the other component.

    The resource is a bucket, a secret, a dataset of BigQuery or a database of Firestore. Each entry has `role`, `title` and `expression`,
    which are those of the condition.
    """
    return _limited(a, _of_caller(a, component))


def publisher_roles(a: Architecture, federation: str) -> list[str]:
    """The roles on the whole project that pipelines need which get an identity from a federation, sorted.

    They are for writing, or only for reading if all calls state that they receive data.
    """
    return sorted({role for target, role in _of_pipelines(a, federation) if not _limit(a, target, role)})


def limited_publisher_roles(a: Architecture, federation: str) -> dict[str, dict[str, str]]:
    """The roles of pipelines that apply to one bucket, by role and ID of the component; each like those of `limited_roles`."""
    return _limited(a, _of_pipelines(a, federation))


def _of_caller(a: Architecture, caller: str) -> Iterator[tuple[str, str]]:
    return ((target, role) for target in a.called_by(caller) for role in roles_for(a, caller, target))


def _of_pipelines(a: Architecture, federation: str) -> Iterator[tuple[str, str]]:
    pipelines = {c.tail for c in a.traffic_to(federation)}
    for call in (c for name in sorted(pipelines) for c in a.traffic_from(name)):
        kind = a.components[call.head].kind
        if kind in _PUBLISHER_ROLES and kind not in a.catalog.replaced_kinds:
            yield call.head, _PUBLISHER_ROLES[kind][call.data == "received"]


def _limited(a: Architecture, granted: Iterator[tuple[str, str]]) -> dict[str, dict[str, str]]:
    limits = ((target, role, _limit(a, target, role)) for target, role in granted)
    return dict(sorted((f"{role} {target}", {"role": role, **limit}) for target, role, limit in limits if limit))


def _limit(a: Architecture, target: str, role: str) -> dict[str, str]:
    """The condition that limits a role to what stands for a component; empty if none can.

    Conditions apply to buckets with uniform permissions: https://docs.cloud.google.com/iam/docs/conditions-resource-attributes
    """
    component = a.components[target]
    if component.home not in (None, a.home) or role in _OF_PROJECTS:
        return {}
    name = a.identifier(target)
    if isinstance(component, StaticSite) or (isinstance(component, ObjectStore) and component.permissions != "object"):
        return _only(name, _is(f"projects/_/buckets/{name}", "/objects/"))
    if isinstance(component, SecretStore):
        # The project is a number in names of secrets, which the model may not state.
        return _only(name, f"resource.name.extract('/secrets/{{name}}/versions/') == '{name}'")
    if component.product == "bigquery":
        dataset = unique(a, name).replace("-", "_")
        return _only(dataset, _is(f"projects/{a.home}/datasets/{dataset}", "/"))
    if component.product == "firestore":
        return _only(unique(a, name), f"resource.name == 'projects/{a.home}/databases/{unique(a, name)}'")
    return {}


def _only(name: str, expression: str) -> dict[str, str]:
    return {"title": f"only {name}", "expression": expression}


def _is(name: str, inside: str) -> str:
    """An expression that is true for a resource and what is in it."""
    return f"resource.name == '{name}' || resource.name.startsWith('{name}{inside}')"
