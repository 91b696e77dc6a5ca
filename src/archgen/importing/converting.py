"""Converts attributes of resources to settings of components. What cannot be converted for sure is not a setting."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from archgen.importing.mappings import SettingRule, chosen
from archgen.importing.resource import Resource, value_at

ANYWHERE = "0.0.0.0/0"
UNSET = object()  # the value of an attribute with which a resource says that it does not use it, such as a limit of -1


def settings_of(
    resource: Resource, rules: tuple[SettingRule, ...], kind: str, component: Callable[[str], str | None]
) -> Iterator[tuple[SettingRule, Any]]:
    """The settings that a resource states, with the rule of each; None if an attribute has a value that the rule does not know.

    `component` returns the ID of the component that an attribute refers to.
    """
    for rule in rules:
        if rule.only and rule.only != kind:
            continue
        if is_off(resource, rule):
            continue
        if not rule.attribute:
            yield rule, rule.constant
        elif rule.as_ == "component":
            if (found := component(rule.attribute)) is not None:
                yield rule, found
        elif (value := value_at(resource.values, rule.attribute)) not in (None, "", [], {}):
            converted = convert(rule, value)
            if converted is not UNSET:
                yield rule, converted


def is_off(resource: Resource, rule: SettingRule) -> bool:
    """Whether a resource does not use what a setting is about, whatever other attributes say."""
    return bool(rule.unless_off) and value_at(resource.values, rule.unless_off) is False


def convert(rule: SettingRule, value: Any) -> Any:
    """The value of a setting; None if it is not known what it would be, and UNSET if the attribute says that nothing is set."""
    if rule.as_ in SHAPES:
        value = SHAPES[rule.as_](rule, value)
        if value is None or value is UNSET or not rule.values:
            return value if not _is_number(value) else _scaled(rule, value)
    if rule.values:
        single = value[0] if isinstance(value, list) and len(value) == 1 else value
        found = chosen(rule.values, single) if not isinstance(single, (list, Mapping)) else None
        return UNSET if found == "" else found
    return _scaled(rule, value) if _is_number(value) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _scaled(rule: SettingRule, value: float) -> Any:
    """A number in the unit of the setting."""
    if rule.above is not None and value <= rule.above:
        return UNSET
    try:
        return _exact((value - rule.subtract) / rule.divide)
    except (OverflowError, ValueError):  # no number that a setting can have, such as 1e999
        return None


def _exact(number: float) -> int | float:
    return int(number) if number == int(number) else round(number, 6)


def _number(value: Any) -> float | None:
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)s?", str(value))
    return float(match[1]) if match else None


def _from_json(value: Any, key: str) -> Any:
    try:
        document = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return None
    found = value_at(document, key) if isinstance(document, Mapping) else None
    return int(found) if isinstance(found, str) and re.fullmatch(r"[0-9]{1,18}", found) else found


def _texts(rule: SettingRule, value: Any) -> list[str] | None:
    """The texts in a list, of which the rule may take one attribute each; None if it is not a list."""
    if not isinstance(value, list):
        return None
    items = [value_at(item, rule.key) if rule.key and isinstance(item, Mapping) else item for item in value]
    return sorted(str(item) for item in items if item is not None)


def _reach(rule: SettingRule, value: Any) -> str | None:
    ranges = _texts(rule, value)
    return None if ranges is None else "public" if ANYWHERE in ranges else "allowlist"


def _ranges(rule: SettingRule, value: Any) -> Any:
    ranges = _texts(rule, value)
    return UNSET if ranges is not None and ANYWHERE in ranges else ranges


def _any(rule: SettingRule, value: Any) -> str | None:
    """Of the texts in a list, one that turns the setting on, or else one that the rule knows; None if it knows none of them."""
    known = [text for text in _texts(rule, value) or () if chosen(rule.values, text) is not None]
    return next((text for text in known if chosen(rule.values, text)), next(iter(known), None))


def _same(rule: SettingRule, value: Any) -> Any:
    """What all blocks of a list state for one attribute, UNSET if none states it; None if they differ."""
    stated = (
        [value_at(item, rule.key) for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
    )
    if any(other != stated[0] for other in stated):
        return None
    return UNSET if not stated or stated[0] in (None, "") else stated[0]


def _pair(rule: SettingRule, value: Any) -> Any:
    """The value of the block with a name in a list of named values; UNSET if there is none."""
    blocks = [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
    stated = next((item.get("value") for item in blocks if item.get("name") == rule.key), None)
    if stated in (None, ""):
        return UNSET
    return int(stated) if re.fullmatch(r"[0-9]{1,18}", str(stated)) else stated


def _address(_rule: SettingRule, value: Any) -> str:
    """A web address, with the scheme if it is left out because there is only one."""
    return str(value) if "://" in str(value) else f"https://{value}"


def _list(_rule: SettingRule, value: Any) -> list[Any]:
    return sorted(map(str, value)) if isinstance(value, list) else [value]


def _domains(_rule: SettingRule, value: Any) -> list[str]:
    """Domains without the dot at their end, with which DNS names are complete."""
    return sorted(str(name).rstrip(".") for name in (value if isinstance(value, list) else [value]))


def _version(_rule: SettingRule, value: Any) -> str | None:
    """The version in a name such as `POSTGRES_15` or `REDIS_7_2`, in which an X stands for any number."""
    match = re.search(r"(?:^|[A-Za-z_])(\d+(?:[._]\d+)*)", str(value))
    return match[1].replace("_", ".") if match else None


def _memory(_rule: SettingRule, value: Any) -> float | None:
    """Memory in MiB, from a quantity such as `512Mi`; with `1G`, which has powers of 1000, a fraction of them."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([KMGT]?)(i?)", str(value))
    if not match:
        return None
    power = " KMGT".index(match[2] or " ")
    unit: int = (1024 if match[3] else 1000) ** power
    return float(match[1]) * unit / 1024**2


def _processors(_rule: SettingRule, value: Any) -> float | None:
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(m?)", str(value))
    return (float(match[1]) / (1000 if match[2] else 1)) if match else None


def _lower(_rule: SettingRule, value: Any) -> Any:
    return value.lower() if isinstance(value, str) else None


def _last(_rule: SettingRule, value: Any) -> Any:
    """The last segment of a link, such as the machine type in one."""
    return value.rpartition("/")[2] if isinstance(value, str) else None


# How values are converted, by the word in `as`.
SHAPES: Mapping[str, Callable[[SettingRule, Any], Any]] = {
    "json": lambda rule, value: _from_json(value, rule.key),
    "reach": _reach,
    "ranges": _ranges,
    "list": _list,
    "any": _any,
    "same": _same,
    "pair": _pair,
    "address": _address,
    "domains": _domains,
    "number": lambda _rule, value: _number(value),
    "seconds": lambda _rule, value: _number(value),
    "version": _version,
    "memory": _memory,
    "processors": _processors,
    "present": lambda _rule, _value: True,
    "lower": _lower,
    "last": _last,
}


def states_attribute(resource: Resource, attribute: str) -> bool:
    """Whether a resource has a value for an attribute."""
    return value_at(resource.values, attribute) not in (None, "", [], {}, False)
