"""Delivery: from a commit to a running pod, and from one environment to the next."""

from __future__ import annotations

import itertools
from dataclasses import replace

from archgen.analysis.grouping import by_runtime
from archgen.draw.graph import Edge, Graph, Group, Icon, Node
from archgen.kinds.ci_pipeline import CiPipeline
from archgen.kinds.gitops import Gitops
from archgen.kinds.registry import Registry
from archgen.kinds.repository import Repository
from archgen.kinds.service import Service
from archgen.kinds.static_site import StaticSite
from archgen.model.architecture import Architecture
from archgen.views._groups import calls_between, grouped, picture
from archgen.views._left_out import with_left_out

TITLE = "Delivery"
QUESTION = "How does a commit become a running pod, and how does it reach production?"
ORDER = 60
PART = ("components",)


def view(architecture: Architecture, horizon: Architecture) -> Graph:
    """Repositories, pipelines, what they call, and the order of promotion."""
    a = architecture
    makers = [name for name, c in a.components.items() if isinstance(c, (Repository, CiPipeline, Gitops))]
    names = list(dict.fromkeys([*makers, *(target for name in makers for target in a.called_by(name))]))
    parts = grouped(a, a, names, by_runtime)
    edges = list(calls_between(a, a, names, why=True, keep=lambda c: c.tail in makers))
    pulls = {name for name in makers if isinstance(a.components[name], Gitops)}
    outside_cluster = {name for name in names if not a.components[name].runs_on}
    edges = [replace(e, against=True) if e.tail in pulls and e.head in outside_cluster else e for e in edges]
    controllers = [c for c in a.components.values() if isinstance(c, Gitops) and c.promotion]
    if controllers and len(a.document.environments) > 1:
        parts.append(_promotion(a))
        order = list(a.document.environments)
        how = f"by {controllers[0].promotion}"
        edges += [
            Edge(f"promote-{one}", f"stage-{one}", f"stage-{other}", how if n == 0 else "", "promotion")
            for n, (one, other) in enumerate(itertools.pairwise(order))
        ]
    described = (
        f"The pipeline on {a.facts.full_name}: what is built, where it is stored, and what deploys it to the cluster. "
        "Only repositories, pipelines and what these have connections to are drawn."
    )
    graph = picture("delivery", TITLE, described, a, parts if makers else [], edges if makers else [])
    products = [name for name, c in a.components.items() if isinstance(c, (Registry, Service, StaticSite))]
    reason = "no connection of a repository or a pipeline leads there"
    return with_left_out(graph, dict.fromkeys(a.components, a), dict.fromkeys(products, reason))


def _promotion(a: Architecture) -> Group:
    stages = tuple(
        Node(f"stage-{id_}", environment.name, Icon(tile=id_[:5], category="compute"), page="environments")
        for id_, environment in a.document.environments.items()
    )
    return Group("promotion", "Promotion", "generic", stages)
