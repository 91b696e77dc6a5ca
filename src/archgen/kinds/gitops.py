"""Delivery from Git to clusters."""

from typing import Literal

from archgen.model.base import Line, Listed
from archgen.model.component import Component
from archgen.model.traits import Traits


class Gitops(Component):
    """Applies the state in a Git repository to a cluster."""

    label = "GitOps delivery"
    used_to = "deliver"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("CD", "deployment")
    usual_placement = "app"
    promotion: Literal["branches", "tags"] | None = None
    """How a version is promoted to the next environment."""
    watches: Line | None = None
    """The repository, branch or path that it watches."""
    sync_waves: Listed[Line] = ()
    """The groups of resources that it applies, in order."""
    rollout: Literal["rolling", "canary", "blue-green"] = "rolling"
    """How a new version replaces the old one."""
