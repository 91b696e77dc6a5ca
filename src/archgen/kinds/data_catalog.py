"""A data catalog."""

from typing import Annotated

from pydantic import Field

from archgen.model.base import ComponentId, Listed
from archgen.model.component import Component
from archgen.model.traits import Traits


class DataCatalog(Component):
    """Describes which data exists, where it is, in which form, and who may use it."""

    label = "Data catalog"
    used_to = "analyze"
    inherent = Traits(stateful=True, keeps_data=True)
    aliases = ("metadata store", "metastore", "data governance", "schema registry", "lineage")
    describes: Listed[ComponentId] = ()
    """The stores whose data it describes."""
    crawled_every_hours: Annotated[int, Field(ge=1, le=8760)] | None = None
    """How often it looks for new data, in hours."""
    column_permissions: bool | None = None
    """Whether it grants access to single columns."""
