"""A pool of database connections."""

from archgen.model.component import Component
from archgen.model.traits import Traits


class DatabaseProxy(Component):
    """Pools the connections of many clients to a database."""

    label = "Database proxy"
    used_to = "store"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("connection pool", "pgbouncer")
    usual_placement = "data"
    require_tls: bool = True
