"""Converts attributes of resources to settings of components. What cannot be converted for sure is not a setting."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from archgen.importing.mappings import SettingRule
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
        if not rule.attribute:
            yield rule, rule.constant
        elif rule.as_ == "component":
            if (found := component(rule.attribute)) is not None:
                yield rule, found
        elif (value := value_at(resource.values, rule.attribute)) not in (None, "", [], {}):
            converted = convert(rule, value)
            if converted is not UNSET:
                yield rule, converted


def convert(rule: SettingRule, value: Any) -> Any:
    """The value of a setting; None if it is not known what it would be, and UNSET if the attribute says that nothing is set."""
    if rule.as_ == "json":
        value = _from_json(value, rule.key)
    if rule.as_ in ("reach", "ranges") and not isinstance(value, list):
        return None
    if rule.values:
        single = value[0] if isinstance(value, list) and len(value) == 1 else value
        found = rule.values.get(_as_key(single)) if not isinstance(single, (list, Mapping)) else None
        return UNSET if found == "" else found
    if rule.as_ == "reach":
        return "public" if ANYWHERE in value else "allowlist"
    if rule.as_ == "ranges":
        return UNSET if ANYWHERE in value else sorted(map(str, value))
    if rule.as_ == "list":
        return sorted(map(str, value)) if isinstance(value, list) else [value]
    if rule.as_ in ("number", "seconds"):
        value = _number(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if rule.above is not None and value <= rule.above:
        return UNSET
    try:
        return _exact((value - rule.subtract) / rule.divide)
    except (OverflowError, ValueError):  # no number that a setting can have, such as 1e999
        return None


def _as_key(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


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
    return value_at(document, key) if isinstance(document, Mapping) else None


def states_attribute(resource: Resource, attribute: str) -> bool:
    """Whether a resource has a value for an attribute."""
    return value_at(resource.values, attribute) not in (None, "", [], {}, False)
