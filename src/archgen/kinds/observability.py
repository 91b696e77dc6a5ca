"""Where metrics, logs and traces go."""

from typing import Literal

from archgen.kinds.base import Component
from archgen.model.base import Listed


class Observability(Component):
    """Collects signals and alerts on them."""

    label = "Observability"
    signals: Listed[Literal["metrics", "logs", "traces", "profiles"]] = ()
