"""Attributes of resources in little memory: lists and mappings are packed, and unpacked each time that they are asked for."""

from __future__ import annotations

import marshal
import sys
from collections.abc import Iterator, Mapping
from typing import Any

_SMALL = 512  # bytes; packing less than this saves little


class PackedValues(Mapping[str, Any]):
    """Attributes by name, as they were given. Changing a list or mapping among them changes a copy."""

    __slots__ = ("_packed", "_values")

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values: dict[str, Any] = {}
        self._packed: set[str] = set()
        for name, value in values.items():
            packed = _packed(value) if isinstance(value, (list, dict)) and value else b""
            if len(packed) > _SMALL:
                self._packed.add(name)
            self._values[sys.intern(name)] = packed if len(packed) > _SMALL else value

    def __getitem__(self, name: str) -> Any:
        value = self._values[name]
        return marshal.loads(value) if name in self._packed else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(dict(self))


def _packed(value: Any) -> bytes:
    """A value as bytes; none if it is nested so deeply that it cannot be packed."""
    try:
        return marshal.dumps(value)
    except ValueError:
        return b""
