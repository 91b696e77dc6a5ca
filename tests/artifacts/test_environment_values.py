"""Values of several environments: what differs is shown for each, what is equal once, what is long below the table."""

from __future__ import annotations

from archgen.artifacts._environment_values import ABSENT, MOST_PARTS, cell_text, long_values, value_rows


def rows(*values: object) -> list[tuple[str, tuple[object, ...], bool]]:
    return [(row.name, row.values, row.varies) for row in value_rows("tags", values)]


def test_equal_values_are_one_row() -> None:
    assert rows({"a": 1}, {"a": 1}) == [("tags", ({"a": 1}, {"a": 1}), False)]


def test_only_the_parts_of_a_mapping_that_differ_are_rows_and_the_rest_is_one() -> None:
    found = rows({"env": "dev", "by": "x", "in": {"a": 1, "b": 2}}, {"env": "prod", "by": "x", "in": {"a": 1, "b": 3}})
    assert found == [
        ("tags.env", ("dev", "prod"), True),
        ("tags.in.b", (2, 3), True),
        ("tags.in", ({"a": 1}, {"a": 1}), False),
        ("tags", ({"by": "x"}, {"by": "x"}), False),
    ]


def test_a_part_that_an_environment_lacks_differs() -> None:
    assert rows({"a": 1, "b": 2}, {"b": 2}) == [("tags.a", (1, ABSENT), True), ("tags", ({"b": 2}, {"b": 2}), False)]
    assert cell_text(ABSENT) == "—"


def test_a_mapping_that_differs_in_many_parts_and_an_absent_one_stay_whole() -> None:
    one, other = ({str(n): (n, where) for n in range(MOST_PARTS + 1)} for where in ("here", "there"))
    assert [row[0] for row in rows(one, other)] == ["tags"]
    assert rows({"a": 1}, ABSENT) == [("tags", ({"a": 1}, ABSENT), True)]


def test_long_values_are_counted_in_the_cell_and_shown_once_for_the_environments_that_share_them() -> None:
    long, other = [f"a long value, number {n}" for n in range(5)], [f"another value, number {n}" for n in range(4)]
    assert [cell_text(value) for value in (long, ["a"], "text")] == ["5 entries (below)", '["a"]', "text"]
    (row,) = value_rows("names", [long, long, other, ["a"]])
    shown = list(long_values([row], ["Dev", "Stage", "Prod", "Lab"]))
    assert [(one["name"], one["where"]) for one in shown] == [("names", "Dev, Stage"), ("names", "Prod")]
    assert shown[0]["json"].startswith('[\n  "a long value')
    (same,) = value_rows("names", [long, long])
    assert [one["where"] for one in long_values([same], ["Dev", "Prod"])] == [""]
