"""Finds the arguments that resources state and archgen does not read, although it reads others of their type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from archgen.catalog.terraform_types import (
    ELSEWHERE,
    recorded_types,
    terraform_types,
    why_left_out,
    why_stated_elsewhere,
)
from archgen.importing.mappings import NOTHING, mappings
from archgen.importing.placing import PlacedResources
from archgen.importing.resource import Resource


def count_unread_arguments(placed: PlacedResources) -> dict[str, Counter[str]]:
    """For each type of components and their parts, the arguments that are not read, with the number of resources that state them.

    What is empty, zero or false is not counted: states also have the arguments that the configuration leaves out.
    """
    found: dict[str, Counter[str]] = {}
    for component in placed.components:
        for resource in (*component.resources, *component.parts):
            stated = [path for path in unread_arguments(resource.type) if _states(resource, path)]
            if stated:
                found.setdefault(resource.type, Counter()).update(stated)
    return dict(sorted(found.items()))


@cache
def unread_arguments(type_: str) -> tuple[str, ...]:
    """The arguments without an account of a type whose table has settings; nothing of others, which are reported as a whole."""
    mapping = mappings().get(type_)
    return unaccounted_arguments(type_) if mapping and mapping.states_something else ()


def unaccounted_arguments(type_: str) -> tuple[str, ...]:
    """The recorded arguments of a type that are neither read, nor stated elsewhere in a model, nor left out deliberately."""
    arguments = recorded_types(type_.partition("_")[0]).get(type_, {}).get("arguments", ())
    read = {*_read_attributes(type_)} if arguments else set()
    return tuple(
        argument
        for argument in arguments
        if not _is_read(argument, read)
        and not why_stated_elsewhere(type_, argument)
        and not why_left_out(type_, argument)
    )


def _read_attributes(type_: str) -> Iterator[str]:
    mapping = mappings().get(type_, NOTHING)
    yield from (mapping.named, *mapping.product_by.split("|"), mapping.same_by)
    yield from (rule.attribute for rule in mapping.settings)
    yield from mapping.pool.attributes()
    yield from (end for rule in mapping.connections for end in (rule.from_, rule.to))
    yield from (mapping.instead.has for _ in (1,) if mapping.instead)
    # Arguments that a model states in another place, such as in calls.
    yield from (a for a, place in terraform_types()[type_].settings.items() if place.startswith(ELSEWHERE))


def _is_read(argument: str, read: set[str]) -> bool:
    """Whether an argument, a block that contains it or something in it is read."""
    steps = argument.split(".")
    above = (".".join(steps[:number]) for number in range(1, len(steps) + 1))
    return bool(read & {*above}) or any(attribute.startswith(f"{argument}.") for attribute in read)


def _states(resource: Resource, path: str) -> bool:
    return any(value not in (None, "", [], {}, False, 0) for value in _values_at(resource.values, path.split(".")))


def _values_at(value: Any, steps: list[str]) -> Iterator[Any]:
    """The values of an argument in all blocks that have it."""
    if isinstance(value, (list, tuple)) and steps:
        for item in value:
            yield from _values_at(item, steps)
    elif not steps:
        yield value
    elif isinstance(value, Mapping):
        yield from _values_at(value.get(steps[0]), steps[1:])
