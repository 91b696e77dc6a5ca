"""Links to dashboards and consoles of each environment."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.artifacts.base import Context
from archgen.model.architecture import Architecture
from archgen.runbooks.ways import Ways, dashboard_address


def dashboard_links(context: Context, dashboard: str) -> list[dict[str, str]]:
    """Where a dashboard is in each environment that has it: the name of cloud and environment, and the address."""
    found = []
    for a in _last_first(context):
        stated = a.document.observability.dashboards.get(dashboard)
        address = dashboard_address(a, stated) if stated else None
        if address:
            found.append({"where": _where(context, a), "address": address})
    return found


def console_links(context: Context) -> list[dict[str, str]]:
    """The console of each environment, with the role for reading, where the model and the facts of the cloud say its address."""
    links = [(a, Ways(a).console()) for a in _last_first(context)]
    return [{"where": _where(context, a), "address": address} for a, address in links if address]


def _last_first(context: Context) -> Iterator[Architecture]:
    for cloud in context.axes.clouds:
        for environment in reversed(context.axes.environments):
            yield context.resolved.standing(cloud, environment)


def _where(context: Context, a: Architecture) -> str:
    return f"{a.facts.name}, {a.environment.name}" if len(context.axes.clouds) > 1 else a.environment.name
