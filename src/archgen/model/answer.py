"""Answers that know what they do not know: yes, no or unknown, with reasons and with what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from archgen.records import dataclass

Truth = Literal["yes", "no", "unknown"]
_WORST_FIRST: tuple[Truth, ...] = ("no", "unknown", "yes")


@dataclass(frozen=True, slots=True, order=True)
class Lack:
    """A fact that would settle an answer.

    `path` is the place in the model where it would be stated, `what` says what is not stated ("how many copies of 'server' there
    are"), and `help` the statement that settles it ("state `traits: {copies: …}`").
    """

    path: tuple[str | int, ...]
    what: str
    help: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A truth with its reasons, which are sentence fragments without a final period. An unknown answer names at least one lack."""

    truth: Truth
    because: tuple[str, ...] = ()
    lacks: tuple[Lack, ...] = ()

    def __post_init__(self) -> None:
        if (self.truth == "unknown") != bool(self.lacks):
            raise ValueError("an answer is unknown if something is missing, and only then")


def yes(because: str) -> Answer:
    """A positive answer with its reason."""
    return Answer("yes", (because,))


def no(because: str) -> Answer:
    """A negative answer with its reason."""
    return Answer("no", (because,))


def unknown(lack: Lack, *more: Lack) -> Answer:
    """An answer that cannot be given, with what is missing."""
    return Answer("unknown", (), tuple(dict.fromkeys((lack, *more))))


def all_of(answers: Iterable[Answer]) -> Answer:
    """Whether all answers are yes: no if one of them is, else unknown if one of them is. Raises ValueError for no answers.

    "All of nothing" is true in logic. For people, it reads like a check that passed, so the caller has to say what it means.
    """
    given = list(answers)
    if not given:
        raise ValueError("there are no answers to combine")
    for truth in _WORST_FIRST:
        same = [answer for answer in given if answer.truth == truth]
        if same:
            because = tuple(dict.fromkeys(reason for answer in same for reason in answer.because))
            lacks = tuple(dict.fromkeys(lack for answer in same for lack in answer.lacks))
            return Answer(truth, because, lacks)
    raise AssertionError("an answer has one of three values")
