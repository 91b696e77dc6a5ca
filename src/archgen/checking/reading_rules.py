"""Which rules read a value of the model: found by running them and watching the attribute of the object that holds the value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from archgen.checking.asking import find_checks
from archgen.diagnostics.diagnostic import Path
from archgen.model.architecture import Architecture
from archgen.model.paths import walk
from archgen.model.resolve import Resolved


def rules_reading_value(resolved: Resolved, path: Path) -> list[str] | None:
    """The codes of the rules that read the value at a path in what environments are today, sorted; None if it cannot be watched.

    Only values of settings can be watched, not entries of mappings and lists. Rules that compare whole models are watched at the same
    coordinates as all others.
    """
    today = list({a.coordinate: a for a in resolved.today()}.values())
    held = {id(holder): holder for a in today if (holder := _holder(a, path)) is not None}
    if not held:
        return None
    setting = str(path[-1])
    found: set[str] = set()
    for function in ("check", "check_all"):
        for _part, rule, check in find_checks(function):
            if rule is None:
                continue
            with _watched(held.values(), setting) as read:
                _exhaust(check, function, resolved, today)
            if read:
                found.add(rule.code)
    return sorted(found)


def _holder(a: Architecture, path: Path) -> BaseModel | None:
    """The object with the setting at the end of a path; None if something else holds the value."""
    holder = walk(a, path[:-1])[0] if len(path) > 1 else None
    return holder if isinstance(holder, BaseModel) and path[-1] in type(holder).model_fields else None


def _exhaust(
    check: Callable[..., Iterable[Any]], function: str, resolved: Resolved, today: Iterable[Architecture]
) -> None:
    """Run a rule on copies of architectures, which do not have what other rules have derived from them."""
    if function == "check":
        for a in today:
            list(check(replace(a)))
        return
    copies = {c: replace(a) for c, a in resolved.architectures.items()}
    list(check(replace(resolved, architectures=copies)))


@contextmanager
def _watched(holders: Iterable[BaseModel], setting: str) -> Iterator[set[int]]:
    """Fills the set with the `id()` of each of the objects of which the setting is read."""
    watched = {id(holder) for holder in holders}
    classes = {type(holder) for holder in holders}
    read: set[int] = set()

    def look_up(self: object, name: str) -> Any:
        if name == setting and id(self) in watched:
            read.add(id(self))
        return object.__getattribute__(self, name)

    for class_ in classes:
        class_.__getattribute__ = look_up  # type: ignore[method-assign]
    try:
        yield read
    finally:
        for class_ in classes:
            del class_.__getattribute__
