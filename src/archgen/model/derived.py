"""What a function derives from an architecture, computed once for each."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from archgen.model.architecture import Architecture

Derived = TypeVar("Derived")


def once(derive: Callable[[Architecture], Derived]) -> Callable[[Architecture], Derived]:
    """The function, computed once for each architecture. What it returns is shared, so callers must not change it."""

    @wraps(derive)
    def kept(a: Architecture) -> Derived:
        if kept not in a.derived:
            a.derived[kept] = derive(a)
        derived: Derived = a.derived[kept]
        return derived

    return kept
