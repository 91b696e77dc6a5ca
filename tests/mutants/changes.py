"""What is done to a model as plain data: a part of it is gone, elsewhere, twice, of another type, or says something else."""

from __future__ import annotations

import copy
from random import Random
from typing import Any

from mutants.places import (
    CONDITIONS,
    FINE_IDS,
    IDS,
    NUMBERS,
    TEXTS,
    Model,
    is_mapping,
    is_scalar,
    places,
    put,
    renamed,
    some,
    value_at,
)


def delete(model: Model, random: Random) -> None:
    """A key or an item is gone."""
    if place := some(model, random, lambda p, _v: len(p) > 1 or random.random() < 0.2):
        del value_at(model, place[:-1])[place[-1]]


def duplicate(model: Model, random: Random) -> None:
    """An entry stands there twice, under another key."""
    if place := some(model, random, lambda p, _v: len(p) > 1):
        holder, value = value_at(model, place[:-1]), copy.deepcopy(value_at(model, place))
        if isinstance(holder, list):
            holder.append(value)
        else:
            holder[random.choice((*IDS, f"{place[-1]}-2"))] = value


def rename_key(model: Model, random: Random) -> None:
    """A key is called something else, and nothing else knows."""
    if place := some(model, random, is_mapping):
        mapping = value_at(model, place)
        old = random.choice(list(mapping))
        put(model, place, renamed(mapping, old, random.choice((*IDS, *TEXTS[:40], *_keys(model, random)))))


def rename_id(model: Model, random: Random) -> None:
    """An id is another one wherever it stands, so that the model stays whole."""
    named = [part for part in model if isinstance(model[part], dict) and model[part]]
    part = random.choice(named)
    holder = model[part]
    if part in ("terraform", "network", "observability", "rules", "organization"):
        inner = [key for key in holder if isinstance(holder[key], dict) and holder[key]]
        holder = holder[random.choice(inner)] if inner else holder
    old, new = random.choice(list(holder)), random.choice(IDS if random.random() < 0.2 else FINE_IDS)
    _everywhere(model, old, new)


def _everywhere(value: Any, old: str, new: str) -> None:
    if isinstance(value, dict):
        for key in list(value):
            _everywhere(value[key], old, new)
            if value[key] == old:
                value[key] = new
        if old in value and new not in value:
            other = renamed(value, old, new)
            value.clear()
            value.update(other)
    elif isinstance(value, list):
        for n, item in enumerate(value):
            _everywhere(item, old, new)
            if item == old:
                value[n] = new


def replace_scalar(model: Model, random: Random) -> None:
    """A value is hostile, of its own type or of another."""
    if place := some(model, random, is_scalar):
        put(model, place, _hostile(value_at(model, place), random))


def _hostile(value: Any, random: Random) -> Any:
    if isinstance(value, bool):
        return random.choice((not value, not value, "yes", 1))
    if isinstance(value, (int, float)):
        return random.choice((value + 1, value - 1, value * 2, -value, *NUMBERS, str(value)))
    return (
        random.choice((*TEXTS, *IDS))
        if random.random() < 0.9
        else random.choice((*NUMBERS, True, [value], {"a": value}))
    )


def soft_text(model: Model, random: Random) -> None:
    """A text that people read is another one."""
    words = (
        "title",
        "name",
        "purpose",
        "summary",
        "text",
        "label",
        "definition",
        "about",
        "question",
        "statement",
        "note",
        "tagline",
        "contact",
    )
    if place := some(model, random, lambda p, v: isinstance(v, str) and p[-1] in words):
        put(model, place, random.choice(TEXTS))


def soft_number(model: Model, random: Random) -> None:
    """A number is a little more or less."""
    if place := some(model, random, lambda p, v: type(v) is int and p != ("version",)):
        put(model, place, max(0, value_at(model, place) + random.choice((-1, 1, 2, 10))))


def flip(model: Model, random: Random) -> None:
    """A truth value is the other one."""
    if place := some(model, random, lambda _p, v: isinstance(v, bool)):
        put(model, place, not value_at(model, place))


def swap(model: Model, random: Random) -> None:
    """Two parts change places: mostly two that are called the same."""
    one = some(model, random, lambda p, _v: len(p) > 1)
    if one is None:
        return
    same = random.random() < 0.7
    other = some(model, random, lambda p, _v: len(p) > 1 and p != one and (p[-1] == one[-1] or not same))
    if other and one[: len(other)] != other and other[: len(one)] != one:
        first, second = value_at(model, one), value_at(model, other)
        put(model, one, second)
        put(model, other, first)


def transplant(model: Model, random: Random) -> None:
    """A part stands somewhere else, too."""
    one, other = some(model, random, lambda p, _v: len(p) > 1), some(model, random, lambda p, _v: len(p) > 1)
    if one and other:
        put(model, other, copy.deepcopy(value_at(model, one)))


def retype(model: Model, random: Random) -> None:
    """A value is of another type."""
    if place := some(model, random):
        value = value_at(model, place)
        put(
            model,
            place,
            random.choice(([value], {"a": value}, [], {}, "", str(value)[:300], 1, True, [[value]], [value, value])),
        )


def nest(model: Model, random: Random) -> None:
    """A value lies deep inside."""
    if place := some(model, random):
        value = value_at(model, place)
        for _level in range(random.choice((5, 30, 66))):
            value = {"a": value} if random.random() < 0.5 else [value]
        put(model, place, value)


def vary(model: Model, random: Random) -> None:
    """A mapping says something else under a condition, or exists only under one."""
    if place := some(model, random, is_mapping):
        mapping = value_at(model, place)
        condition = _condition(model, random)
        if random.random() < 0.35:
            mapping["in"] = random.choice((condition, [condition], [condition, _condition(model, random)]))
        else:
            key = random.choice(list(mapping))
            other = some(model, random, lambda p, _v: p[-1] == key)
            taken = value_at(model, other) if other else mapping[key]
            mapping.setdefault("when", {})
            if isinstance(mapping["when"], dict):
                mapping["when"][condition] = {key: copy.deepcopy(taken)}


def _condition(model: Model, random: Random) -> str:
    def one(axis: str) -> str:
        values = list(model[axis]) if isinstance(model.get(axis), dict) else []
        return str(random.choice(values or ["x"]))

    return random.choice(CONDITIONS[:7] * 3 + CONDITIONS).format(
        e=one("environments"), c=one("clouds"), p=one("phases")
    )


def assume(model: Model, random: Random) -> None:
    """Some keys are marked as assumed."""
    if place := some(model, random, is_mapping):
        keys = list(value_at(model, place))
        value_at(model, place)["assumed"] = random.choice(
            (keys[:2], keys, ["nowhere"], [{"a": 1}], [[keys[0]]], keys[0], [1])
        )


def more_axes(model: Model, random: Random) -> None:
    """One more environment or phase, or one less."""
    axis = random.choice(("environments", "phases", "clouds"))
    values = model.get(axis)
    if not isinstance(values, dict) or not values:
        model["phases"] = {"start": {"name": "Start"}, "later": {"name": "Later"}}
    elif random.random() < 0.4 and len(values) > 1:
        del values[random.choice(list(values))]
    else:
        values[random.choice(IDS)] = copy.deepcopy(random.choice(list(values.values())))


def self_reference(model: Model, random: Random) -> None:
    """Something refers to itself, or two things to each other."""
    components = model.get("components")
    if not isinstance(components, dict) or len(components) < 2:
        return
    one, other = random.sample(list(components), 2)
    for tail, head in random.choice((((one, one),), ((one, other), (other, one)))):
        if isinstance(components[tail], dict):
            key = random.choice(("calls", "runs_on", "protects"))
            components[tail][key] = {head: {"port": 80}} if key == "calls" else head if key == "runs_on" else [head]
    stacks = (model.get("terraform") or {}).get("stacks") if isinstance(model.get("terraform"), dict) else None
    if isinstance(stacks, dict) and stacks and random.random() < 0.5:
        name = random.choice(list(stacks))
        if isinstance(stacks[name], dict):
            stacks[name]["after"] = [name]


def _keys(model: Model, random: Random) -> tuple[str, ...]:
    """Some keys that the model has anywhere."""
    found = sorted({str(p[-1]) for p in places(model) if p})
    return tuple(random.sample(found, min(10, len(found))))
