"""The style sheet: colors that can be read, and each environment in its color."""

from __future__ import annotations

import re
from types import SimpleNamespace as Named

import pytest

from archgen.artifacts._environment_colors import color_classes, with_colors
from archgen.artifacts._picture_colors import with_dark_colors
from archgen.draw.style import PAGE
from conftest import ROOT

LOOK = (ROOT / "templates" / "assets" / "look.css").read_text(encoding="utf-8")
ENVIRONMENTS = {
    "dev": Named(name="Dev", production=False),
    "qa": Named(name="Q*A", production=False),
    "eu": Named(name="EU", production=True),
    "us": Named(name="US", production=True),
}
PLAIN = ("ink", "quiet", "link", "hover")


def colors(scheme: str) -> dict[str, str]:
    """The colors of a scheme, by name."""
    block = LOOK.split(f'[data-md-color-scheme="{scheme}"] {{')[1].split("}")[0]
    return dict(re.findall(r"--ag-([\w-]+): (#[0-9a-f]{6})", block))


def luminance(color: str) -> float:
    """The relative luminance of WCAG."""
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["default", "slate"])
def test_texts_can_be_read_on_pages_and_on_surfaces(scheme: str) -> None:
    stated = colors(scheme)
    texts = {name: color for name, color in stated.items() if name in PLAIN or name.startswith("env-")}
    assert len(texts) == len(PLAIN) + 7
    for ground in (PAGE[scheme == "slate"], stated["surface"]):
        assert {name: color for name, color in texts.items() if contrast(color, ground) < 4.5} == {}
    assert contrast("#ffffff", stated["bar"]) > 7
    assert contrast(stated["mark"], stated["bar"]) > 3  # a line, not a text


def test_both_schemes_have_the_same_colors() -> None:
    assert colors("default").keys() == colors("slate").keys()


def test_environments_have_different_classes_and_production_is_told_apart() -> None:
    classes = color_classes(ENVIRONMENTS)  # type: ignore[arg-type]
    assert classes == {"dev": "ag-env-1", "qa": "ag-env-2", "eu": "ag-env-production", "us": "ag-env-production-2"}
    assert all(f".{name} {{" in LOOK for name in classes.values())
    many = {str(n): Named(name=str(n), production=False) for n in range(7)}
    assert all(f".{name} {{" in LOOK for name in color_classes(many).values())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("| What | Dev | AWS EU | US in x&#45;1 |\n| --- | --- | --- | --- |", ["Dev", "AWS EU", "US in x&#45;1"]),
        ("| Q&#42;A | Device |\n| --- | --- |\n| Dev | Dev |", ["Q&#42;A"]),
        ("| Environment | What |\n| --- | --- |\n| Dev | Dev |\n| other | EU |\n\n| Dev | x |", ["Dev"]),
        ("| Environment |\n| --- |\n| EU (serves customers) |", ["EU (serves customers)"]),
        ('    === "EU"\n', ["EU"]),
        ('=== "AWS"\n\nDev runs in EU.', []),
    ],
)
def test_names_of_environments_are_marked_where_they_head_something(text: str, marked: list[str]) -> None:
    colored = with_colors(text, ENVIRONMENTS, ["AWS"])  # type: ignore[arg-type]
    assert re.findall(r"<span class=[\"']ag-env ag-env-[\w-]+[\"']>(.*?)</span>", colored) == marked
    assert re.sub(r"</?span[^>]*>", "", colored) == text


def test_a_picture_in_a_file_has_the_dark_colors_of_what_it_shows() -> None:
    picture = '<svg class="ag ag-aws">\n<desc>x</desc>\n<text class="ag-label">a</text>\n</svg>'
    rules = """
:root.ag .ag-label,
:root.ag .ag-title { fill: #fff; }
:root.ag .ag-context :is(.ag-label, .ag-letters) { fill: #eee; }
:root.ag :is(.ag-label, .ag-letters) { fill: #ddd; }
"""
    made = with_dark_colors(picture, rules)
    assert ":root.ag .ag-label { fill: #fff; }\n:root.ag :is(.ag-label, .ag-letters) { fill: #ddd; }\n}" in made
    assert "ag-title" not in made
    assert "ag-context" not in made
    assert made.replace(made[made.index("<style>") : made.index("</style>\n") + 9], "") == picture
