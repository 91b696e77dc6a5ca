"""Decides what each resource is in an architecture, and puts together the components."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from archgen.catalog.cloud_facts import cloud_bases
from archgen.catalog.kubernetes_types import PREFIX as KUBERNETES
from archgen.catalog.terraform_types import TerraformType
from archgen.importing.converting import settings_of, states_attribute
from archgen.importing.known import NONE_KNOWN, KnownComponent, KnownComponents
from archgen.importing.mappings import NO_POOL, NOTHING, SELF, SettingRule, TypeMapping, chosen
from archgen.importing.references import ResourceIndex
from archgen.importing.resource import Resource, texts_of, value_at
from archgen.importing.resource_types import all_mappings, all_types, usable_kinds
from archgen.model.base import DEVICE_NAMES, LONGEST_ID
from archgen.model.component import Component
from archgen.rules.secrets import without_secrets

# Labels of blocks that say nothing about what they declare.
_EMPTY_LABELS = frozenset({"this", "main", "default", "self", "example", "resource", "primary", "it"})
_BLOCK = 2  # the length of the key of resources that are in one block
_MOST_HOPS = 5  # from a part to its component, through other parts


@dataclass(slots=True, eq=False)  # two of them are never equal, and comparing what they consist of takes long
class FoundComponent:
    """A component that was found: the resources that it consists of, and what they state about it.

    `settings` has the value and the attribute that states it, as `ADDRESS: ATTRIBUTE`. `assumed` has what is usual where nothing is stated.
    """

    id: str
    kind: str
    product: str
    resources: list[Resource]
    parts: list[Resource] = field(default_factory=list)
    named: str = ""
    settings: dict[str, tuple[Any, str]] = field(default_factory=dict)
    assumed: dict[str, Any] = field(default_factory=dict)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses of the resources that are the component itself."""
        return tuple(sorted(resource.address for resource in self.resources))


@dataclass(slots=True)
class PlacedResources:
    """What became of all resources. Every resource is in exactly one place; `owner` has the component of components and parts.

    `foreign` has resources of other clouds. `same_named` has the components whose name another one of their product has, too, with that
    one's ID: no two can have one name in a model. `unread` counts attributes whose value has no counterpart. `incomplete` has components
    that the model cannot have, because the files do not state a setting that it needs.
    """

    index: ResourceIndex
    components: list[FoundComponent]
    owner: dict[tuple[str, str], FoundComponent]
    by_role: dict[str, list[Resource]]
    ownerless: list[Resource]
    unknown: list[Resource]
    unfit: list[Resource]
    foreign: list[Resource] = field(default_factory=list)
    same_named: dict[str, str] = field(default_factory=dict)
    unread: dict[str, int] = field(default_factory=dict)
    incomplete: list[tuple[FoundComponent, str]] = field(default_factory=list)

    def component_of(self, resource: Resource) -> FoundComponent | None:
        """The component that a resource is, or is a part of."""
        return self.owner.get(resource.key)


def place(resources: Iterable[Resource], known: KnownComponents = NONE_KNOWN, cloud: str = "") -> PlacedResources:
    """What each resource is. A component that a model knows already has its ID there. Without a cloud, those of all clouds are placed.

    Components that lack what a model needs are among them: what links join is only known when networks are (`leave_out_incomplete`).
    """
    index = ResourceIndex(resources)
    by_role: dict[str, list[Resource]] = defaultdict(list)
    unknown: list[Resource] = []
    unfit: list[Resource] = []
    foreign: list[Resource] = []
    others = _providers_of_other_clouds(cloud)
    types = all_types()
    for resource in index.resources:
        type_ = types.get(resource.type)
        if type_ is None:
            unknown.append(resource)
        elif resource.type.startswith(others):
            foreign.append(resource)
        elif (role := _role(resource, type_)) == "component" and _kind(resource, type_)[0] not in usable_kinds():
            unfit.append(resource)
        else:
            by_role[role].append(resource)
    components = _components(by_role["component"], known)
    owner = {resource.key: component for component in components for resource in component.resources}
    placed = PlacedResources(index, components, owner, by_role, [], unknown, unfit, foreign)
    _add_parts(placed)
    for component in components:
        _read_settings(placed, component)
        _count_incomplete_blocks(placed, component)
    return placed


def _providers_of_other_clouds(cloud: str) -> tuple[str, ...]:
    """What the types of other clouds begin with; nothing without a cloud, whose resources are those of all clouds."""
    facts = cloud_bases()
    here = facts[cloud].provider if cloud in facts else ""
    return tuple(sorted(f"{other.provider}_" for other in facts.values() if here and other.provider not in ("", here)))


def leave_out_equal_names(placed: PlacedResources) -> None:
    """Let only the first of the components of a product that have one name in different accounts or regions have it."""
    first: dict[tuple[str, str], str] = {}
    for component in placed.components:
        product = component.product or str(component.assumed.get("product", ""))
        if product and component.named and not _is_object(component):
            other = first.setdefault((product, component.named), component.id)
            if other != component.id:
                placed.same_named[component.id] = other
                component.named = ""


def leave_out_incomplete(placed: PlacedResources) -> None:
    """Leave out the components that lack their product or a required setting that cannot be assumed."""
    for component in list(placed.components):
        stated = {name.partition(".")[0] for name in (*component.settings, *component.assumed)}
        stated -= incomplete_blocks(component)
        own = usable_kinds()[component.kind].model_fields.items()
        lacking = [n for n, info in own if info.is_required() and n not in stated and n not in Component.model_fields]
        if usable_kinds()[component.kind].needs_product and not component.product and "product" not in stated:
            lacking.append("product")
        if lacking:
            placed.incomplete.append((component, ", ".join(lacking)))
            placed.components.remove(component)
            for resource in (*component.resources, *component.parts):
                del placed.owner[resource.key]


def mapping_of(resource: Resource) -> TypeMapping:
    """How the type of a resource is read."""
    return all_mappings().get(resource.type, NOTHING)


def _role(resource: Resource, type_: TerraformType) -> str:
    """What a resource is: usually what its type is."""
    for other in mapping_of(resource).other_roles:
        value = value_at(resource.values, other.attribute)
        stated = [*([] if value is None else [str(value)]), *resource.references.get(other.attribute, ())]
        matches = any(fnmatchcase(text, pattern) for text in stated for pattern in other.values)
        if stated and matches != other.others:
            return other.role
    return type_.role


def _kind(resource: Resource, type_: TerraformType) -> tuple[str, str]:
    """The kind and the product of a component; the product is empty if it is not known."""
    mapping = mapping_of(resource)
    if mapping.instead and states_attribute(resource, mapping.instead.has):
        return mapping.instead.kind, mapping.instead.product
    deciding = (value_at(resource.values, attribute) for attribute in mapping.product_by.split("|"))
    stated = next((value for value in deciding if value not in (None, "", [])), None)
    if stated is None and "product" in mapping.assumed:
        return type_.kind, ""
    return type_.kind, chosen(mapping.products, stated) or "" if mapping.product_by else type_.product


def _components(resources: Iterable[Resource], known: KnownComponents) -> list[FoundComponent]:
    groups: dict[tuple[str, ...], list[Resource]] = defaultdict(list)
    for resource in resources:
        groups[_group_key(resource)].append(resource)
    found = []
    for key, group in groups.items():
        for members in _alike(group) if len(key) == _BLOCK else [sorted(group, key=_is_secondary)]:
            kind, product = _kind(members[0], all_types()[members[0].type])
            found.append(FoundComponent(_label(members, group, kind), kind, product, members, named=_name(members)))
    _give_ids(found, known)
    return sorted(found, key=lambda component: component.id)


def _group_key(resource: Resource) -> tuple[str, ...]:
    """What resources of one component have in common: their block, or the value of the attribute that decides for their type."""
    attribute = mapping_of(resource).same_by
    if attribute:
        shared = value_at(resource.values, attribute) or resource.references.get(attribute, ("",))[0]
        if isinstance(shared, str) and shared:
            return resource.stack, resource.type, attribute, shared
    return resource.stack, resource.block


def _is_secondary(resource: Resource) -> bool:
    """Whether the label of a resource says that it only leads to another one, so that the component is called after that one."""
    return bool({"http", "redirect"} & {*re.split(r"[-_]", resource.name)})


def _alike(group: list[Resource]) -> list[list[Resource]]:
    """The instances of a block that are one component: all of a `count` whose settings agree, otherwise each is one."""
    counted = all(isinstance(resource.index, int) for resource in group)
    first = group[0]
    rules = mapping_of(first).settings
    kind = _kind(first, all_types()[first.type])[0]
    stated = [_stated(resource, rules, kind) for resource in group]
    if len(group) > 1 and counted and all(other == stated[0] for other in stated):
        return [group]
    return [[resource] for resource in group]


def _stated(resource: Resource, rules: tuple[SettingRule, ...], kind: str) -> dict[str, Any]:
    return {rule.setting: value for rule, value in settings_of(resource, rules, kind, lambda _: None)}


def _name(members: list[Resource]) -> str:
    """The name of its resource in the cloud; empty if there are several, it is not known, or it looks like a secret."""
    mapping = mapping_of(members[0])
    value = value_at(members[0].values, mapping.named) if mapping.named and len(members) == 1 else None
    return value if isinstance(value, str) and without_secrets(value) == value else ""


def _give_ids(components: list[FoundComponent], known: KnownComponents) -> None:
    """Give each component an ID: that of the model, or from the label of its block, with its kind or module if others have the same."""
    words: dict[str, list[FoundComponent]] = defaultdict(list)
    for component in components:
        words[component.id].append(component)
    wanted = {
        id(component): label if len(same) == 1 else _longer(component, label, same)
        for label, same in words.items()
        for component in same
    }
    found = [
        KnownComponent(
            w := wanted[id(c)], c.kind, c.named, frozenset(c.addresses), suffixed(w, c.kind) if _is_object(c) else ""
        )
        for c in components
    ]
    chosen = {id(component): name for component, name in zip(components, known.ids_of(found), strict=True)}
    taken = {*known.ids, *(name for name in chosen.values() if name)}
    for same in words.values():
        for component in same:
            free = wanted[id(component)]
            if free in taken and _is_object(component):  # it has no address by which the next import would find it
                free = suffixed(free, component.kind)
            name = chosen[id(component)] or _free(free, taken)
            component.id = name
            taken.add(name)


def _is_object(component: FoundComponent) -> bool:
    return component.resources[0].type.startswith(KUBERNETES)


def _longer(component: FoundComponent, label: str, same: list[FoundComponent]) -> str:
    if sum(other.kind == component.kind for other in same) == 1:
        return label if label.endswith(component.kind) else suffixed(label, component.kind)
    first = component.resources[0]
    if first.name in _EMPTY_LABELS and sum(other.resources[0].type == first.type for other in same) == 1:
        return suffixed(label, first.type.partition("_")[2])
    return suffixed("-".join(component.resources[0].modules), label) if first.modules else label


def _free(wanted: str, taken: set[str]) -> str:
    number = 2
    free = wanted
    while free in taken or free == "index":
        free, number = suffixed(wanted, str(number)), number + 1
    return free


def _label(members: list[Resource], block: list[Resource], kind: str) -> str:
    """What the instances of a block are called there: its label, with their index if only some of them are meant."""
    first = members[0]
    label = first.name
    if label in _EMPTY_LABELS:
        # Public modules have inner ones that are called after the only resource in them, such as `db_instance`.
        telling = [name for name in first.modules if not first.type.endswith(f"_{name}")]
        label = [kind, *first.modules, *telling][-1]
    if len(members) < len(block) or isinstance(first.index, str):
        return suffixed(label, str(first.index))
    return slug(label)


def label_of(resource: Resource, otherwise: str) -> str:
    """What a resource that is not a component is called: its label or module, or something else if these say nothing."""
    return _label([resource], [resource], otherwise)


def slug(text: str) -> str:
    """A text as an ID, cut to the length that one can have: lower-case letters and digits with hyphens, beginning with a letter."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    usable = plain if plain[:1].isalpha() and plain not in DEVICE_NAMES else f"x-{plain}"
    return usable[:LONGEST_ID].strip("-")


def suffixed(text: str, suffix: str) -> str:
    """A text and what follows it as an ID. If that would be too long, the text is cut, because the suffix tells it apart from others."""
    end = re.sub(r"[^a-z0-9]+", "-", suffix.lower()).strip("-")[: LONGEST_ID - 2]
    return slug(f"{slug(text)[: LONGEST_ID - 1 - len(end)]}-{end}")


def _add_parts(placed: PlacedResources) -> None:
    """Add each part to its component: the one that it refers to, or that refers to it, also through other parts."""
    # Such as listeners, which say that TLS is used.
    relations = [r for r in placed.by_role["relation"] if mapping_of(r).settings or mapping_of(r).belongs_to]
    waiting = [*placed.by_role["part"], *relations]
    for _hop in range(_MOST_HOPS):
        left = []
        for part in waiting:
            if owner := _owner(placed, part):
                placed.owner[part.key] = owner
                owner.parts.append(part)
            else:
                left.append(part)
        if len(left) == len(waiting):
            break
        waiting = left
    placed.ownerless.extend(part for part in waiting if part not in relations)


def _owner(placed: PlacedResources, part: Resource) -> FoundComponent | None:
    stated = all_types()[part.type].part_of
    # A Kubernetes object names what it belongs to; those that name it only use it.
    users = () if part.type.startswith(KUBERNETES) else placed.index.all_to(part)
    near = [*placed.index.all_from(part), *users]
    if wanted := mapping_of(part).belongs_to:
        owners = (placed.owner.get(resource.key) for resource in near)
        return next((owner for owner in owners if owner and owner.resources[0].type == wanted), None)
    for rule in mapping_of(part).connections:  # a listener belongs to its load balancer, not to its certificate
        for resource in placed.index.from_(part, rule.from_) if rule.from_ != SELF else ():
            if owner := placed.owner.get(resource.key):
                return owner
    named = [resource for resource in near if resource.type == stated]
    for resource in (*named, *near):
        if owner := placed.owner.get(resource.key):
            return owner
    return None


def _read_settings(placed: PlacedResources, component: FoundComponent) -> None:
    # A part says it more exactly: what scales a service has its limits, and the service only the number of now.
    for resource in (*component.parts, *component.resources[:1]):
        for rule, value in _settings(placed, component, resource):
            source = f"{resource.address}: {rule.attribute}" if rule.attribute else resource.address
            if mapping_of(resource).pool is not NO_POOL and not _has(component.kind, rule.setting):
                continue  # what a template says about machines is said of nodes here
            if value is None or not _can_be_shown(value) or not _fits(component.kind, rule.setting, value):
                name = f"{resource.type}.{rule.attribute}"
                placed.unread[name] = placed.unread.get(name, 0) + 1
            elif rule.setting not in component.settings:
                component.settings[rule.setting] = (value, source)
    for setting, value in mapping_of(component.resources[0]).assumed.items():
        if setting not in component.settings:
            component.assumed[setting] = value


def _can_be_shown(value: Any) -> bool:
    """Whether no text in a value looks like a secret or has characters that a model cannot have."""
    return all(text.isprintable() and without_secrets(text) == text for text in texts_of(value))


def _settings(
    placed: PlacedResources, component: FoundComponent, resource: Resource
) -> Iterator[tuple[SettingRule, Any]]:
    def referred(attribute: str) -> str | None:
        for target in _targets_of(placed, resource, attribute):
            if (other := placed.component_of(target)) and other is not component:
                return other.id
        return None

    yield from settings_of(resource, mapping_of(resource).settings, component.kind, referred)


def _targets_of(placed: PlacedResources, resource: Resource, attribute: str) -> Iterable[Resource]:
    """What an attribute refers to; of one in a block, only if it is the one in the block that does, as far as its value is known."""
    targets = placed.index.from_(resource, attribute)
    block, _, inside = attribute.partition(".")
    if not inside or block in resource.unknown or not resource.values.get(block):
        return targets
    named = {target.key for target in placed.index.named_in(value_at(resource.values, attribute))}
    return [target for target in targets if target.key in named]


def _has(kind: str, setting: str) -> bool:
    return setting.partition(".")[0] in usable_kinds()[kind].model_fields


def _fits(kind: str, setting: str, value: Any) -> bool:
    """Whether a kind has a setting that can have a value. A part of a setting is checked with the whole model."""
    cls = usable_kinds()[kind]
    name, _, inner = setting.partition(".")
    if name not in cls.model_fields or inner:
        return name in cls.model_fields
    try:
        _adapter(cls, name).validate_python(_with_tuples(value), strict=True)
    except ValidationError:
        return False
    return True


def _with_tuples(value: Any) -> Any:
    """A value in which lists are tuples, as models have them."""
    if isinstance(value, dict):
        return {key: _with_tuples(inner) for key, inner in value.items()}
    return tuple(value) if isinstance(value, list) else value


def _count_incomplete_blocks(placed: PlacedResources, component: FoundComponent) -> None:
    for name in incomplete_blocks(component):
        attribute = f"{component.resources[0].type}: {name}"
        placed.unread[attribute] = placed.unread.get(attribute, 0) + 1


def incomplete_blocks(component: FoundComponent) -> set[str]:
    """The settings that consist of others, such as `backup`, of which the files state too little for a model to have them."""
    stated = {outer: inner for outer, inner in nested(component.settings).items() if isinstance(inner, dict)}
    return {outer for outer, inner in stated.items() if not _fits(component.kind, outer, inner)}


def nested(settings: Mapping[str, tuple[Any, str]]) -> dict[str, Any]:
    """The values of settings, in which those of `backup.retention_days` are inside of `backup`."""
    found: dict[str, Any] = {}
    for setting, (value, _source) in settings.items():
        *outer, last = setting.split(".")
        holder = found
        for key in outer:
            holder = holder.setdefault(key, {})
        holder[last] = value
    return found


@cache  # it takes long to make one
def _adapter(cls: type[Component], setting: str) -> TypeAdapter[Any]:
    """What checks the values of a setting of a kind."""
    info = cls.model_fields[setting]
    return TypeAdapter(Annotated[info.annotation, info])  # type: ignore[arg-type]  # a type made at run time
