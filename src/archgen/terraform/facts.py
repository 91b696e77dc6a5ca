"""The facts of an architecture: the names that expressions of bindings can use.

Lists are sorted, and the first of several values is the first in that order, so that the order in the model does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from ipaddress import ip_network
from typing import Any, get_args

from archgen.catalog import Catalog, endpoints
from archgen.clouds.aws import AwsNetwork, AwsOrganization
from archgen.diagnostics.diagnostic import did_you_mean
from archgen.kinds.dns import Dns
from archgen.kinds.object_store import ObjectStore
from archgen.kinds.postgresql import Postgresql
from archgen.kinds.workload_federation import WorkloadFederation
from archgen.model.architecture import Architecture, Subnet
from archgen.model.component import Component
from archgen.model.derived import once
from archgen.model.places import NetworkTier, TierRole
from archgen.terraform import (
    aws,
    google,
    google_balancing,
    google_data,
    google_events,
    google_grants,
    google_machines,
    google_messages,
    google_run,
    google_schedules,
    google_subnets,
    permissions,
    platform,
    recovery,
    security,
)
from archgen.terraform.aws_subnets import module_role
from archgen.terraform.state import state_component


def facts_of(a: Architecture, component: str | None, shared: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    """The facts for one component, or for the network if `component` is None. `shared` is the result of shared_facts(), if known."""
    facts = shared_facts(a) if shared is None else shared
    if component is None:
        return facts
    own: dict[str, Any] = {
        "component": a.components[component],
        "component_name": component,
        "stores_state": component == state_component(a),
        "products": a.products_of(a.components[component]),
        "name": a.identifier(component),
        "home": a.components[component].home or a.home,
        "stated": lambda setting: stated(a.components[component], setting),
        "called": lambda kind: _called_component(a, component, kind)[1],
        "called_name": lambda kind: a.identifier(_called_component(a, component, kind)[0]),
    }
    return {**facts, **_guarded(own)}


@once
def shared_facts(a: Architecture) -> Mapping[str, Any]:
    """The facts that are the same for all components of an architecture."""
    network = a.document.network
    facts: dict[str, Any] = {
        "network_name": a.network_identifier,
        "network": network,
        "cidr": a.cidr,
        "region": a.cloud.region,
        "zones": list(a.zones),
        "home": a.home,
        "subnets": lambda internet: _subnets(a, internet),
        "role_subnets": lambda role: _role_subnets(a, role),
        "role_subnet_names": lambda role: _role_subnet_names(a, role),
        "range_of": lambda tier: _range_of(a, tier),
        "endpoints": _endpoints(a),
        "tags": {
            "Environment": a.coordinate.environment,
            "ManagedBy": "terraform",
            "Project": a.document.project,
        },
        "labels": {
            "environment": a.coordinate.environment,
            "managed-by": "terraform",
            "project": a.document.project,
        },
        "log_days": lambda database: log_days(database, a.catalog),
        "project": a.document.project,
        "environment": a.coordinate.environment,
        "organization": a.document.organization,
        "budget": a.environment.monthly_budget_usd,
        "repository": _repository(a),
        "subjects": lambda federation: subjects(federation, a),
        "domain": next(
            (c.domains[0] for _n, c in sorted(a.components.items()) if isinstance(c, Dns) and c.domains), None
        ),
        "host": host,
        "seconds": lambda days: f"{days * 86400}s",
        "accounts": _accounts(a),
        "alerts": _alerts(a),
        "all_products": {id_ for c in a.components.values() for id_ in a.products_of(c)},
        "archive_name": next(
            (a.identifier(n) for n, c in sorted(a.components.items()) if isinstance(c, ObjectStore) and c.immutable), ""
        ),
        **platform.facts(a),
        **security.facts(a),
        **permissions.facts(a),
        **aws.facts(a),
        **google.facts(a),
        **google_data.facts(a),
        **google_events.facts(a),
        **google_grants.facts(a),
        **google_machines.facts(a),
        **google_messages.facts(a),
        **google_balancing.facts(a),
        **google_run.facts(a),
        **google_schedules.facts(a),
        **google_subnets.facts(a),
        **recovery.facts(a),
    }
    return _guarded(facts)


def _guarded(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts, with functions that check the types of their arguments."""
    return {
        name: _checked(fact, FUNCTIONS[name], CHOICES.get(name, ())) if name in FUNCTIONS else fact
        for name, fact in facts.items()
    }


# The types of arguments of the functions among the facts. They are checked because an expression may pass anything.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "subnets": (str,),
    "role_subnets": (str,),
    "role_subnet_names": (str,),
    "range_of": (str,),
    "log_days": (Postgresql,),
    "subjects": (WorkloadFederation,),
    "host": (str,),
    "seconds": (int,),
    "stated": (str,),
    "called": (str,),
    "called_name": (str,),
    **platform.FUNCTIONS,
    **security.FUNCTIONS,
    **permissions.FUNCTIONS,
    **aws.FUNCTIONS,
    **google.FUNCTIONS,
    **google_data.FUNCTIONS,
    **google_events.FUNCTIONS,
    **google_grants.FUNCTIONS,
    **google_machines.FUNCTIONS,
    **google_messages.FUNCTIONS,
    **google_balancing.FUNCTIONS,
    **google_run.FUNCTIONS,
    **google_schedules.FUNCTIONS,
    **recovery.FUNCTIONS,
}


# The values that the argument of a function can have.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "subnets": get_args(NetworkTier.model_fields["internet"].annotation),
    "role_subnets": get_args(TierRole),
    "role_subnet_names": get_args(TierRole),
}

# What the facts are that no function of the same name describes.
ABOUT: Mapping[str, str] = {
    "accounts": "The accounts of the organization by ID, each with its number, its name and whether it has workloads.",
    "alerts": "The alerts by ID, each with the name of the component and the objective that it protects.",
    "all_products": "The IDs of all products that components use.",
    "archive_name": "The name of the bucket for the log archive; empty if there is none.",
    "budget": "The monthly budget of the environment in US dollars; none if the model states none.",
    "called": "The component of a kind that the component of the module calls.",
    "called_name": "The name of the resources of the component of a kind that the component of the module calls.",
    "cidr": "The address range of the environment's network; empty if it has none.",
    "component": "The component that the module is for.",
    "component_name": "The ID of the component that the module is for.",
    "domain": "The first domain of the DNS service; none if there is none.",
    "endpoints": "The private endpoints of the network (AWS) by name.",
    "environment": "The ID of the environment.",
    "home": "The ID of the account, project or subscription that the environment, or the component of the module, is in.",
    "labels": "The labels of resources on Google Cloud.",
    "name": "The name of the resources of the component that the module is for.",
    "network": "The settings of the network.",
    "network_name": "The name of the network's resources.",
    "organization": "The settings of the organization.",
    "products": "The IDs of the products of the component that the module is for.",
    "project": "The name of the project, as in names of resources.",
    "range_of": "The first address range of a tier.",
    "region": "The region of the environment.",
    "repository": "The repository as owner/name; empty if the model names none.",
    "role_subnet_names": "The names of the subnets of all tiers with a role, if several tiers have it; otherwise empty.",
    "role_subnets": "The address ranges of all tiers with a role, tier by tier and zone by zone.",
    "seconds": "A number of days as text in seconds, such as 86400s.",
    "stores_state": "Whether the component of the module stores the state of Terraform.",
    "subnets": "The address ranges of all tiers with this access to the internet, tier by tier and zone by zone.",
    "tags": "The tags of resources on AWS.",
    "zones": "The availability zones of the environment.",
}


def _checked(
    function: Callable[..., Any], takes: tuple[type, ...], choices: tuple[str, ...] = ()
) -> Callable[..., Any]:
    def call(*given: Any) -> Any:
        if len(given) != len(takes) or not all(map(isinstance, given, takes)):
            wanted = ", ".join(_KINDS.get(kind, f"a component of the kind {kind.__name__}") for kind in takes)
            raise TypeError(f"it expects {wanted}")
        if choices and given[0] not in choices:
            raise ValueError(f"'{given[0]}' is not one of its arguments; {did_you_mean(given[0], choices)}")
        return function(*given)

    return call


_KINDS: Mapping[type, str] = {str: "text", int: "a whole number"}


def _range_of(a: Architecture, tier: str) -> str:
    """The first address range of a tier. Raises LookupError if it does not exist or has none."""
    if tier not in a.tiers:
        raise LookupError(f"unknown tier '{tier}'; {did_you_mean(tier, a.tiers)}")
    ranges = a.subnets_of(tier)
    if not ranges:
        raise LookupError(f"the tier '{tier}' has no range at {a.coordinate}")
    return ranges[0]


_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def host(domain: str) -> str:
    """`domain` unchanged. Raises ValueError if it is not a domain name."""
    if not _HOST.fullmatch(domain):
        raise ValueError(f"'{domain}' is not a domain name such as shop.example")
    return domain


def subjects(federation: WorkloadFederation, a: Architecture) -> list[str]:
    """The `sub` claims of accepted tokens, with the names of this architecture filled in."""
    names = {"{repository}": _repository(a), "{environment}": a.coordinate.environment}
    filled = []
    for subject in federation.subjects:
        for name, value in names.items():
            subject = subject.replace(name, value)  # noqa: PLW2901  # one placeholder after the other
        filled.append(subject)
    return filled


def _repository(a: Architecture) -> str:
    """The repository as `owner/name`; empty if the model names none."""
    return "/".join((a.document.repository or "").removesuffix("/").split("/")[3:5])


def _accounts(a: Architecture) -> dict[str, dict[str, Any]]:
    homes = a.organization.all_homes() if isinstance(a.organization, AwsOrganization) else {}
    return {
        id_: {"account_id": home.number, "name": home.name, "workloads": home.workloads} for id_, home in homes.items()
    }


def _alerts(a: Architecture) -> dict[str, dict[str, Any]]:
    """The alerts by id, each with the objective that it protects."""
    alerts = {}
    for id_, alert in a.document.observability.alerts.items():
        objective = a.document.observability.objectives.get(alert.objective or "")
        alerts[id_] = {
            "title": alert.title,
            "component": a.identifier(alert.component),
            "signal": alert.signal,
            "severity": alert.severity,
            "team": alert.team,
            "objective_percent": objective.percent if objective else None,
            "window_days": objective.window_days if objective else None,
        }
    return alerts


def log_days(database: Postgresql, catalog: Catalog) -> int:
    """The number of days for which any second can be restored: the retention of backups, limited by the product."""
    limits = catalog.products[database.product or ""].limits
    plus = database.edition == "enterprise-plus"
    most = limits.get("point_in_time_days_enterprise_plus" if plus else "point_in_time_days", 0)
    return min(database.backup.retention_days, most) if database.backup.point_in_time_recovery else 0


def stated(component: Component, setting: str) -> Any:
    """The value of a setting of the module's component, which the module needs. Raises ValueError if the model does not state it."""
    value = getattr(component, setting, None)
    if value is None:
        raise ValueError(f"the model does not state the `{setting}` of the component")
    return value


def _called_component(a: Architecture, component: str, kind: str) -> tuple[str, Component]:
    """The id and the component of a kind that this one calls. Raises LookupError if it calls none."""
    for target in sorted(a.called_by(component)):
        if a.components[target].kind == kind:
            return target, a.components[target]
    raise LookupError(f"'{component}' does not call a component of the kind {kind}")


def _subnets(a: Architecture, internet: str) -> list[str]:
    """The address ranges of all tiers with this setting of `internet`, in the order of addresses: tier by tier, zone by zone."""
    ranges = [s.cidr for s in a.subnets if s.cidr and a.tiers[s.tier].internet == internet]
    return sorted(ranges, key=ip_network)


def _role_subnets(a: Architecture, role: str) -> list[str]:
    """The address ranges of all tiers with a role, in the order of addresses: tier by tier, zone by zone."""
    return [subnet.cidr or "" for subnet in _subnets_in(a, role)]


def _role_subnet_names(a: Architecture, role: str) -> list[str]:
    """The names of the same subnets, if several tiers have the role: a module would name their subnets alike. Empty otherwise."""
    subnets = _subnets_in(a, role)
    if len({subnet.tier for subnet in subnets}) < 2:
        return []
    return ["-".join((a.network_identifier, s.tier, *((s.zone,) if s.zone else ()))) for s in subnets]


def _subnets_in(a: Architecture, role: str) -> list[Subnet]:
    """The subnets of all tiers with a role that fit, by address. All that do not lead out are `intra`, unless they are for databases."""
    find_role = a.role_of if role == "isolated" else partial(module_role, a)
    subnets = [s for s in a.subnets if s.cidr and find_role(s.tier) == role]
    return sorted(subnets, key=lambda subnet: ip_network(subnet.cidr or ""))


def _endpoints(a: Architecture) -> dict[str, dict[str, Any]]:
    network = a.network_facts(AwsNetwork)
    names = network.endpoints if network else ()
    by_name = {}
    for name in names:
        entry = endpoints()[name]
        interface = entry.type == "Interface"  # only interface endpoints have private DNS names
        by_name[name.replace("-", "_")] = {
            "service": entry.service,
            "service_type": entry.type,
            "private_dns_enabled": interface,
        }
    return by_name
