"""Axes, conditions and `--at`."""

from __future__ import annotations

import pytest

from archgen.model.coordinate import Axes, BadConditionError, Coordinate, axes_of


@pytest.fixture
def axes() -> Axes:
    return axes_of(
        [("aws", "ready"), ("gcp", "primary")], [("dev", "growth"), ("prod", "")], ["mvp", "growth", "scale"]
    )


def test_every_combination_is_a_coordinate(axes: Axes) -> None:
    assert len(axes.all) == 12
    assert axes.all[0] == Coordinate("aws", "dev", "mvp")


def test_the_default_is_the_primary_cloud_the_last_environment_and_its_phase(axes: Axes) -> None:
    assert axes.default == Coordinate("gcp", "prod", "mvp")
    assert axes.stands("aws", "dev") == Coordinate("aws", "dev", "growth")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("aws", 6),
        ("dev | prod", 12),
        ("growth", 8),
        ("scale", 4),
        ("aws & prod & growth", 2),
        ("gcp & dev", 3),
        ("mvp", 12),
        ("before growth", 4),
        ("before scale", 8),
        ("growth & before scale", 4),
        ("aws & prod & growth & before scale", 1),
        ("before growth | scale", 8),
    ],
)
def test_where_conditions_hold(axes: Axes, text: str, count: int) -> None:
    assert axes.condition(text).mask.bit_count() == count


@pytest.mark.parametrize(
    "text", ["azure", "aws & azure", "prod & aws", "aws & aws", "aws | prod", "", "aws &", "growth & prod", "before"]
)
def test_bad_conditions(axes: Axes, text: str) -> None:
    with pytest.raises(BadConditionError):
        axes.condition(text)


@pytest.mark.parametrize(
    ("text", "message", "help_"),
    [
        ("prod & dev", "requires more than one environment", "use `|` for alternatives: 'prod | dev'"),
        ("growth & scale", "requires more than one phase", "a phase includes all later phases; use only one"),
        ("growth & prod & aws", "are not in order", "write cloud, then environment, then phase: 'aws & prod & growth'"),
        ("aws | prod", "mixes a cloud and an environment", "use `|` between alternatives of the same kind"),
        ("before aws", "'aws' is not a phase", "use one of: growth, mvp, scale"),
        ("aws & before groth", "'groth' in the condition", "did you mean 'growth'?"),
        (
            "before scale & growth",
            "are not in order",
            "write cloud, then environment, then phase: 'growth & before scale'",
        ),
        ("before growth & before scale", "more than one `before`", "use only one: the earliest"),
        ("prod | before scale", "mixes an environment and a phase", "use `|` between alternatives"),
    ],
)
def test_a_bad_condition_says_what_is_wrong_and_what_to_write(axes: Axes, text: str, message: str, help_: str) -> None:
    with pytest.raises(BadConditionError, match=message) as caught:
        axes.condition(text)
    assert caught.value.help.startswith(help_)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("before mvp", "'before mvp' never holds: 'mvp' is the first phase"),
        ("aws & before mvp", "'before mvp' in the condition 'aws & before mvp' never holds"),
        ("scale & before growth", "the condition 'scale & before growth' never holds"),
        ("growth & before growth", "never holds"),
    ],
)
def test_a_condition_that_never_holds_is_an_error_of_its_own(axes: Axes, text: str, message: str) -> None:
    with pytest.raises(BadConditionError, match=message) as caught:
        axes.condition(text)
    assert caught.value.code == "ARC-C005"


def test_what_holds_before_a_phase_and_from_it_on_is_everywhere_once(axes: Axes) -> None:
    before, from_it_on = axes.condition("before scale").mask, axes.condition("scale").mask
    assert before & from_it_on == 0
    assert before | from_it_on == axes.everywhere


def test_describe_is_the_inverse_of_condition(axes: Axes) -> None:
    middle = ("before growth", "before scale", "growth & before scale", "aws & before growth | scale")
    for text in ("aws", "prod", "growth", "aws & prod", "gcp & dev & scale", *middle):
        assert axes.describe(axes.condition(text).mask) == text


@pytest.mark.parametrize(
    ("text", "coordinate"),
    [
        ("aws,prod,growth", Coordinate("aws", "prod", "growth")),
        ("growth,aws", Coordinate("aws", "prod", "growth")),
        ("dev", Coordinate("gcp", "dev", "growth")),
        ("aws", Coordinate("aws", "prod", "mvp")),
    ],
)
def test_at(axes: Axes, text: str, coordinate: Coordinate) -> None:
    assert axes.parse_at(text) == coordinate


@pytest.mark.parametrize("text", ["azure", "aws,gcp", "aws,,prod", ""])
def test_bad_at(axes: Axes, text: str) -> None:
    with pytest.raises(BadConditionError):
        axes.parse_at(text)


def test_a_model_without_phases_has_one() -> None:
    axes = axes_of([("aws", "")], [("live", "")], [])
    assert [str(c) for c in axes.all] == ["aws, live"]


def test_sets_in_words(axes: Axes) -> None:
    def words(*conditions: str) -> list[str]:
        mask = 0
        for condition in conditions:
            mask |= axes.condition(condition).mask
        return axes.cover(mask)

    assert words("mvp") == ["everywhere"]
    assert words("aws & growth") == ["aws & growth"]
    assert words("dev | prod") == ["everywhere"]
    assert words("aws & growth", "gcp & dev") == ["aws & growth", "gcp & dev"]
    assert axes.cover(axes.everywhere & ~axes.condition("aws & scale").mask) == ["aws & before scale", "gcp"]


def test_sets_in_words_are_conditions_that_hold_at_exactly_that_set() -> None:
    axes = axes_of([("aws", ""), ("gcp", "")], [("dev", "")], ["a", "b", "c", "d", "e"])
    for mask in range(1, axes.everywhere):
        covered = 0
        for text in axes.cover(mask):
            part = axes.condition(text).mask
            assert not covered & part
            covered |= part
        assert covered == mask
