"""A pipeline that tests and builds."""

from typing import Literal

from archgen.model.base import Entity, Line, Listed, ProductId
from archgen.model.component import OUTSIDE, Component


class SupplyChain(Entity):
    """What is known about an image beside its bytes. Each is made with a product of the catalog."""

    sbom: ProductId | None = None
    """What lists the contents of an image."""
    signing: ProductId | None = None
    """What signs images."""
    provenance: ProductId | None = None
    """The standard that says how an image was built."""


class CiPipeline(Component):
    """Turns commits into tested, signed images."""

    label = "CI pipeline"
    aliases = ("CI", "build server")
    usual_placement = OUTSIDE
    jobs: Listed[Line] = ()
    """Its jobs, in order."""
    publishes: Literal["helm", "kustomize"] | None = None
    """What it makes for delivery beside images, with a version of its own."""
    caching: bool = True
    """Whether layers of images are kept between runs."""
    supply_chain: SupplyChain = SupplyChain()
