"""Facts about the recovery region: which instance of a stack is there, what it must name differently, and what is copied to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from archgen.kinds.key_management import KeyManagement
from archgen.kinds.relational_database import RelationalDatabase
from archgen.model.architecture import Architecture

# The modules that make the network of an environment.
_NETWORKS = ("network", "vpc")


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about recovery that expressions can use."""
    return {
        "in_recovery": bool(a.elsewhere),
        "recovers": recovers(a),
        "recovery_region": a.recovery_region,
        "unique": lambda name: unique(a, name),
        "copies": copies,
        "key_abroad": lambda component: key_abroad(a, component),
        "replicated": replicated,
        "replicated_registries": lambda registry: replicated_registries(a, registry),
        "instance_at_home": lambda database: instance_at_home(a, database),
    }


# What the facts are that no function of the same name describes.
ABOUT: Mapping[str, str] = {
    "in_recovery": "Whether these are the values of the instance of a stack in the recovery region.",
    "recovery_region": "The region in which the environment is restored after the loss of its home region; none if the model states none.",
}

# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "unique": (str,),
    "copies": (RelationalDatabase,),
    "key_abroad": (str,),
    "replicated": (RelationalDatabase,),
    "instance_at_home": (str,),
    "replicated_registries": (str,),
}


def unique(a: Architecture, name: str) -> str:
    """A name that must be unique in an account or project: in the recovery region, it ends with the name of that region."""
    return f"{name}-{a.elsewhere}" if a.elsewhere else name


def recovers(a: Architecture) -> bool:
    """Whether stacks of the environment are applied in its recovery region, too; false in that region itself."""
    terraform = a.document.terraform
    stated = any(stack.recovery for stack in terraform.stacks.values()) if terraform else False
    return stated and not a.elsewhere and a.in_recovery_region() is not None


def subnets_abroad(a: Architecture) -> Architecture | None:
    """The environment in its recovery region, if its subnets there are in the network at home; None if they are not.

    They are if no stack that is applied in the recovery region makes a network.
    """
    terraform = a.document.terraform
    if terraform is None or not recovers(a):
        return None
    made = {m.partition("@")[0] for stack in terraform.stacks.values() if stack.recovery for m in stack.modules}
    return None if made & {*_NETWORKS} else a.in_recovery_region()


def copies(database: RelationalDatabase) -> bool:
    """Whether copies of the backups of a database go to the recovery region."""
    recovery = database.disaster_recovery
    return recovery is not None and recovery.strategy == "snapshot-copy"


def replicated(database: RelationalDatabase) -> bool:
    """Whether a replica of a database runs in the recovery region."""
    recovery = database.disaster_recovery
    return recovery is not None and recovery.strategy != "snapshot-copy"


def key_abroad(a: Architecture, component: str) -> str | None:
    """The alias of the key in the recovery region for the copies of a component; None if no stack makes one there."""
    terraform = a.document.terraform
    stacks = terraform.stacks.values() if terraform else ()
    made = any(m.partition("@")[0] == "kms" for stack in stacks if stack.recovery for m in stack.modules)
    keys = [name for name, stated in a.of_kind(KeyManagement) if component in stated.protects]
    return f"alias/{a.identifier(keys[0])}" if keys and made else None


def instance_at_home(a: Architecture, database: str) -> str:
    """The ARN of the instance of a database in the home region of the environment."""
    return f"arn:aws:rds:{a.home_region}:{a.home_number or '*'}:db:{a.identifier(database)}"


def replicated_registries(a: Architecture, registry: str) -> list[str]:
    """The names that a registry has in the environments of this account whose images are copied to the same recovery region; sorted."""
    here = [name for name in a.document.environments if a.home_of(name) == a.home]
    others = [replace(a, coordinate=replace(a.coordinate, environment=name)) for name in here]
    return sorted({other.identifier(registry) for other in others if recovers(other)})
