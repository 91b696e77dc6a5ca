"""Permissions of identities in a cluster, derived from what they call: roles on Google Cloud, resources of policies on AWS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archgen.kinds.dns import Dns
from archgen.kinds.key_management import KeyManagement
from archgen.kinds.relational_database import RelationalDatabase
from archgen.kinds.secret_store import SecretStore
from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.model.connections import Connection
from archgen.model.remembered import remembered
from archgen.terraform.aws_databases import administrator_secret


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about permissions that expressions can use."""
    return {
        "caller_roles": lambda component: caller_roles(a, component),
        "secret_arns": lambda product: secret_arns(a, product),
        "secret_key_arns": lambda product: secret_key_arns(a, product),
        "zone_arns": lambda product: zone_arns(a, product),
    }


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "caller_roles": (str,),
    "secret_arns": (str,),
    "secret_key_arns": (str,),
    "zone_arns": (str,),
}


def caller_roles(a: Architecture, caller: str) -> list[str]:
    """The roles that a component's identity needs for its calls, sorted."""
    return sorted({role for target in a.called_by(caller) for role in roles_for(a, caller, target)})


def roles_for(a: Architecture, caller: str, target: str) -> set[str]:
    """The roles, or on AWS the actions, that a component's identity needs for its calls of another one."""
    component = a.components[target]
    products = [a.catalog.products[id_] for id_ in a.products_of(component)]
    sent = {way for c in a.traffic_from(caller) if c.head == target for way in _directions(c)}
    return {
        role
        for p in products
        for way in (*ways(component), *(f"{component.kind}-{w}" for w in sent))
        for role in p.caller_roles.get(way, ())
    }


def _directions(connection: Connection) -> tuple[str, ...]:
    """Whether the caller sends or receives data, or both, as far as the model states it; otherwise it may do both."""
    direction = connection.call.direction
    return ("sent", "received") if direction in (None, "both") else (str(direction),)


def ways(component: Component) -> Iterator[str]:
    """The properties that determine which roles callers need: the kind and, for databases, how clients connect and sign in."""
    yield component.kind
    if isinstance(component, RelationalDatabase):
        yield component.client_connection
        if component.iam_authentication:
            yield "iam-authentication"


def secret_arns(a: Architecture, product: str) -> list[str]:
    """Patterns for the secrets in the stores that components of a product call. AWS adds six characters to each name."""
    stores = dict(_called(a, product, SecretStore))
    prefix = f"arn:aws:secretsmanager:{a.cloud.region}:{a.home_number or '*'}:secret:"
    arns = {f"{prefix}{a.identifier(name)}-??????" for name in stores}
    # RDS creates and names the secrets of its administrators: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
    databases = [name for name, database in a.of_kind(RelationalDatabase) if database.credentials_in in stores]
    own = [administrator_secret(a, name) for name in databases]
    return sorted(arns | {f"{prefix}{name}-??????" if name else f"{prefix}rds!*" for name in own})


def secret_key_arns(a: Architecture, product: str) -> list[str]:
    """A pattern for all keys of the account, if a customer-managed key encrypts a secret store that components of a product call.

    It is a pattern because AWS generates the ids of keys.
    """
    stores = {name for name, _store in _called(a, product, SecretStore)}
    ours = any(stores & set(keys.protects) for _name, keys in a.of_kind(KeyManagement))
    return [f"arn:aws:kms:{a.cloud.region}:{a.home_number or '*'}:key/*"] if ours else []


def zone_arns(a: Architecture, product: str) -> list[str]:
    """A pattern for hosted zones, whose ids AWS generates, if components of a product call DNS."""
    return ["arn:aws:route53:::hostedzone/*"] if any(_called(a, product, Dns)) else []


def _called(a: Architecture, product: str, kind: type[Component]) -> Iterator[tuple[str, Component]]:
    """The components of a kind that components of a product call."""
    for name in sorted(_called_by_product(a).get(product, ())):
        if isinstance(a.components[name], kind):
            yield name, a.components[name]


@remembered
def _called_by_product(a: Architecture) -> Mapping[str, set[str]]:
    """What the components of each product call; the modules of each cluster ask for it."""
    index: dict[str, set[str]] = {}
    for name, component in a.components.items():
        index.setdefault(component.product or "", set()).update(a.called_by(name))
    return index
