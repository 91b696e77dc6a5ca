"""Views that a model declares without code: which components they show, and how these are grouped."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import CapabilityId, ComponentId, Entity, Id, Line, Listed, PlaceId, TeamId, Zone


class Selection(Entity):
    """A selection of components: those that match every key that is given, each with any of its values."""

    kinds: Listed[Id] = ()
    owners: Listed[TeamId] = ()
    capabilities: Listed[CapabilityId] = ()
    """Components that provide any of these."""
    places: Listed[PlaceId] = ()
    """`outside`, `edge`, `managed`, or tiers of the network."""
    zones: Listed[Zone] = ()
    """Components with an instance in any of these zones."""
    tags: Listed[Id] = ()
    components: Listed[ComponentId] = ()
    """Components to add by ID, regardless of the other keys."""
    neighbors_of: Listed[ComponentId] = ()
    """Components to add together with their callers and the components that they call."""
    distance: Annotated[int, Field(ge=1, le=5)] = 1
    """How many connections away a neighbor may be."""


class DeclaredView(Entity):
    """A diagram that this project defines."""

    title: Line
    question: Line = "What belongs together here?"
    """The question that it answers."""
    select: Selection
    group_by: Literal["place", "owner", "runtime", "none"] = "place"
    """The boxes around components: by placement, by owner, by the cluster that they run on, or none."""
    direction: Literal["right", "down"] = "right"
    """The main direction of arrows."""
