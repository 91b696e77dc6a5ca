"""A mapping whose keys are known from the start, and whose values are made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

Value = TypeVar("Value")


class LazyMapping(Mapping[str, Value]):
    """Values by key, in the order of the keys; each value is made at most once, by its function in `makers`."""

    def __init__(self, makers: Mapping[str, Callable[[], Value]]) -> None:
        self._makers = makers
        self._made: dict[str, Value] = {}

    def __getitem__(self, key: str) -> Value:
        """The value of a key, as its function makes it; what the function raises is raised. Raises KeyError for an unknown key."""
        if key not in self._made:
            self._made[key] = self._makers[key]()
        return self._made[key]

    def __contains__(self, key: object) -> bool:
        """Whether there is a value for the key, without making it."""
        return key in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    @property
    def makers(self) -> Mapping[str, Callable[[], Value]]:
        """For each key the function that returns its value, made at most once, for another mapping with some of these keys."""
        return {key: lambda key=key: self[key] for key in self._makers}  # type: ignore[misc]  # mypy cannot infer the type of the lambda
