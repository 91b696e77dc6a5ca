"""A pool of database connections."""

from archgen.model.component import Component


class DatabaseProxy(Component):
    """Pools the connections of many clients to a database."""

    label = "Database proxy"
    aliases = ("connection pool", "pgbouncer")
    usual_placement = "data"
    require_tls: bool = True
