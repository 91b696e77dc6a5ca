"""Names of resources in the cloud: no two resources of one product may have the same name in one account or project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archgen.catalog.product import NEUTRAL
from archgen.diagnostics.diagnostic import Diagnostic, Span
from archgen.model.architecture import Architecture
from archgen.records import dataclass


@dataclass(frozen=True, slots=True)
class _Named:
    """A resource with its name: what shares names with it, which environment has it, and where the model names it."""

    scope: tuple[str, str, str]  # the cloud, the account or project, and the product
    name: str
    id: str
    environment: str
    at: Span
    once: bool  # whether all environments share one resource


def equal_names(architectures: Iterable[Architecture]) -> Iterator[Diagnostic]:
    """A diagnostic for each resource whose name another one of the same product has in the same account or project.

    A component that states its home exists once, so its name may be the same in all environments.
    """
    seen: dict[tuple[tuple[str, str, str], str], _Named] = {}
    reported: set[tuple[str, str, str]] = set()
    for a in architectures:
        for named in _resources(a):
            first = seen.setdefault((named.scope, named.name), named)
            same_thing = first.id == named.id and (named.once or first.environment == named.environment)
            if same_thing or (first.id, named.id, named.name) in reported:
                continue
            reported.add((first.id, named.id, named.name))
            yield _conflict(a, first, named)


def _resources(a: Architecture) -> Iterator[_Named]:
    """The resources of an environment that have a name in an account or project of the cloud."""
    cloud, environment = a.coordinate.cloud, a.coordinate.environment
    for id_, component in a.components.items():
        product = a.product(component)
        if product is None or product.cloud == NEUTRAL or component.runs_on:
            continue
        scope = (cloud, a.other_home(component) or a.home, product.id)
        path = next(p for key in ("identifier", "name", "kind") if a.tree.get(p := ("components", id_, key)))
        at = a.stated_at(*(path if path[-1] != "kind" else path[:2]))
        yield _Named(scope, a.identifier(id_), id_, environment, at, a.other_home(component) is not None)


def _conflict(a: Architecture, first: _Named, other: _Named) -> Diagnostic:
    def whose(named: _Named) -> str:
        return f"'{named.id}' in {named.environment}"

    message = f"{whose(first)} and {whose(other)} would have the same name '{other.name}' in the {a.facts.home} {other.scope[1]}"
    placeholders = [f"{{{p}}}" for p in ("environment", "component") if f"{{{p}}}" not in a.document.naming]
    wider = f"add {' and '.join(placeholders)} to `naming`, or " if placeholders else ""
    help_ = f"{wider}state different names with `identifier`; a component that exists once states its `home`"
    related = (("the other one is here", first.at),)
    return Diagnostic("ARC-M005", message, help_, span=other.at, related=related)
