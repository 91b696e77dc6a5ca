"""Answers about an architecture that are computed once."""

from __future__ import annotations

from archgen.model.architecture import Architecture
from archgen.model.remembered import remembered


def test_each_answer_is_computed_once_for_an_architecture(reference):
    asked = []

    @remembered
    def count(a: Architecture, suffix: str = "", *, twice: bool = False) -> int:
        asked.append((a, suffix, twice))
        return len([name for name in a.components if name.endswith(suffix)]) * (1 + twice)

    first, second, *_others = reference.resolved.architectures.values()
    assert count(first) == count(first) == len(first.components)
    assert count(second) == len(second.components)
    assert count(first, twice=True) == 2 * len(first.components)
    assert count(first, "no such end") == 0
    assert asked == [(first, "", False), (second, "", False), (first, "", True), (first, "no such end", False)]
    assert count.__name__ == "count"


def test_functions_do_not_share_answers(reference):
    one = remembered(lambda _a: 1)
    two = remembered(lambda _a: 2)
    a = reference.resolved.default
    assert (one(a), two(a), one(a)) == (1, 2, 1)
