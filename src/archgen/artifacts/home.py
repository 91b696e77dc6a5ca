"""The home page: what this is in a minute, with the high-level picture."""

from __future__ import annotations

from archgen.artifacts._pictures import pictures
from archgen.artifacts.base import HOME, Context, Emitted, Nav


def emit(context: Context) -> Emitted:
    """One page, the site's first."""
    document = context.document
    tabs = pictures(context, "context", HOME)
    environments = [
        {"name": a.environment.name, "purpose": a.environment.purpose, "phase": a.phase.name if a.phase else ""}
        for a in context.today(context.axes.primary)
    ]
    page = context.page(
        HOME,
        "home.md",
        Nav("Home", "Home", 0),
        ("summary",) if document.summary else (),
        tabs=tabs,
        environments=environments,
        purposes=any(row["purpose"] for row in environments),
        phases=bool(document.phases),
        clouds=[(context.resolved.standing(cloud, context.axes.environments[-1])) for cloud in context.axes.clouds],
        has_runbooks=bool(document.runbooks),
    )
    return [page], []
