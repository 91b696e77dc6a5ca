"""The delivery page: images and their folders, the jobs in order, the supply chain, promotion and sync waves."""

from __future__ import annotations

from typing import Any

from archgen.artifacts._pictures import picture
from archgen.artifacts._tables import stacks, titles
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.kinds.ci_pipeline import CiPipeline
from archgen.kinds.gitops import Gitops


def emit(context: Context) -> Emitted:
    """One page; nothing if the model has neither images nor anything for the view `delivery`."""
    clouds = [
        _cloud(context, cloud) | {"picture": picture(context, "delivery", "delivery", cloud)}
        for cloud in context.axes.clouds
    ]
    if not context.document.images and "delivery" not in context.views:
        return [], []
    terraform = context.document.terraform
    page = context.page(
        "delivery",
        "delivery.md",
        Nav("Change", "Delivery", 0),
        ("images",) if context.document.images else ("components",),
        clouds=clouds,
        titles=titles(context),
        environments=[e.name for e in context.document.environments.values()],
        stacks=list(stacks(context).items()),
        folder=terraform.path if terraform else "",
    )
    return [page], []


def _cloud(context: Context, cloud: str) -> dict[str, Any]:
    a = context.resolved.standing(cloud, context.axes.environments[-1])
    products = context.catalog.products
    return {
        "name": a.facts.name,
        "pipelines": [
            {
                "id": name,
                "c": c,
                "product": a.product(c),
                "chain": [
                    (what, products[id_])
                    for what, id_ in (
                        ("bill of materials", c.supply_chain.sbom),
                        ("signature", c.supply_chain.signing),
                        ("provenance", c.supply_chain.provenance),
                    )
                    if id_
                ],
            }
            for name, c in a.components.items()
            if isinstance(c, CiPipeline)
        ],
        "controllers": [
            {"id": name, "c": c, "products": [products[id_] for id_ in a.products_of(c)]}
            for name, c in a.components.items()
            if isinstance(c, Gitops)
        ],
    }
