"""Answers about an architecture that are computed once.

An architecture never changes, so what a function says about it stays true. The answers are kept in the architecture itself and end with it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from archgen.model.architecture import Architecture

P = ParamSpec("P")
T = TypeVar("T")


def remembered(
    function: Callable[Concatenate[Architecture, P], T],
) -> Callable[Concatenate[Architecture, P], T]:
    """The same function, which computes each answer about an architecture once. Its other arguments must be hashable.

    All callers get the same object, so they must not change it, and it must not be an iterator.
    """

    @wraps(function)
    def answer(a: Architecture, /, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (function, args, *kwargs.items())
        if key not in a.answers:
            a.answers[key] = function(a, *args, **kwargs)
        known: T = a.answers[key]
        return known

    return answer


def remembered_of_both(
    function: Callable[[Architecture, Architecture], T],
) -> Callable[[Architecture, Architecture], T]:
    """The same function, which computes each answer about a pair of architectures once. Otherwise as `remembered`; the answer ends with
    the first one.
    """

    @wraps(function)
    def answer(a: Architecture, other: Architecture, /) -> T:
        key = (function, id(other))
        if key not in a.answers:
            a.answers[key] = (
                other,
                function(a, other),
            )  # together, since another architecture could get the number of one that has ended
        known: T = a.answers[key][1]
        return known

    return answer
