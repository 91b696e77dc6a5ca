"""The home page: a summary to read in a minute, with the high-level picture."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.analysis.availability import of_flow
from archgen.analysis.failure import single_points
from archgen.artifacts._pictures import pictures
from archgen.artifacts.addresses import HOME
from archgen.artifacts.base import Context, Emitted, Nav

FIGURES = 5


def emit(context: Context) -> Emitted:
    """The first page of the site."""
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
        numbers=list(_numbers(context))[:FIGURES],
    )
    return [page], []


def _numbers(context: Context) -> Iterator[dict[str, str]]:
    """Headline figures of the architecture, the most telling first, each with the page that has the details."""
    a, axes = context.default, context.axes
    last = a.environment.name
    yield _number(len(a.components), f"components in {last} today", "components/index")
    stands = f"environments on {len(axes.clouds)} clouds" if len(axes.clouds) > 1 else "environments"
    yield _number(len(axes.environments), stands, "environments")
    if len(a.zones) > 1:
        outlived = all(not impact.failed for _zone, impact in single_points(a))
        what = f"zones, {'any' if outlived else 'not every'} one of which may fail"
        yield _number(len(a.zones), what, "health#zones")
    promises = [of_flow(a, name) for name in a.document.flows]
    if promises and promises[0].parts:
        flow = next(iter(a.document.flows.values()))
        yield _number(f"{promises[0].percent:.1f}%", f"combined vendor SLA for: {flow.title}", "health#promises")
    objectives = [facts.rto_minutes for facts in a.document.runbooks.values() if facts.rto_minutes is not None]
    if objectives:
        yield _number(f"{max(objectives)} min", "at most to recover from a disaster", "runbooks/index")
    if a.environment.monthly_budget_usd:
        yield _number(
            f"${a.environment.monthly_budget_usd:,}",
            f"monthly budget of {last}",
            "costs" if context.document.costs else "environments",
        )
    yield _number(len(axes.all), "coordinates that this model describes", "environments")


def _number(value: object, what: str, page: str) -> dict[str, str]:
    return {"value": str(value), "what": what, "page": page}
