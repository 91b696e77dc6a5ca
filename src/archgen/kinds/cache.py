"""An in-memory cache."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from archgen.model.base import Line, Port, Version
from archgen.model.component import Component, Member
from archgen.model.traits import Traits


class Cache(Component):
    """Keeps data in memory, in Redis, Valkey, Memcached or a compatible store."""

    label = "Cache"
    used_to = "store"
    inherent = Traits(stateful=True, keeps_data=True, copies="replicas + 1", port="port")
    aliases = ("Redis", "Memcached", "in-memory store")
    usual_placement = "data"
    data_store = True
    engine_version: Version | None = None
    """The version of the engine, in quotes."""
    size: Line | None = None
    """The node type, for products that are sized by node type."""
    memory_gib: Annotated[int, Field(ge=1, le=300)] | None = None
    """The memory in GiB, for products that are sized by memory."""
    replicas: Annotated[int, Field(ge=0, le=5)] = 0
    """The number of replicas in addition to the primary, each in another zone as far as there are zones."""
    encrypted_in_transit: bool = True
    port: Port = 6379

    def members(self, zones: int, cloud: str) -> Iterator[Member]:
        """The primary in the first zone and replicas in the others."""
        yield Member("primary", 0, "primary" if self.replicas else "", primary=True)
        for replica in range(min(self.replicas, zones - 1)):
            yield Member(f"replica-{replica + 1}", replica + 1, "replica")
