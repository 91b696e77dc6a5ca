"""An in-memory cache."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from archgen.model.base import Line, Port, Version
from archgen.model.component import Component, Member


class Cache(Component):
    """A Redis-compatible cache."""

    label = "Cache"
    aliases = ("Redis", "Memcached", "in-memory store")
    stateful = True
    keeps_data = True
    usual_placement = "data"
    engine_version: Version | None = None
    """In quotes."""
    size: Line | None = None
    """Node type, where the cloud sells it by node type."""
    memory_gib: Annotated[int, Field(ge=1, le=300)] | None = None
    """Memory, where the cloud sells it by size."""
    replicas: Annotated[int, Field(ge=0, le=5)] = 0
    """Copies beside the primary, each in a further zone while there are zones."""
    encrypted_in_transit: bool = True
    port: Port = 6379

    def copies(self, zones: int) -> int:
        """The primary and the replicas that have a zone of their own."""
        return min(self.replicas + 1, zones)

    def members(self, zones: int, cloud: str) -> Iterator[Member]:
        """The primary in the first zone, replicas in the following ones."""
        yield Member("primary", 0, "primary" if self.replicas else "", primary=True)
        for replica in range(min(self.replicas, zones - 1)):
            yield Member(f"replica-{replica + 1}", replica + 1, "replica")
