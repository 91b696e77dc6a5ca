"""What a check of a project's own rule accepts, and how it describes a value that it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from archgen.model.policy import Check, value_problem


@pytest.mark.parametrize(
    ("value", "wanted", "problem"),
    [
        (3, {"at_least": 3, "at_most": 3}, None),
        (2, {"at_least": 3}, "is 2, less than 3"),
        (4, {"at_most": 3}, "is 4, more than 3"),
        ("many", {"at_least": 3}, "is many, which is not a number"),
        ("many", {"at_most": 3}, "is many, which is not a number"),
        (True, {"at_most": 3}, "is true, which is not a number"),
        (None, {"at_most": 3}, "is not set, which is not a number"),
        (("a", "b"), {"contains": "b"}, None),
        (("a", "b"), {"contains": "c"}, "does not contain c"),
        ("ab", {"contains": "a"}, "does not contain a"),
        ("Image store", {"matches": "Image*"}, None),
        ("Store", {"matches": "Image*"}, "is Store, which does not match Image*"),
        (1, {"matches": "*"}, "is 1, which does not match *"),
        (None, {"set": True}, "is not set"),
        (0, {"set": True}, None),
        (None, {"set": False}, None),
        (1, {"equals": True}, "is 1, not true"),
        (True, {"one_of": [1]}, "is true, not one of 1"),
        (1, {"none_of": [True]}, None),
    ],
)
def test_a_check_accepts_a_value_or_says_what_is_wrong(value: Any, wanted: dict[str, Any], problem: str | None) -> None:
    assert value_problem(value, Check.model_validate(wanted)) == problem
