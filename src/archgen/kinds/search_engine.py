"""A search engine."""

from typing import Annotated

from pydantic import Field

from archgen.model.base import Line, Port
from archgen.model.component import Component
from archgen.model.traits import Traits


class SearchEngine(Component):
    """Finds documents by words, fields or similarity."""

    label = "Search engine"
    used_to = "store"
    inherent = Traits(stateful=True, keeps_data=True, copies="nodes", port="port")
    aliases = ("full-text search", "OpenSearch", "Elasticsearch", "vector search", "index")
    data_store = True
    usual_placement = "data"
    engine_version: Line | None = None
    """The version of the engine."""
    size: Line | None = None
    """The size of a node or of the service, by the cloud's name for it."""
    nodes: Annotated[int, Field(ge=1, le=1000)] | None = None
    """The number of data nodes."""
    dedicated_managers: Annotated[int, Field(ge=0, le=9)] | None = None
    """The number of nodes that only manage the cluster."""
    storage_gib: Annotated[int, Field(ge=1, le=1048576)] | None = None
    """The storage of a node in GiB."""
    replicas: Annotated[int, Field(ge=0, le=20)] | None = None
    """The number of copies of each index in addition to the first."""
    public_access: bool | None = None
    """Whether it can be reached from the internet."""
    port: Port | None = None
    """The port that it listens on."""
