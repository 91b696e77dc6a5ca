"""What archgen keeps of a resource that Terraform knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_INDEX = re.compile(r"\[[^\]]*\]")
_INDEX_AT_END = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\]$')
_SCALARS = frozenset({bool, int, float, type(None)})


@dataclass(frozen=True, slots=True, eq=False)  # two instances are never equal, so they can be kept in sets
class Resource:
    """One instance of a resource.

    `stack` is the file that has it. `values` has its attributes without those that the file marks as sensitive. `unknown` has the
    attributes that are known only after apply. `references` has, by attribute, the addresses that the configuration refers to
    there; it is empty for states, which do not contain the configuration.
    """

    stack: str
    address: str
    type: str
    name: str
    modules: tuple[str, ...]
    index: str | int | None
    values: Mapping[str, Any]
    unknown: frozenset[str] = frozenset()
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        """What tells it apart from all others: two stacks may have resources with the same address."""
        return self.stack, self.address

    @property
    def block(self) -> str:
        """The address of the block that declares it: without its own index, but with those of its modules."""
        return self.address if self.index is None else without_last_index(self.address)

    @property
    def template(self) -> str:
        """The address of its block in the configuration: without any index."""
        return without_indexes(self.address)


def without_last_index(address: str) -> str:
    """An address without the index at its end, in whose quotes there may be brackets."""
    return _INDEX_AT_END.sub("", address) if address.endswith("]") else address


def without_indexes(address: str) -> str:
    """An address without the indexes of modules and of the resource itself."""
    return _INDEX.sub("", _quoted_indexes_removed(address))


def _quoted_indexes_removed(address: str) -> str:
    """An address without indexes in quotes, which may contain brackets."""
    return re.sub(r'\["(?:[^"\\]|\\.)*"\]', "", address)


def as_mapping(value: Any) -> Mapping[str, Any]:
    """A value of a file that should be a mapping; an empty one if it is not."""
    return value if isinstance(value, Mapping) else {}


def as_list(value: Any) -> list[Any]:
    """A value of a file that should be a list; an empty one if it is not."""
    return value if isinstance(value, list) else []


def texts_of(value: Any) -> Iterator[str]:
    """All texts in a value, in order; keys of mappings are not among them."""
    # States have millions of values: what a JSON reader makes is told by its exact type, which is fastest.
    waiting = [value]
    while waiting:
        found = waiting.pop()
        kind = type(found)
        if kind is str:
            yield found
        elif kind is dict:
            waiting.extend(reversed(found.values()))
        elif kind is list:
            waiting.extend(reversed(found))
        elif kind in _SCALARS:
            continue
        elif isinstance(found, str):
            yield found
        elif isinstance(found, (list, tuple)):
            waiting.extend(reversed(found))
        elif isinstance(found, Mapping):
            waiting.extend(reversed([*found.values()]))


def value_at(values: Mapping[str, Any], path: str) -> Any:
    """The value of an attribute such as `versioning.enabled`; blocks that Terraform lists are entered. None if there is none."""
    found: Any = values
    for step in path.split("."):
        while isinstance(found, (list, tuple)) and found:
            found = found[0]
        if not isinstance(found, Mapping):
            return None
        found = found.get(step)
    return found
