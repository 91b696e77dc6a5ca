"""Classes for `isinstance` in place of kinds, which are not imported for them: until something else does, no component has the kind."""

from __future__ import annotations

import sys
from typing import Any


class _OnDemand(type):
    """The type of a class in place of another one, whose module may not be imported."""

    module: str

    def __instancecheck__(cls, value: object) -> bool:
        kind = behind(cls)
        return kind is not cls and isinstance(value, kind)

    def __subclasscheck__(cls, other: type) -> bool:
        return other is cls or (behind(cls) is not cls and issubclass(other, behind(cls)))


def on_demand(module: str, name: str) -> type:
    """A class that has the instances and subclasses of the class of this name in a module."""
    return _OnDemand(name, (), {"module": module})


def behind(kind: type[Any]) -> type[Any]:
    """The class that a class is in place of; the class itself if there is none, or if the module of the other is not imported."""
    if type(kind) is not _OnDemand:
        return kind
    return getattr(sys.modules.get(kind.module), kind.__name__, kind)
