"""Decides which component of a model is which component of the files: by addresses, then by names, then by IDs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from functools import cache

from archgen.catalog.cloud_facts import cloud_bases
from archgen.catalog.kubernetes_types import PREFIX, kubernetes_types
from archgen.catalog.product import NEUTRAL
from archgen.importing.mappings import NOTHING
from archgen.importing.placing import FoundComponent, PlacedResources
from archgen.importing.resource import Resource, without_last_index
from archgen.importing.resource_types import ResourceTypes, used_types
from archgen.model.architecture import Architecture
from archgen.model.component import OUTSIDE, Component, all_kinds
from archgen.records import dataclass
from archgen.terraform.made import made_addresses

ADDRESS, STACK, NAME, SAME_ID, ONLY_ONE = "address", "stack", "name", "ID and kind", "kind"
_ONE_OF_A_KIND = ("ingress",)


@dataclass(frozen=True, slots=True)
class Matches:
    """Which components are the same. `found` has, by the ID in the model, the components of the files; `by` says how each was recognized.

    `unmatched` has the components of the files that the model does not have.
    """

    found: Mapping[str, tuple[FoundComponent, ...]]
    by: Mapping[str, str]
    unmatched: tuple[FoundComponent, ...]
    _ids: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for id_, those in self.found.items():
            for one in those:
                self._ids.setdefault(one.id, []).append(id_)

    def ids_of(self, found_id: str) -> tuple[str, ...]:
        """The IDs in the model of a component of the files, by its ID there."""
        return tuple(self._ids.get(found_id, ()))


@dataclass(slots=True)
class _Matching:
    a: Architecture
    open: list[FoundComponent]
    found: dict[str, list[FoundComponent]] = field(default_factory=lambda: defaultdict(list))
    by: dict[str, str] = field(default_factory=dict)

    def add(self, id_: str, those: Iterable[FoundComponent], how: str) -> None:
        for one in those:
            if not any(one is other for other in self.found[id_]):
                self.found[id_].append(one)
                self.by.setdefault(id_, how)

    def close(self) -> None:
        taken = {id(one) for those in self.found.values() for one in those}
        self.open = [one for one in self.open if id(one) not in taken]


def match_components(a: Architecture, placed: PlacedResources) -> Matches:
    """Which component of the model is which of the files; one may be several of the other side."""
    incomplete = [component for component, _lacking in placed.incomplete]
    matching = _Matching(a, [*placed.components, *incomplete])
    for id_, those in _claims(a, matching.open).items():
        matching.add(id_, those, ADDRESS)
    matching.close()
    made = _by_stack(matching)
    matching.close()
    _by_name(matching)
    matching.close()
    _by_id(matching)
    matching.close()
    _by_kind(matching)
    matching.close()
    left = tuple(one for one in matching.open if not any(one is other for other in (*incomplete, *made)))
    return Matches({id_: tuple(those) for id_, those in matching.found.items() if those}, matching.by, left)


def _claims(a: Architecture, components: Iterable[FoundComponent]) -> dict[str, list[FoundComponent]]:
    """The components of the files at the addresses that each component of the model lists.

    Two stacks may have the same address. A component with the name of the model's component there is not any other one's.
    """
    by_address = _by_address(components)
    found = {
        (id_, address): [*_at(by_address, address, component)]
        for id_, component in a.components.items()
        for address in component.terraform_addresses
    }
    unclear = [key for key, those in found.items() if len({one.resources[0].stack for one in those}) > 1]
    own = {key: [one for one in found[key] if one.named and one.named in _names(a, key[0])] for key in unclear}
    taken = {id(one) for those in own.values() for one in those}
    for key in unclear:
        found[key] = own[key] or [one for one in found[key] if id(one) not in taken]
    claims: dict[str, list[FoundComponent]] = defaultdict(list)
    for (id_, _address), those in found.items():
        claims[id_] += those
    return claims


def _names(a: Architecture, id_: str) -> set[str]:
    """The names that a component may have in the cloud."""
    return {a.identifier(id_), a.identifier_in_organization(id_)}


def _by_address(components: Iterable[FoundComponent]) -> dict[str, list[FoundComponent]]:
    """Components of the files by the addresses of their resources, with and without index, and by their modules."""
    found: dict[str, list[FoundComponent]] = defaultdict(list)
    for component in components:
        for resource in component.resources:
            for address in dict.fromkeys((resource.address, resource.block, *modules_of(resource))):
                if not any(component is other for other in found[address]):
                    found[address].append(component)
    return found


def modules_of(resource: Resource) -> list[str]:
    """The addresses of the modules that a resource is in, the innermost first."""
    inner = resource.block.removesuffix(f"{resource.type}.{resource.name}").removesuffix(".")
    found = [inner] if inner else []
    while (outer := found[-1].rpartition(".module.")[0] if found else "").startswith("module."):
        found.append(outer)
    return found


def _at(by_address: Mapping[str, list[FoundComponent]], address: str, component: Component) -> Iterator[FoundComponent]:
    """The components at an address. In a module, only those of the kind that is meant are the component."""
    those = by_address.get(address, [])
    exact = [one for one in those if not any(address in modules_of(resource) for resource in one.resources)]
    yield from exact if len(exact) == 1 else (one for one in those if is_same_kind(component, one))


def is_same_kind(component: Component, found: FoundComponent) -> bool:
    """Whether a component of the model can be what the files call a component of another kind."""
    known = all_kinds().get(found.kind)
    if component.kind == found.kind or known is None:
        return component.kind == found.kind
    return isinstance(component, known) or issubclass(known, type(component))


def _by_stack(matching: _Matching) -> list[FoundComponent]:
    """Match what the stacks of the model make for a component, at the addresses that their roots give it.

    Returns what else is at these addresses: it belongs to components of other kinds or to the environment, such as the machine of a way
    in. Two stacks may have the same address. If so, only what has the name of the component is meant.
    """
    made = made_addresses(matching.a)
    at: dict[str, list[FoundComponent]] = defaultdict(list)
    for one in matching.open:
        for resource in one.resources[:1]:
            outer = (without_last_index(module) for module in modules_of(resource))
            if address := next((m for m in (resource.block, *outer) if m in made), None):
                at[address].append(one)
    others = []
    for address, those in at.items():
        id_ = made[address]
        component = matching.a.components.get(id_)
        if len({one.resources[0].stack for one in those}) > 1:
            those = [one for one in those if id_ and one.named in _names(matching.a, id_)]  # noqa: PLW2901
        if component and not component.terraform_addresses:
            matching.add(id_, (one for one in those if is_same_kind(component, one)), STACK)
        others += [one for one in those if not (component and is_same_kind(component, one))]
    return others


def _by_name(matching: _Matching) -> None:
    names: dict[str, list[str]] = defaultdict(list)
    for id_ in matching.a.components:
        if not matching.found.get(id_):
            for name in _names(matching.a, id_):
                names[name].append(id_)
    for one in matching.open:
        alike = [id_ for id_ in names.get(one.named, ()) if is_same_kind(matching.a.components[id_], one)]
        if one.named and len(alike) == 1:
            matching.add(alike[0], [one], NAME)


def _by_id(matching: _Matching) -> None:
    """Match what has the same ID and kind, unless the model states other addresses: then it is something else."""
    for one in matching.open:
        component = matching.a.components.get(one.id)
        if (
            component
            and not matching.found.get(one.id)
            and not component.terraform_addresses
            and is_same_kind(component, one)
        ):
            matching.add(one.id, [one], SAME_ID)


def _by_kind(matching: _Matching) -> None:
    """Match the only Kubernetes object of a kind that every cluster has one of, whatever it is called."""
    for kind in _ONE_OF_A_KIND:
        here = [id_ for id_, c in matching.a.components.items() if c.kind == kind and not matching.found.get(id_)]
        there = [one for one in matching.open if one.kind == kind and one.resources[0].type.startswith(PREFIX)]
        if len(here) == len(there) == 1:
            matching.add(here[0], there, ONLY_ONE)


# -- what the files have to contain --------------------------------------------------------------------------


def why_not_covered(a: Architecture, id_: str, *, partial: bool) -> str:
    """Why the files do not have to contain a component of the model; empty if they do."""
    component = a.components[id_]
    if partial:
        return "the files are only some of the stacks"
    if component.terraform_addresses:
        return ""
    if a.place(component) == OUTSIDE or a.is_on_premises(component):
        return "outside the cloud"
    product = a.product(component)
    if product is not None and product.cloud == NEUTRAL:
        return "with a product that does not belong to the cloud"
    if (other := a.other_home(component)) and other != a.home:
        return "in another account, project or subscription"
    if not _is_made_by_terraform(component, a.facts.base):
        return "of a kind for which archgen knows no resource type"
    return ""


def is_workload(component: Component) -> bool:
    """Whether a component consists of Kubernetes objects: a service that runs on a cluster, or on something that the model leaves open."""
    return component.kind in {type_.kind for type_ in kubernetes_types().values() if type_.role == "component"} - {
        "ingress"
    }


def _is_made_by_terraform(component: Component, cloud: str) -> bool:
    kinds = {id_ for id_, cls in all_kinds().items() if isinstance(component, cls)} | {component.kind}
    return any(kind in kinds and product in ("", component.product) for kind, product in _made_on(cloud, used_types()))


@cache
def _made_on(cloud: str, known: ResourceTypes) -> frozenset[tuple[str, str]]:
    """The kinds and products that resource types of a cloud become; the product is empty if any is possible."""
    made: set[tuple[str, str]] = set()
    provider = cloud_bases()[cloud].provider
    for name, type_ in known.types.items():
        mapping = known.mappings.get(name, NOTHING)
        if type_.role == "component" and (name.startswith(f"{provider}_") or name in known.own):
            made |= {(type_.kind, product) for product in (mapping.products.values() or [type_.product])}
            made |= {(mapping.instead.kind, mapping.instead.product)} if mapping.instead else set()
    return frozenset(made)
