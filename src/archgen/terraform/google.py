"""Facts for Google Cloud: identities, keys with their users, projects, rules of the network's firewall, and users of databases."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from ipaddress import IPv4Network, ip_network
from typing import Any

from archgen.clouds.gcp import GcpHome, GcpNetwork, GcpOrganization
from archgen.kinds._on_demand import ContainerService
from archgen.kinds.key_management import KeyManagement
from archgen.kinds.relational_database import RelationalDatabase
from archgen.kinds.secret_store import SecretStore
from archgen.kinds.service import Service
from archgen.kinds.static_site import StaticSite
from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.model.derived import once
from archgen.terraform.google_balancing import health_ports
from archgen.terraform.network_rules import network_rules
from archgen.terraform.recovery import unique

# https://docs.cloud.google.com/iam/docs/service-accounts-create: 6 to 30 lowercase letters, digits and hyphens that begin with a letter.
_SHORTEST, _LONGEST = 6, 30
# The service agents that encrypt and decrypt for each product: https://docs.cloud.google.com/iam/docs/service-agents
_AGENTS = {
    "artifact-registry": "gcp-sa-artifactregistry",
    "bigquery": "bigquery",  # its account has the name of another project, which only the API knows
    "cloud-sql": "gcp-sa-cloud-sql",
    "cloud-sql-mysql": "gcp-sa-cloud-sql",
    "cloud-storage": "storage",  # its agent has a name that only the API knows
    "compute-engine": "compute-system",
    "firestore": "gcp-sa-firestore",
    "gke": "container-engine-robot",
    "managed-instance-group": "compute-system",
    "memorystore": "cloud-redis",
    "pub-sub": "gcp-sa-pubsub",
    "secret-manager": "gcp-sa-secretmanager",
    "workflows": "gcp-sa-workflows",
}
# Agents that exist only after Terraform asked for them: google_project_service_identity of the provider google-beta.
_ASKED_FOR = {
    "artifact-registry": "artifactregistry.googleapis.com",
    "cloud-sql": "sqladmin.googleapis.com",
    "cloud-sql-mysql": "sqladmin.googleapis.com",
    "firestore": "firestore.googleapis.com",
    "memorystore": "redis.googleapis.com",
    "pub-sub": "pubsub.googleapis.com",
    "secret-manager": "secretmanager.googleapis.com",
    "workflows": "workflows.googleapis.com",
}
# APIs that Terraform and the identities of workloads need, whatever the products: https://docs.cloud.google.com/service-usage/docs/enable-disable
_ALWAYS = (
    "cloudresourcemanager.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com",
    "serviceusage.googleapis.com",
    "sts.googleapis.com",
)
# APIs for endpoints that a service creates in a subnet: https://docs.cloud.google.com/memorystore/docs/valkey/create-instances
_ENDPOINT_APIS = {"networkconnectivity.googleapis.com", "serviceconsumermanagement.googleapis.com"}
# APIs for the configurations of API Gateway: https://docs.cloud.google.com/api-gateway/docs/configure-dev-env
_GATEWAY_APIS = {"servicecontrol.googleapis.com", "servicemanagement.googleapis.com"}
# Families of machines that have no persistent disks: https://docs.cloud.google.com/compute/docs/machine-resource
_HYPERDISK_ONLY = ("a4", "c4", "c4a", "c4d", "m4", "n4", "n4a", "n4d", "x4")
# https://docs.cloud.google.com/kms/docs/cmek
_ENCRYPTER_ROLE = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
# https://docs.cloud.google.com/cdn/docs/setting-up-cdn-with-bucket
_READER_ROLE = "roles/storage.objectViewer"
# It gets requests outside of the network, and only opens connections from a subnet: https://docs.cloud.google.com/run/docs/configuring/vpc-direct-vpc
_RUN = "cloud-run"
_DENY, _ALLOW = 65000, 1000  # priorities; a lower number comes first


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about Google Cloud that expressions can use."""
    return {
        "gcp_folder": _folder(a, a.home),
        "shared_projects": _shared_projects(a),
        "gcp_identities": _identities(a),
        "gcp_egress_rules": _egress_rules(a),
        "gcp_ingress_rules": _ingress_rules(a),
        "service_account_id": lambda component: service_account_id(a, component),
        "encryption_key": lambda component: encryption_key(a, component),
        "encryption_keys": lambda component, where: encryption_keys(a, component, where),
        "key_project": lambda component: key_project(a, component),
        "database_users": lambda component: database_users(a, component),
        "disk_type": disk_type,
        "encrypter_role": _ENCRYPTER_ROLE,
        "reader_role": _READER_ROLE,
        "site_bucket": lambda component: site_bucket(a, component),
    }


# What the facts are that no function of the same name describes.
ABOUT: Mapping[str, str] = {
    "encrypter_role": "The role that a service agent needs to use a key.",
    "gcp_egress_rules": "The firewall rules for traffic that leaves, from the connections of the model.",
    "gcp_folder": "The name of the folder that the project is in; none if it is directly in the organization.",
    "gcp_identities": "The service agents that keys must know, by their API.",
    "gcp_ingress_rules": "The firewall rules for traffic that arrives from outside of the network, from the connections of the model.",
    "reader_role": "The role that lets readers of a public site read its files.",
    "shared_projects": "The projects of the organization that belong to no environment.",
}

# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "service_account_id": (str,),
    "encryption_key": (str,),
    "encryption_keys": (KeyManagement, str),
    "key_project": (KeyManagement,),
    "database_users": (str,),
    "disk_type": (str,),
    "site_bucket": (str,),
}


def is_google(a: Architecture) -> bool:
    """Whether the environment is in a Google Cloud project."""
    return isinstance(a.environment.on(a.coordinate.cloud), GcpHome)


# -- identities ------------------------------------------------------------------------------------------


def service_account_id(a: Architecture, component: str) -> str:
    """The ID of the Google Cloud service account of a component, from the name of its resources.

    A name that is too long is cut, and ends with the beginning of its hash so that it stays unique.
    """
    name = re.sub(r"[^a-z0-9-]+", "-", unique(a, a.identifier(component)).lower()).strip("-")
    if not name[:1].isalpha():
        name = f"sa-{name}"
    if len(name) < _SHORTEST:
        name = f"{name}-account"
    return _cut(name, _LONGEST)


def _cut(name: str, longest: int) -> str:
    """A name that is at most this long; one that is too long ends with the beginning of its hash."""
    if len(name) <= longest:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:6]
    return f"{name[: longest - len(digest) - 1].rstrip('-')}-{digest}"


def service_account(a: Architecture, component: str) -> str:
    """The email address of the Google Cloud service account of a component, in the environment's project."""
    return f"{service_account_id(a, component)}@{a.home}.iam.gserviceaccount.com"


def database_users(a: Architecture, database: str) -> list[dict[str, str]]:
    """The services that call a database, as its users; empty if it does not authenticate with IAM."""
    component = a.components[database]
    if not isinstance(component, RelationalDatabase) or not component.iam_authentication:
        return []
    callers = dict.fromkeys(
        c.tail for c in a.traffic_to(database) if isinstance(a.components[c.tail], Service | ContainerService)
    )
    return [
        {"id": name, "email": service_account(a, name), "type": "CLOUD_IAM_SERVICE_ACCOUNT"} for name in sorted(callers)
    ]


def _identities(a: Architecture) -> list[dict[str, Any]]:
    """The service agents that keys must know, by API; a project gets them when it is created."""
    protected = {name for _n, keys in a.of_kind(KeyManagement) for name in keys.protects if name in a.components}
    apis = {_ASKED_FOR.get(a.components[name].product or "") for name in protected}
    return [{"api": api, "roles": []} for api in sorted(api for api in apis if api)]


def gcp_apis(a: Architecture) -> list[str]:
    """The Google Cloud APIs that Terraform and the products in use need, sorted."""
    used = {id_ for c in a.components.values() for id_ in a.products_of(c)}
    named = {a.catalog.products[id_].api for id_ in used}
    rotates = any(store.rotation_days for _n, store in a.of_kind(SecretStore))
    own = {"compute.googleapis.com", "servicenetworking.googleapis.com", *_ALWAYS}
    own |= _ENDPOINT_APIS if "memorystore-valkey" in used else set()
    own |= _GATEWAY_APIS if "api-gateway-gcp" in used else set()
    own |= {"secretmanager.googleapis.com"} if "cloud-vpn" in used else set()  # it has the secrets of tunnels
    return sorted({*own, *({"pubsub.googleapis.com"} if rotates else ()), *(api for api in named if api)})


# -- projects --------------------------------------------------------------------------------------------


def _folder(a: Architecture, project: str) -> str | None:
    """The name of the folder of a project; None if it is directly in the organization."""
    organization = a.organization
    if not isinstance(organization, GcpOrganization) or project not in organization.projects:
        return None
    folder = organization.folders.get(organization.projects[project].folder or "")
    return folder.name if folder else None


def _shared_projects(a: Architecture) -> dict[str, dict[str, Any]]:
    """The projects of the organization that no environment is in, by ID, with the APIs of the components in them."""
    organization = a.organization
    if not isinstance(organization, GcpOrganization) or not organization.billing_account:
        return {}
    taken = {a.home_of(environment) for environment in a.document.environments}
    return {
        id_: {"name": project.name or id_, "folder": _folder(a, id_), "apis": _apis_in(a, id_)}
        for id_, project in sorted(organization.projects.items())
        if id_ not in taken
    }


def _apis_in(a: Architecture, project: str) -> list[str]:
    there = [c for c in a.components.values() if c.home == project]
    named = {a.catalog.products[id_].api for c in there for id_ in a.products_of(c)}
    always = {"cloudkms.googleapis.com", "logging.googleapis.com", "storage.googleapis.com"}
    return sorted({*always, *_ALWAYS, *(api for api in named if api)})


# -- keys ------------------------------------------------------------------------------------------------


def encryption_key(a: Architecture, component: str) -> str | None:
    """The name of the key that encrypts a component's data; None if the model states none."""
    known = a.components[component].product in _AGENTS
    stated = any(component in keys.protects for _name, keys in a.of_kind(KeyManagement))
    return component if stated and known else None


def encryption_keys(a: Architecture, keys: KeyManagement, where: str) -> dict[str, str]:
    """The service agent that uses each key, by the name of the key.

    `where` is `home` for keys in the environment's project, `recovery` for those of what is copied to the recovery region, and
    `elsewhere` for keys of components that are in another project.
    """
    return {name: _AGENTS[c.product or ""] for name, c in _protected(a, keys) if _is_there(a, c, where)}


def key_project(a: Architecture, keys: KeyManagement) -> str:
    """The project of the first component in another project that keys encrypt. Raises LookupError if there is none."""
    for _name, component in _protected(a, keys):
        if _is_there(a, component, "elsewhere"):
            return component.home or a.home
    raise LookupError("the keys encrypt nothing in another project")


def _protected(a: Architecture, keys: KeyManagement) -> Iterator[tuple[str, Component]]:
    for name in sorted(keys.protects):
        if name in a.components and a.components[name].product in _AGENTS:
            yield name, a.components[name]


def _is_there(a: Architecture, component: Component, where: str) -> bool:
    elsewhere = bool(component.home) and component.home != a.home
    if where == "elsewhere":
        return elsewhere
    if where == "recovery":
        return not elsewhere and a.recovery_region is not None and _is_copied(component)
    return not elsewhere


def _is_copied(component: Component) -> bool:
    """Whether the recovery region has a copy of a component that needs a key there."""
    if isinstance(component, RelationalDatabase):
        recovery = component.disaster_recovery
        return recovery is not None and recovery.strategy != "snapshot-copy"
    return isinstance(component, SecretStore)


# -- network ---------------------------------------------------------------------------------------------


def _egress_rules(a: Architecture) -> list[dict[str, Any]]:
    """Rules that let only connections of the model reach the range of managed services, such as databases."""
    gcp = a.network_facts(GcpNetwork)
    ranges = a.subnets_of(gcp.private_services_tier) if gcp and gcp.private_services_tier else ()
    if not ranges:
        return []
    by_head: dict[str, dict[str, set[str]]] = {}
    for rule in network_rules(a):
        if rule.targets == ranges:
            ports = by_head.setdefault(rule.head, {}).setdefault(rule.transport.lower(), set())
            ports.update(map(str, rule.ports))
    deny = _rule(a, "deny-managed-services", "What no connection of the model needs.", _DENY, ranges)
    return [
        {**deny, "deny": [{"protocol": "all"}]},
        *(
            {
                **_rule(a, f"to-{head}", f"Connections to {head}.", _ALLOW, ranges),
                "allow": [
                    {"protocol": protocol, "ports": sorted(ports, key=int)}
                    for protocol, ports in sorted(allowed.items())
                ],
            }
            for head, allowed in sorted(by_head.items())
        ),
    ]


def _rule(a: Architecture, name: str, description: str, priority: int, ranges: tuple[str, ...]) -> dict[str, Any]:
    full = _cut(unique(a, f"{a.network_identifier}-{name}"), 63)
    return {"name": full, "description": description, "priority": priority, "destination_ranges": list(ranges)}


@once
def _ingress_rules(a: Architecture) -> list[dict[str, Any]]:
    """Rules for connections into the network from ranges outside of it, such as those of Google's load balancers; none on other clouds."""
    if not is_google(a):
        return []
    rules: dict[str, dict[str, Any]] = {}
    probed = health_ports(a)
    for rule in network_rules(a):
        inside = a.place(a.components[rule.head]) in a.tiers or a.components[rule.head].runs_on
        outside = [range_ for range_ in rule.sources if not _is_in(a, range_)]
        if inside and outside and a.components[rule.head].product != _RUN:
            full = _cut(unique(a, f"{a.network_identifier}-{rule.connection}"), 63)
            text = f"The connection {rule.connection}."
            made = rules.setdefault(full, {"name": full, "description": text, "source_ranges": outside, "allow": []})
            made["allow"].append({"protocol": rule.transport.lower(), "ports": [str(port) for port in rule.ports]})
            if port := probed.get(rule.connection):
                made["allow"].append({"protocol": "tcp", "ports": [str(port)]})
    return list(rules.values())


def firewall_rules(a: Architecture) -> dict[str, list[str]]:
    """The names of the firewall rules that are for a connection, by its ID."""
    found: dict[str, list[str]] = {}
    made = {*(rule["name"] for rule in _egress_rules(a)), *(rule["name"] for rule in _ingress_rules(a))}
    for rule in network_rules(a):
        for name in (
            _rule(a, f"to-{rule.head}", "", 0, ())["name"],
            _cut(unique(a, f"{a.network_identifier}-{rule.connection}"), 63),
        ):
            if name in made:
                found.setdefault(rule.connection, []).append(name)
    return found


def _is_in(a: Architecture, range_: str) -> bool:
    return bool(a.cidr) and _is_inside(range_, a.cidr)


@lru_cache(maxsize=1024)  # reading a range takes longer than comparing it
def _is_inside(range_: str, other: str) -> bool:
    inner, outer = ip_network(range_), ip_network(other)
    return isinstance(inner, IPv4Network) and isinstance(outer, IPv4Network) and inner.subnet_of(outer)


def site_bucket(a: Architecture, cdn: str) -> str | None:
    """The name of the bucket of the static site that a content delivery network serves; None if it serves none."""
    sites = [name for name in a.called_by(cdn) if isinstance(a.components[name], StaticSite)]
    return a.identifier(sites[0]) if sites else None


# -- machines --------------------------------------------------------------------------------------------


def disk_type(size: str) -> str:
    """The type of the boot disk that a machine type can have."""
    return "hyperdisk-balanced" if size.partition("-")[0] in _HYPERDISK_ONLY else "pd-balanced"
