"""A pipeline that tests and builds."""

from typing import Literal

from archgen.model.base import Entity, Line, Listed, ProductId
from archgen.model.component import OUTSIDE, Component
from archgen.model.traits import Traits


class SupplyChain(Entity):
    """What is recorded about an image. Each value is a product of the catalog."""

    sbom: ProductId | None = None
    """The product that creates the bill of materials."""
    signing: ProductId | None = None
    """The product that signs images."""
    provenance: ProductId | None = None
    """The standard for recording how an image was built."""


class CiPipeline(Component):
    """Turns commits into tested, signed images."""

    label = "CI pipeline"
    used_to = "deliver"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("CI", "build server")
    usual_placement = OUTSIDE
    jobs: Listed[Line] = ()
    """Its jobs, in order."""
    paths: Listed[Line] = ()
    """The files whose changes start it, as patterns; without them, every change does."""
    ignored_paths: Listed[Line] = ()
    """The files whose changes do not start it, as patterns."""
    size: Line | None = None
    """The size of the machine that runs it, by the cloud's name for it."""
    image: Line | None = None
    """The image that its jobs run in."""
    publishes: Literal["helm", "kustomize"] | None = None
    """The versioned artifact for delivery that it creates in addition to images."""
    caching: bool = True
    """Whether image layers are cached between runs."""
    supply_chain: SupplyChain = SupplyChain()
