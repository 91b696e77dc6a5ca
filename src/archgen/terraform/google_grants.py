"""Facts about the roles of identities on Google Cloud: those on the whole project, and those that a condition limits to one resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archgen.kinds.object_store import ObjectStore
from archgen.kinds.secret_store import SecretStore
from archgen.kinds.static_site import StaticSite
from archgen.model.architecture import Architecture
from archgen.terraform.permissions import roles_for

# What a pipeline may do in what it writes to, and in what it only reads, by kind: https://docs.cloud.google.com/iam/docs/roles-permissions
_PUBLISHER_ROLES = {
    "registry": ("roles/artifactregistry.writer", "roles/artifactregistry.reader"),
    "static-site": ("roles/storage.objectUser", "roles/storage.objectViewer"),
    "object-store": ("roles/storage.objectUser", "roles/storage.objectViewer"),
}


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
    return sorted({role for target, role in _of_caller(a, component) if not _limit(a, target)})


def limited_roles(a: Architecture, component: str) -> dict[str, dict[str, str]]:
    """The roles of a component's identity that apply to one bucket or secret that it calls, by role and ID of the other component.

    Each has `role`, and the name of the resource as `bucket` or `secret`.
    """
    return _limited(a, _of_caller(a, component))


def publisher_roles(a: Architecture, federation: str) -> list[str]:
    """The roles on the whole project that pipelines need which get an identity from a federation, sorted.

    They are for writing, or only for reading if all calls state that they receive data.
    """
    return sorted({role for target, role in _of_pipelines(a, federation) if not _limit(a, target)})


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
    found = {f"{role} {target}": {"role": role, **limit} for target, role in granted if (limit := _limit(a, target))}
    return dict(sorted(found.items()))


def _limit(a: Architecture, target: str) -> dict[str, str]:
    """The resource to which a condition can limit roles for a component; empty if none can.

    Conditions apply to buckets with uniform permissions: https://docs.cloud.google.com/iam/docs/conditions-resource-attributes
    """
    component = a.components[target]
    if component.home not in (None, a.home):
        return {}
    if isinstance(component, StaticSite) or (isinstance(component, ObjectStore) and component.permissions != "object"):
        return {"bucket": a.identifier(target)}
    return {"secret": a.identifier(target)} if isinstance(component, SecretStore) else {}
