"""A query engine."""

from typing import Annotated

from pydantic import Field

from archgen.model.base import ComponentId, Line
from archgen.model.component import Component
from archgen.model.traits import Traits


class QueryEngine(Component):
    """Answers SQL queries over files and other stores, without keeping the data itself."""

    label = "Query engine"
    used_to = "analyze"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("SQL on files", "federated query", "Athena", "Trino", "Presto")
    scan_limit_gib: Annotated[int, Field(ge=1, le=1048576)] | None = None
    """The amount of data that one query may read, in GiB."""
    enforced: bool | None = None
    """Whether clients cannot override these settings."""
    metrics: bool | None = None
    """Whether it reports metrics of queries."""
    results_in: ComponentId | None = None
    """Where results are stored."""
    catalog: ComponentId | None = None
    """The data catalog that describes the files."""
    engine_version: Line | None = None
    """The version of the engine."""
    size: Line | None = None
    """The size of its cluster or workers, for products that have one."""
