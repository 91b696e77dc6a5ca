"""A destination for metrics, logs and traces."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import Listed
from archgen.model.component import Component
from archgen.model.traits import Traits


class Observability(Component):
    """Collects signals and alerts on them."""

    label = "Observability"
    used_to = "watch"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("monitoring", "metrics", "logs", "traces")
    alone = True
    signals: Listed[Literal["metrics", "logs", "traces", "profiles"]] = ()
    log_retention_days: Annotated[int, Field(ge=1, le=3653)] = 30
    """How long logs can be searched, in days; an archive may keep them longer."""
