"""archgen's immutable data classes behave as those of the standard library."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from dataclasses import field
from typing import Any

import pytest

from archgen.records import dataclass


@dataclass(frozen=True, slots=True)
class Ours:
    name: str
    size: int = 3
    tags: list[str] = field(default_factory=list, hash=False)
    hidden: str = field(default="", compare=False, repr=False)
    made: tuple[str, ...] = field(default_factory=tuple, init=False)


@dataclasses.dataclass(frozen=True, slots=True)
class Theirs:
    name: str
    size: int = 3
    tags: list[str] = field(default_factory=list, hash=False)
    hidden: str = field(default="", compare=False, repr=False)
    made: tuple[str, ...] = field(default_factory=tuple, init=False)


@dataclass(frozen=True)
class Parent:
    """With a dictionary, so that properties can be cached."""

    name: str

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a name is needed")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Parent) and self.name.casefold() == other.name.casefold()

    def __hash__(self) -> int:
        return 7


@dataclass(frozen=True)
class Child(Parent):
    size: int = 0


@dataclass(frozen=True, slots=True)
class Nothing:
    pass


@dataclass(frozen=True, slots=True)
class One:
    value: Any


@pytest.mark.parametrize(
    "arguments", [("a",), ("a", 4), ("a", 4, ["x"]), ("a", 4, ["x"], "h")], ids=lambda given: str(len(given))
)
def test_instances_look_and_compare_as_those_of_the_standard_library(arguments: tuple[Any, ...]) -> None:
    ours, theirs = Ours(*arguments), Theirs(*arguments)
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert hash(ours) == hash(theirs)
    assert ours == Ours(*arguments)
    assert (ours == Ours("a", 4, ["x"])) is (theirs == Theirs("a", 4, ["x"]))
    other: object = theirs
    assert ours != other
    assert dataclasses.astuple(ours) == dataclasses.astuple(theirs)
    assert dataclasses.replace(ours, size=9) == Ours("a", 9, *arguments[2:])


def test_signatures_and_patterns_are_the_same() -> None:
    assert str(inspect.signature(Ours)) == str(inspect.signature(Theirs))
    assert Ours.__match_args__ == Theirs.__match_args__
    assert Ours.__slots__ == Theirs.__slots__
    wrong: tuple[tuple[Any, ...], ...] = ((), ("a", 1, [], "", ()))
    for arguments in wrong:
        with pytest.raises(TypeError, match=r"__init__\(\) (missing 1 required|takes from 2)"):
            Ours(*arguments)


@pytest.mark.parametrize("record", [Ours("a"), Child("a"), Nothing(), One(1)], ids=lambda record: type(record).__name__)
def test_nothing_of_an_instance_can_be_changed(record: Any) -> None:
    for name in ("name", "value", "anything"):
        with pytest.raises(dataclasses.FrozenInstanceError, match=f"cannot assign to field '{name}'"):
            setattr(record, name, 1)
        with pytest.raises(dataclasses.FrozenInstanceError, match=f"cannot delete field '{name}'"):
            delattr(record, name)


@pytest.mark.parametrize("record", [Ours("a", 1, ["x"], "h"), Child("a", 1), Nothing(), One((1, 2))], ids=repr)
def test_instances_can_be_copied_and_pickled(record: Any) -> None:
    assert pickle.loads(pickle.dumps(record)) == record
    assert copy.copy(record) == record
    assert copy.deepcopy(record) == record


def test_methods_that_a_class_states_stay() -> None:
    assert Parent("A") == Parent("a")
    assert hash(Parent("A")) == 7
    with pytest.raises(ValueError, match="a name is needed"):
        Parent("")
    assert Child("a", 1) != Child("A", 2)
    assert repr(Child("a")) == "Child(name='a', size=0)"


def test_records_within_themselves_can_be_shown_and_equal_values_that_differ_from_themselves_are_equal() -> None:
    inside: list[object] = []
    record = One(inside)
    inside.append(record)
    assert repr(record) == "One(value=[...])"
    assert One(number := float("nan")) == One(number)
