"""Pictures that a model declares itself, without code: which components, and how they are grouped."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import CapabilityId, ComponentId, Entity, Id, Line, Listed, PlaceId, TeamId, Zone


class Selection(Entity):
    """Which components a view shows: those that meet every key that is given, each with any of its values."""

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
    """Components by id, whatever the other keys say."""
    neighbours_of: Listed[ComponentId] = ()
    """Components whose callers and callees are shown, with them."""
    distance: Annotated[int, Field(ge=1, le=5)] = 1
    """How many connections away a neighbour may be."""


class DeclaredView(Entity):
    """A picture of the project's own."""

    title: Line
    question: Line = "What belongs together here?"
    """What a reader learns from it."""
    select: Selection
    group_by: Literal["place", "owner", "runtime", "none"] = "place"
    """The boxes around components: where they are, who owns them, the cluster that they run on, or none."""
    direction: Literal["right", "down"] = "right"
    """Where arrows lead."""
