"""A pool of database connections."""

from archgen.model.component import Component


class DatabaseProxy(Component):
    """Keeps few connections to a database for many clients."""

    label = "Database proxy"
    aliases = ("connection pool", "pgbouncer")
    usual_placement = "data"
    require_tls: bool = True
