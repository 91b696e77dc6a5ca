"""Delivery to clusters from Git."""

from typing import Literal

from archgen.model.base import Line, Listed
from archgen.model.component import Component


class Gitops(Component):
    """Brings what Git says into a cluster."""

    label = "GitOps delivery"
    aliases = ("CD", "deployment")
    usual_placement = "app"
    promotion: Literal["branches", "tags"] | None = None
    """What moves a version on to the next environment."""
    watches: Line | None = None
    """What it follows."""
    sync_waves: Listed[Line] = ()
    """What is brought in first, and what after that."""
    rollout: Literal["rolling", "canary", "blue-green"] = "rolling"
    """How a new version replaces the old one."""
