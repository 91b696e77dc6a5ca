"""Words that mutants are made with, and the places of a model as plain data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import yaml

Model = dict[str, Any]
Step = str | int
Place = tuple[Step, ...]

_WORDS = yaml.safe_load((Path(__file__).parents[1] / "data/mutations.yaml").read_text(encoding="utf-8"))
IDS, TEXTS, EXPRESSIONS, CONDITIONS = (tuple(_WORDS[key]) for key in ("ids", "texts", "expressions", "conditions"))
FINE_IDS = tuple(id_ for id_ in IDS if re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", id_) and id_ not in ("con", "nul"))
NUMBERS = (
    0,
    1,
    -1,
    2,
    3,
    28,
    29,
    65535,
    65536,
    3653,
    2**31,
    2**53,
    2**63,
    2**64,
    10**30,
    -(10**30),
    0.5,
    -0.0,
    1e308,
    1e-300,
    99.9,
    100,
    100.1,
)


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Every place below a value, its own first."""
    yield at
    steps: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from places(inner, (*at, step))


def value_at(model: Any, place: Place) -> Any:
    """What stands at a place."""
    for step in place:
        model = model[step]
    return model


def put(model: Any, place: Place, value: Any) -> None:
    """Write over what stands at a place."""
    value_at(model, place[:-1])[place[-1]] = value


def some(model: Model, random: Random, wanted: Callable[[Place, Any], bool] = lambda _p, _v: True) -> Place | None:
    """A place where something wanted stands; each top-level part is as likely as any other, however large it is."""
    parts = list(model)
    random.shuffle(parts)
    for part in parts:
        found = [p for p in places(model[part], (part,)) if wanted(p, value_at(model, p))]
        if found:
            return random.choice(found)
    return None


def is_scalar(_place: Place, value: Any) -> bool:
    return not isinstance(value, (dict, list))


def is_mapping(_place: Place, value: Any) -> bool:
    return isinstance(value, dict) and bool(value)


def renamed(mapping: Model, old: str, new: str) -> Model:
    return {new if key == old else key: value for key, value in mapping.items()}
