"""The instances of a stack: how often it is applied, each with a separate variable file and state."""

from __future__ import annotations

from collections.abc import Sequence

from archgen.model.architecture import Architecture
from archgen.model.stacks import Stack
from archgen.records import dataclass


@dataclass(frozen=True, slots=True)
class StackInstance:
    """One application of a stack, with a separate variable file and state: to an environment, to an account, or to everything.

    `name` is the ID of the environment or account, or `organization`; `architecture` has the facts for its values. In its recovery region,
    an environment is a further instance, such as `prod-eu-central-1`.
    """

    name: str
    architecture: Architecture


def instances_of(today: Sequence[Architecture], stack: str) -> list[StackInstance]:
    """The instances of a stack; `today` has the architecture of each environment.

    Of several environments in one account, the first one has the facts.
    """
    terraform = today[-1].document.terraform
    assert terraform is not None
    match terraform.stacks[stack].scope:
        case "organization":
            return [StackInstance("organization", today[-1])]
        case "account":
            by_home: dict[str, Architecture] = {}
            for a in today:
                by_home.setdefault(a.home, a)
            return [StackInstance(home, a) for home, a in by_home.items()]
    home = [StackInstance(a.coordinate.environment, a) for a in today]
    return [*home, *recovering(today)] if terraform.stacks[stack].recovery else home


def everywhere(today: Sequence[Architecture], stack: str) -> list[StackInstance]:
    """The instances of a stack with Kubernetes manifests: one for each environment that has it, and for each recovery region."""
    home = [StackInstance(a.coordinate.environment, a) for a in today if _has(a, stack)]
    return [
        *home,
        *(i for i in recovering(today) if _has(i.architecture, stack) and _stack(i.architecture, stack).recovery),
    ]


def _has(a: Architecture, stack: str) -> bool:
    return a.document.terraform is not None and stack in a.document.terraform.stacks


def _stack(a: Architecture, stack: str) -> Stack:
    assert a.document.terraform is not None
    return a.document.terraform.stacks[stack]


def instance_name(a: Architecture, stack: str) -> str:
    """The name of the instance of a stack whose values are those of an architecture, which can be in its recovery region."""
    assert a.document.terraform is not None
    match a.document.terraform.stacks[stack].scope:
        case "organization":
            return "organization"
        case "account":
            return a.home
    return "-".join(filter(None, (a.coordinate.environment, a.elsewhere)))


def recovering(today: Sequence[Architecture]) -> list[StackInstance]:
    """The instances in recovery regions, of the environments that can recover: those in production, or with a range there."""
    found = ((a, a.in_recovery_region()) for a in today if a.document.network or a.environment.production)
    return [StackInstance(f"{a.coordinate.environment}-{there.elsewhere}", there) for a, there in found if there]
