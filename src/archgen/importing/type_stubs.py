"""Writes entries of unknown resource types to the table of a project, so that a person says what these types are.

An entry has names of attributes and no values. Entries that a person has completed stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from archgen.importing.own_types import FILE, OwnType, OwnTypes, can_be_stated
from archgen.importing.resource import Resource
from archgen.reading.changes import AddKey, Change, SetValue
from archgen.reading.edits import edited
from archgen.reading.written import entry

HEAD = """\
# What resource types are that archgen does not know. Complete an entry and import again: with `kind` (and perhaps `product` and `set`) its
# resources become components, and with `role` something else, for example a part of a component or `content`, which a model leaves out.
# `archgen import` writes entries with what it saw; an entry without `kind` and `role` has no effect.
"""


def with_stubs(own: OwnTypes, unknown: Iterable[Iterable[Resource]]) -> str:
    """The text of a table with an entry for each unknown type; the text as it is if all have one.

    `unknown` has the unknown resources of each environment. An entry has the highest number that an import of one environment saw, so
    that the order of imports makes no difference.
    """
    seen: dict[str, dict[str, Any]] = {name: _plain(stub) for name, stub in own.undecided.items()}
    for resources in unknown:
        for name, facts in _seen(resources).items():
            if name not in own.types:
                seen[name] = _joined(seen[name], facts) if seen.get(name) else facts
    if own.types or own.undecided:
        return _in_blocks(edited(own.text, _changes(own, seen), FILE), seen)
    lines = (line for name, facts in sorted(seen.items()) for line in entry(name, _stub(facts), 0, 2))
    head = own.text.rstrip("\n") + "\n" if own.text.strip() else HEAD
    return _in_blocks(head + "".join(f"{line}\n" for line in lines), seen) if seen else own.text


def _in_blocks(text: str, seen: dict[str, dict[str, Any]]) -> str:
    """The text in which new entries that fit on one line have a line for each key, so that a person can add others."""
    for name, facts in seen.items():
        keys = (line for key, value in _stub(facts).items() for line in entry(key, value, 2, 2))
        text = text.replace("\n".join(entry(name, _stub(facts), 0, 2)), "\n".join([f"{name}:", *keys]))
    return text


def _stub(facts: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "", "seen": facts}


def _plain(stub: OwnType) -> dict[str, Any]:
    """What an import saw before; empty if the entry does not say."""
    seen = stub.seen
    return {"count": seen.count, "example": seen.example, "attributes": list(seen.attributes)} if seen else {}


def _seen(resources: Iterable[Resource]) -> dict[str, dict[str, Any]]:
    """For each type of Terraform, the number of its resources, the first address, and the names of attributes with a value.

    Addresses are those of blocks: keys of `for_each` are values, which may be secret.
    """
    found: dict[str, dict[str, Any]] = {}
    for resource in resources:
        if not can_be_stated(resource.type):
            continue
        named = sorted(str(name) for name, value in resource.values.items() if value not in (None, "", [], {}, False))
        one = {"count": 1, "example": resource.template, "attributes": named}
        before = found.get(resource.type)
        found[resource.type] = {**_joined(before, one), "count": before["count"] + 1} if before else one
    return found


def _joined(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {
        "count": max(one["count"], other["count"]),
        "example": min(one["example"], other["example"]),
        "attributes": sorted({*one["attributes"], *other["attributes"]}),
    }


def _changes(own: OwnTypes, seen: dict[str, dict[str, Any]]) -> Iterator[Change]:
    for name, facts in sorted(seen.items()):
        stub = own.undecided.get(name)
        if stub is None:
            earlier = [other for other in (*own.undecided, *own.types) if other < name]
            yield AddKey((), name, _stub(facts), max(earlier, default=None), first=not earlier)
        elif not facts:
            continue
        elif stub.seen is None:
            yield AddKey((name,), "seen", facts)
        elif _plain(stub) != facts:
            yield SetValue((name, "seen"), facts)
