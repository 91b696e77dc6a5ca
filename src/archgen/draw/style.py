"""Colors and line styles by color scheme.

Those of clouds are in their facts: the vendors' conventions, adjusted as little as contrast requires. These colors are for lines and
areas; text has other colors, with a contrast of at least 4.5:1.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

from archgen.catalog.cloud_facts import cloud_bases
from archgen.draw.graph import Edge, Meaning
from archgen.records import dataclass

Scheme = Literal["light", "dark"]
SCHEMES: Mapping[Scheme, int] = {"light": 0, "dark": 1}  # index into pairs of colors


@dataclass(frozen=True, slots=True)
class Look:
    """The look of a group. `line` and `fill` are (light, dark) pairs, or None for nothing; `dash` is an SVG dash array."""

    line: tuple[str, str] | None
    fill: tuple[str, str] | None = None
    dash: str = ""
    icon: str | None = None
    width: float = 1.25


# (light, dark) pairs; PAGE is the background of the page.
PAGE = ("#ffffff", "#1e2129")
TEXT = ("#16191f", "#e9ebed")
NOTE = ("#4a5361", "#b6bec9")
EDGE = ("#545b64", "#b6bec9")
PLANNED = ("#566170", "#a3adba")

_OUTSIDE = Look(("#7d8998", "#7d8998"), dash="5 4")
# The blue of Kubernetes, on all clouds.
_CLUSTER = Look(("#326ce5", "#6b9bff"), width=1.5)
_NAMESPACE = Look(("#326ce5", "#6b9bff"), dash="4 3")

# How groups are drawn that no vendor has a style for, on all clouds.
_EVERYWHERE: Mapping[str, Look] = {"outside": _OUTSIDE, "cluster": _CLUSTER, "namespace": _NAMESPACE}


@cache
def looks(theme: str) -> Mapping[str, Look]:
    """The look of each style of groups on a cloud: the vendor's convention, from the cloud's facts, and the styles of all clouds."""
    stated = cloud_bases()[theme].looks if theme in cloud_bases() else {}
    return {**{style: Look(own.line, own.fill, own.dash, own.icon) for style, own in stated.items()}, **_EVERYWHERE}


_PLAIN = Look(("#7d8998", "#7d8998"))


@dataclass(frozen=True, slots=True)
class Mark:
    """The look of a change. Badge shape and line style distinguish changes even without color."""

    shape: Literal["circle", "square", "diamond"]
    line: tuple[str, str]
    dash: str
    width: float


CHANGES: dict[str, Mark] = {
    "added": Mark("circle", ("#1a6e0b", "#7bdc5f"), "", 2.25),
    "removed": Mark("square", ("#b0084d", "#ff8fbf"), "7 4", 1.75),
    "stopped": Mark("square", ("#b3261e", "#ff9c94"), "7 4", 2.25),
    "degraded": Mark("diamond", ("#8a5a00", "#e8b04a"), "2 3", 1.75),
    "unknown": Mark("circle", ("#545b64", "#b6bec9"), "2 3", 1.75),
    "changed": Mark("diamond", ("#7a4d00", "#ffc061"), "2 3", 1.75),
    "leaving": Mark("circle", ("#5f4b8b", "#c3b1f0"), "1 3", 1.75),
}
DASHES = "5 4"  # of what is planned, and of lines without a known meaning that a view draws dashed


@dataclass(frozen=True, slots=True)
class Stroke:
    """The look of a line: its SVG dash array and that in words, and what the line stands for."""

    dash: str
    words: str
    text: str


MEANINGS: Mapping[Meaning, Stroke] = {
    "event": Stroke("2 3", "dotted line", "event, the sender goes on"),
    "control": Stroke("8 3 2 3", "line of dashes and dots", "manages the other"),
    "instead": Stroke("11 3", "line of long dashes", "stands for other connections"),
    "copy": Stroke("8 3", "line of long dashes", "copy of the data"),
    "key": Stroke("8 3", "line of long dashes", "encrypts"),
    "route": Stroke("10 3 2 3 2 3", "line of dashes and pairs of dots", "way for traffic"),
}
"""The lines that are not requests."""
FADED = 0.6  # opacity of the icons of what is planned or removed
UNDER = 0.8  # opacity of the background of a label

# The color of the tile that replaces a missing icon: AWS's colors of categories, and the blue of Kubernetes.
CATEGORIES: dict[str, str] = {
    "compute": "#c45500",
    "database": "#a81cb0",
    "analytics": "#0b7285",
    "integration": "#a61e4d",
    "devtools": "#a81cb0",
    "storage": "#5a7a0f",
    "network": "#7a3ff0",
    "security": "#c7273f",
    "management": "#c4106a",
    "kubernetes": "#326ce5",
    "general": "#545b64",
}


def dash_of(edge: Edge) -> str:
    """The SVG dash array of an edge; empty for a solid line."""
    if edge.mark:
        return CHANGES[edge.mark].dash
    if edge.planned:
        return DASHES
    return MEANINGS[edge.meaning].dash if edge.meaning else DASHES if edge.dashed else ""


def width_of(edge: Edge) -> float:
    """The width of the line of an edge in pixels."""
    return CHANGES[edge.mark].width if edge.mark else 1.25


def look(theme: str, style: str) -> Look | None:
    """The look of a group; None for one that is not drawn."""
    if style == "none":
        return None
    return looks(theme).get(style, _PLAIN)
