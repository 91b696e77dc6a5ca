"""How groups look, per cloud and scheme: the vendors' own conventions, moved as little as contrast needs.

AWS: awslabs/aws-icons-for-plantuml v23, dist/Groups. Google Cloud: draw.io's Sidebar-GCP2, after Google's icon deck. Colours are
for lines and areas; text has colours of its own that keep 4.5:1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Scheme = Literal["light", "dark"]
SCHEMES: Mapping[Scheme, int] = {"light": 0, "dark": 1}  # which of a pair of colours


@dataclass(frozen=True, slots=True)
class Look:
    """One group's look. `line` and `fill` are (light, dark) pairs, None for nothing; `dash` an SVG dash array."""

    line: tuple[str, str] | None
    fill: tuple[str, str] | None = None
    dash: str = ""
    icon: str | None = None
    width: float = 1.25


# The page's own backgrounds, which text and lines must stand out from.
PAGE = ("#ffffff", "#1e2129")
TEXT = ("#16191f", "#e9ebed")
NOTE = ("#4a5361", "#b6bec9")
EDGE = ("#545b64", "#b6bec9")
TILE = ("none", "#f4f6f8")  # behind icons, since some are dark lines on nothing
PLANNED = ("#566170", "#a3adba")

_OUTSIDE = Look(("#7d8998", "#7d8998"), dash="5 4")
# Kubernetes' own blue, the same on both clouds.
_CLUSTER = Look(("#326ce5", "#6b9bff"), width=1.5)
_NAMESPACE = Look(("#326ce5", "#6b9bff"), dash="4 3")

LOOKS: dict[str, dict[str, Look]] = {
    "aws": {
        "cloud": Look(("#232f3e", "#d5dbdb")),
        "home": Look(("#e7157b", "#f0489b"), icon="aws.management.OrganizationsAccount"),
        "region": Look(("#00a4a6", "#00a4a6"), dash="2 3"),
        "network": Look(("#8c4fff", "#a87cff"), icon="aws.network.VPC"),
        "zone": Look(("#00a4a6", "#00a4a6"), dash="6 4"),
        "public-subnet": Look(("#7aa116", "#7aa116"), ("#f2f6e8", "#222b12"), icon="aws.network.PublicSubnet"),
        "private-subnet": Look(("#00a4a6", "#00a4a6"), ("#e6f6f7", "#10292b"), icon="aws.network.PrivateSubnet"),
        "edge": Look(("#7d8998", "#7d8998"), dash="5 4"),
        "generic": Look(("#7d8998", "#7d8998"), dash="5 4"),
        "outside": _OUTSIDE,
        "cluster": _CLUSTER,
        "namespace": _NAMESPACE,
    },
    "gcp": {
        "cloud": Look(("#4284f3", "#5b95f5")),
        "home": Look(None, ("#f6f6f6", "#272a33")),
        "region": Look(None, ("#eceff1", "#2f343e")),
        "network": Look(("#9aa0a6", "#7d848c"), ("#ffffff", "#23262e"), dash="2 3"),
        "zone": Look(None, ("#fff3e0", "#3d3426")),
        "public-subnet": Look(None, ("#e3f2fd", "#1f3142")),
        "private-subnet": Look(None, ("#ede7f6", "#332c45")),
        "edge": Look(None, ("#e3f2fd", "#1f3142")),
        "generic": Look(None, ("#e8f0fe", "#233047")),
        "outside": _OUTSIDE,
        "cluster": _CLUSTER,
        "namespace": _NAMESPACE,
    },
}
_PLAIN = Look(("#7d8998", "#7d8998"))


@dataclass(frozen=True, slots=True)
class Mark:
    """How a change looks: told apart by the shape of its badge and its line, and by colour only besides."""

    shape: Literal["circle", "square", "diamond"]
    line: tuple[str, str]
    dash: str
    width: float


CHANGES: dict[str, Mark] = {
    "added": Mark("circle", ("#1a6e0b", "#7bdc5f"), "", 2.25),
    "removed": Mark("square", ("#b0084d", "#ff8fbf"), "7 4", 1.75),
    "stopped": Mark("square", ("#b3261e", "#ff9c94"), "7 4", 2.25),
    "degraded": Mark("diamond", ("#8a5a00", "#e8b04a"), "2 3", 1.75),
    "changed": Mark("diamond", ("#7a4d00", "#ffc061"), "2 3", 1.75),
}
LEGEND = 30  # the height of a legend
UNDER = 0.8  # how opaque the ground of a label is

# The colour of a tile that stands in for a missing icon: AWS's colours of categories, and Kubernetes blue.
CATEGORIES: dict[str, str] = {
    "compute": "#c45500",
    "database": "#a81cb0",
    "devtools": "#a81cb0",
    "storage": "#5a7a0f",
    "network": "#7a3ff0",
    "security": "#c7273f",
    "management": "#c4106a",
    "kubernetes": "#326ce5",
    "general": "#545b64",
}


def look(theme: str, style: str) -> Look | None:
    """The look of a group; None for one that is not drawn."""
    if style == "none":
        return None
    return LOOKS.get(theme, {}).get(style, _PLAIN)
