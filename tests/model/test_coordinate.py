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
    ],
)
def test_where_conditions_hold(axes: Axes, text: str, count: int) -> None:
    assert axes.condition(text).mask.bit_count() == count


@pytest.mark.parametrize(
    "text", ["azure", "aws & azure", "prod & aws", "aws & aws", "aws | prod", "", "aws &", "growth & prod"]
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
    ],
)
def test_a_bad_condition_says_what_is_wrong_and_what_to_write(axes: Axes, text: str, message: str, help_: str) -> None:
    with pytest.raises(BadConditionError, match=message) as caught:
        axes.condition(text)
    assert caught.value.help.startswith(help_)


def test_describe_is_the_inverse_of_condition(axes: Axes) -> None:
    for text in ("aws", "prod", "growth", "aws & prod", "gcp & dev & scale"):
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
    for mask in range(1, axes.everywhere, 37):
        assert axes.cover(mask)
