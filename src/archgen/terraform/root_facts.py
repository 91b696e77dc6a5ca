"""How the roots of a cloud are applied: its provider, its backend and its clusters, from a data file for each cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import Any

from archgen.expressions.evaluate import evaluate
from archgen.model.architecture import Architecture
from archgen.records import dataclass
from archgen.terraform.binding_files import load_own
from archgen.terraform.role import role_of

_HERE = Path(__file__).parent / "roots"


@dataclass(frozen=True, slots=True)
class RootFacts:
    """The facts of one cloud. Values of `target` and of the backend's `settings` are expressions; all other values are Terraform code.

    `provider` is the name of its provider, `also` has others with the same configuration. `target` has the attributes of the variable
    `target`; one without a value is left out. `arguments` and `blocks` are the configuration of the provider; those that need an
    attribute of `target` that is left out are left out, too. In them, `@account` is the account of a provider: `account`, or
    `other_account` for an alias of another account. `aliases` has arguments of aliases that do not stand for accounts. `clusters` has ways
    to reach the API of a cluster: the first one whose references exist is used; `blocks` of it is code that its arguments refer to.
    `tunnel` has the commands that `open` and `close` a tunnel to a private API through the machine of a `product`, with {region}, {name}
    and {machine} in them, the `address` of its near end, the command that sends `kubectl` through it, and one to `check` that the API
    can be reached without it. `sign_in` is the command that gives kubectl access to a cluster, with {name}, {region} and {home} in it;
    `sign_in_options` has an option for each product of a way in that leads to it.
    """

    provider: str
    target: Mapping[str, Mapping[str, str]]
    arguments: Mapping[str, Mapping[str, Any]]
    backend: Mapping[str, Any]
    also: tuple[str, ...] = ()
    account: str = ""
    other_account: str = ""
    aliases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    blocks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    clusters: tuple[Mapping[str, Any], ...] = ()
    tunnel: Mapping[str, str] = field(default_factory=dict)
    sign_in: str = ""
    sign_in_options: Mapping[str, str] = field(default_factory=dict)


@cache
def root_facts(cloud: str) -> RootFacts | None:
    """The facts of a cloud; None if archgen does not know how its roots are applied."""
    file = _HERE / f"{cloud}.yaml"
    if not file.is_file():
        return None
    entry = load_own(file.read_text(encoding="utf-8"))
    return RootFacts(**{**entry, "also": tuple(entry.get("also", ())), "clusters": tuple(entry.get("clusters", ()))})


def values_of(expressions: Mapping[str, str], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The values of expressions by name, without those that have none."""
    values = {name: evaluate(text, dict(facts)) for name, text in expressions.items()}
    return {name: value for name, value in values.items() if value not in (None, "", {})}


def facts_at(a: Architecture, home: str) -> dict[str, Any]:
    """What those expressions can use at one coordinate; `home` is the account, project or subscription that is meant."""
    return {
        "environment": a.coordinate.environment,
        "region": a.cloud.region,
        "home": home,
        "number": a.number_of(home),
        "role": role_of(a),
        "tags": {"Environment": a.coordinate.environment, "ManagedBy": "terraform", "Project": a.document.project},
        "labels": {"environment": a.coordinate.environment, "managed-by": "terraform", "project": a.document.project},
    }
