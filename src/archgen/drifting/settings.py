"""Compares the settings of a component with what its resources state."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Literal

from archgen.diagnostics.diagnostic import Path, dotted
from archgen.drifting.findings import Drift, Uncompared
from archgen.drifting.matching import Matches, is_same_kind
from archgen.drifting.stated import StatedModel
from archgen.importing.converting import UNSET, convert, is_off
from archgen.importing.mappings import SettingRule
from archgen.importing.modeling import is_identifier
from archgen.importing.placing import FoundComponent, mapping_of
from archgen.importing.pods import quantity
from archgen.importing.resource import Resource, value_at
from archgen.importing.resource_types import ResourceTypes, used_types
from archgen.model.architecture import Architecture
from archgen.model.wording import value_text
from archgen.records import dataclass

NOT_SET = "not set"
Silence = Literal["unset", "after apply", "unread", "elsewhere", "silent"]


@dataclass(frozen=True, slots=True)
class Compared:
    """A setting that was compared, or could not be: a difference, a value that is not known, or neither if both sides agree."""

    path: Path
    drift: Drift | None = None
    unknown: Uncompared | None = None
    stated: bool = True


def compare_settings(
    model: StatedModel,
    id_: str,
    found: FoundComponent,
    matches: Matches,
    strangers: Collection[Resource] = (),
    *,
    partial: bool = False,
) -> Iterator[Compared]:
    """Every setting of a component that the model or its resources state.

    `strangers` are resources of types that archgen does not know and that refer to the component: they may state what it does not. So may
    the parts of a component that are in other stacks, if the files are `partial`.
    """
    component = model.here.components[id_]
    top: Path = ("components", id_)
    if not is_same_kind(component, found):
        yield _identity(model, (*top, "kind"), component.kind, found.kind, found)
        return
    if found.product and component.product:
        yield _identity(model, (*top, "product"), component.product, found.product, found)
    if (
        is_identifier(found.named)
        and len(found.resources) == 1
        and (
            component.identifier or not (_named_by_setting(found) or _is_name_of_another(model.here, id_, found.named))
        )
    ):
        names = {model.here.identifier(id_), model.here.identifier_in_organization(id_)}
        if isinstance(
            key := found.resources[0].index, str
        ):  # one of several that a component needs, such as for each call
            names |= {f"{name}-{key}" for name in names}
        name = found.named if found.named in names else model.here.identifier(id_)
        yield _identity(model, (*top, "identifier"), name, found.named, found)
    referring = {rule.setting for _r, rule in _rules(found) if rule.as_ == "component"}
    looked_up = {rule.setting: rule.looked_up for _resource, rule in _rules(found) if rule.looked_up}
    for setting, (value, source) in found.settings.items():
        if setting == "joins":  # its IDs are those of places, which `compare_joined` knows
            continue
        path = (*top, *setting.split("."))
        if setting in looked_up and fnmatchcase(str(model.value(path)[0]), looked_up[setting]):
            yield Compared(path, unknown=Uncompared(path, source.partition(": ")[0], _REASONS["looked up"]))
            continue
        ids = matches.ids_of(value) if setting in referring else None
        yield _against_value(model, path, value if ids is None else list(ids), source, found, refers=ids is not None)
    open_ = settings_of_parts(found.resources[0].type, used_types()) if partial else frozenset()
    yield from _without_value(model, top, found, strangers, open_)


def _named_by_setting(found: FoundComponent) -> bool:
    """Whether the name of a resource is a setting, such as the domain of a zone: it is compared as that, and not as a name of the model."""
    named = mapping_of(found.resources[0]).named
    return any(rule.attribute == named for resource, rule in _rules(found) if resource is found.resources[0])


def _is_name_of_another(a: Architecture, id_: str, name: str) -> bool:
    """Whether another component of the same product has a name: in other accounts and regions it is free, but a model has it once."""
    product = a.product(a.components[id_])
    return any(
        a.identifier(other) == name and other != id_ and a.product(component) is product
        for other, component in a.components.items()
    )


def _identity(model: StatedModel, path: Path, stated: str, actual: str, found: FoundComponent) -> Compared:
    if stated == actual:
        return Compared(path)
    return Compared(path, difference(model, path, stated, actual, found.addresses, ""))


def _rules(found: FoundComponent) -> Iterator[tuple[Resource, SettingRule]]:
    for resource in (*found.parts, *found.resources):
        for rule in mapping_of(resource).settings:
            if not rule.only or rule.only == found.kind:
                yield resource, rule


def _against_value(
    model: StatedModel, path: Path, value: Any, source: str, found: FoundComponent, *, refers: bool
) -> Compared:
    """The comparison of a setting with a value that a resource states; of a reference, with the IDs of what it refers to."""
    address, _, attribute = source.partition(": ")
    stated, is_stated = model.value(path)
    if not is_stated:
        return Compared(path, stated=False)
    if refers and not value:
        return Compared(path, unknown=Uncompared(path, address, "it refers to a resource that is not in the model"))
    agrees = stated in value if refers else same_value(path, stated, value)
    if agrees:
        return Compared(path)
    shown = value[0] if refers else value
    drift = difference(model, path, file_text(stated), file_text(shown), (address,), attribute)
    elsewhere = model.fits_at(path, lambda other: other in value if refers else same_value(path, other, value))
    return Compared(path, replace(drift, fits_at=elsewhere))


def compare_value(model: StatedModel, path: Path, value: Any, addresses: Collection[str], attribute: str) -> Compared:
    """The comparison of any value of the model with one that a resource states."""
    stated, is_stated = model.value(path)
    if not is_stated:
        return Compared(path, stated=False)
    if same_value(path, stated, value):
        return Compared(path)
    drift = difference(model, path, file_text(stated), file_text(value), addresses, attribute)
    elsewhere = model.fits_at(path, lambda other: same_value(path, other, value))
    return Compared(path, replace(drift, fits_at=elsewhere))


def _without_value(
    model: StatedModel, top: Path, found: FoundComponent, strangers: Collection[Resource], open_: Collection[str]
) -> Iterator[Compared]:
    """The settings that a table knows and the model states, but for which the resources have no value.

    `open_` has those that resources of other stacks may state.
    """
    silent: dict[str, tuple[Silence, Resource, SettingRule]] = {}
    order = ("after apply", "unread", "elsewhere", "unset", "silent")
    for resource, rule in _rules(found):
        if rule.setting not in found.settings and rule.attribute:
            why = _silence(resource, rule)
            if why == "unset" and (strangers or rule.setting in open_ or _is_stated_elsewhere(found, resource, rule)):
                why = "elsewhere"
            known = silent.get(rule.setting)
            if known is None or order.index(why) < order.index(known[0]):
                silent[rule.setting] = (why, resource, rule)
    for setting, (why, resource, rule) in silent.items():
        path = (*top, *setting.split("."))
        stated, is_stated = model.value(path)
        if not is_stated:
            continue
        if why == "unset" and rule.values and stated not in rule.values.values():
            yield Compared(path, unknown=Uncompared(path, resource.address, _REASONS["silent"]))  # it never says this
        elif why == "unset" and stated and not model.is_assumed(path):
            yield Compared(
                path, difference(model, path, file_text(stated), NOT_SET, (resource.address,), rule.attribute)
            )
        elif why == "unset":
            yield Compared(path)
        else:
            yield Compared(path, unknown=Uncompared(path, resource.address, _REASONS[why]))


@cache
def settings_of_parts(type_: str, known: ResourceTypes) -> frozenset[str]:
    """The settings that parts of a component state, whose main resource has this type."""
    parts = (name for name, part in known.types.items() if part.part_of == type_ and name in known.mappings)
    return frozenset(rule.setting for name in parts for rule in known.mappings[name].settings)


_REASONS = {
    "after apply": "known after apply",
    "unread": "the attribute has a value that archgen cannot convert",
    "elsewhere": "another resource may state it",
    "silent": "the file does not state it",
    "looked up": "the model states where its value is found",
}


def _is_stated_elsewhere(found: FoundComponent, resource: Resource, rule: SettingRule) -> bool:
    """Whether another resource of a component has a value for an attribute: some types have parts that state one attribute each."""
    attribute = rule.attribute.partition(".")[0]
    others = (part for part in (*found.parts, *found.resources) if part is not resource)
    return any(part.values.get(attribute) not in (None, "", [], {}) for part in others)


def _silence(resource: Resource, rule: SettingRule) -> Silence:
    """Why a resource states no value for a setting. Only an attribute that is there and empty says that it is not set."""
    attribute = rule.attribute.partition(".")[0]
    if attribute in resource.unknown:
        return "after apply"
    if is_off(resource, rule):
        return "unset"
    value = value_at(resource.values, rule.attribute)
    if value is None:
        value = resource.values.get(attribute)
        return "unset" if value in ("", [], {}) and value is not None else "silent"
    if value in ("", [], {}):
        return "unset"
    if rule.as_ == "component":
        return "unread"
    if convert(rule, value) is not UNSET:
        return "unread"
    return "silent" if rule.values else "unset"


def file_text(value: Any) -> str:
    """A value for people; a number that the model keeps as a fraction, such as 4.0 days, is written as a file states it."""
    return value_text(int(value) if isinstance(value, float) and value.is_integer() else value)


def same_value(path: Path, stated: Any, value: Any) -> bool:
    """Whether a value of the model and one of a file say the same. Lists agree in any order, and a version with its more exact form."""
    if isinstance(stated, (list, tuple)) and isinstance(value, (list, tuple)):
        return sorted(map(str, stated)) == sorted(map(str, value))
    if isinstance(stated, bool) or isinstance(value, bool):
        return stated is value
    if "version" in str(path[-1]) and isinstance(stated, (str, int, float)):
        one, other = str(stated).split("."), str(value).split(".")
        shorter = min(len(one), len(other))
        return one[:shorter] == other[:shorter]
    if isinstance(stated, (int, float)) and isinstance(value, (int, float)):
        return stated == value
    if str(path[-1]).endswith(("cpu", "memory")) and quantity(stated) is not None:
        return quantity(stated) == quantity(value)
    return str(stated) == str(value)


def difference(
    model: StatedModel, path: Path, stated: str, actual: str, addresses: Collection[str], attribute: str
) -> Drift:
    """The difference between two values, which are given as texts, at the line of the model that decides it."""
    assumed = " (assumed)" if model.is_assumed(path) else ""
    message = f"{dotted(path[1:])} is {stated}{assumed} in the model, and {actual} in the file"
    at = model.span(path) or model.span(path[:2])
    condition = model.condition(path) if model.span(path) else model.condition(path[:2])
    return Drift(
        "different",
        path,
        tuple(addresses),
        message,
        model=stated,
        file=actual,
        attribute=attribute,
        at=at,
        condition=condition,
    )
