"""The home page: a summary to read in a minute, with the high-level picture."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.analysis.availability import of_flow
from archgen.analysis.failure import of_region, outlives, zone_impacts
from archgen.analysis.regions import is_in_several_regions
from archgen.artifacts._pictures import pictures
from archgen.artifacts.addresses import HOME
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.model.answer import all_of
from archgen.model.architecture import Architecture

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
    stands = "environment" if len(axes.environments) == 1 else "environments"
    stands += f" on {len(axes.clouds)} clouds" if len(axes.clouds) > 1 else ""
    yield _number(len(axes.environments), stands, "environments")
    if is_in_several_regions(a):
        yield _number(len(a.regions), _regions(a), "health#regions")
    if (zones := sum(len(region.zones) for region in a.regions.values())) > 1:
        yield _number(zones, _zones(a), "health#zones")
    promises = [of_flow(a, name) for name in a.document.flows]
    if promises and promises[0].at_most is not None:
        flow = next(iter(a.document.flows.values()))
        what = f"combined vendor SLA for: {flow.title} ({promises[0].extent})"
        yield _number(promises[0].amount, what, "health#promises")
    objectives = [facts.rto_minutes for facts in a.document.runbooks.values() if facts.rto_minutes is not None]
    if objectives:
        stated = f"{len(objectives)} of {len(a.document.runbooks)} runbooks {'states' if len(objectives) == 1 else 'state'} one"
        yield _number(f"{max(objectives)} min", f"longest stated time to recover ({stated})", "runbooks/index")
    if a.environment.monthly_budget_usd:
        yield _number(
            f"${a.environment.monthly_budget_usd:,}",
            f"monthly budget of {last}",
            "costs" if context.document.costs else "environments",
        )
    described = "coordinate" if len(axes.all) == 1 else "coordinates"
    yield _number(len(axes.all), f"{described} that this model describes", "environments")


def _regions(a: Architecture) -> str:
    """What the loss of a region does, as the rest of "2 regions"."""
    impacts = [of_region(a, id_) for id_ in a.regions]
    if any(set(impact.failed) - impact.after_failover.keys() for impact in impacts):
        return "regions; if one of them fails, something stops"
    if any(impact.unknown for impact in impacts):
        return "regions; the model does not say whether everything goes on if one of them fails"
    waiting = any(impact.after_failover for impact in impacts)
    return f"regions; if one of them fails, {'something stops until a failover' if waiting else 'nothing stops'}"


def _zones(a: Architecture) -> str:
    """What is known about the loss of a zone, as the rest of "3 zones"."""
    impacts = [impact for _zone, impact in zone_impacts(a)]
    truth = all_of(outlives(impact) for impact in impacts).truth
    if truth != "unknown":
        return f"zones; if one of them fails, {'nothing stops for good' if truth == 'yes' else 'something stops'}"
    settled = sum(all(name not in impact.unknown for impact in impacts) for name in a.components)
    return f"zones; whether one may fail is known for {settled} of {len(a.components)} components"


def _number(value: object, what: str, page: str) -> dict[str, str]:
    return {"value": str(value), "what": what, "page": page}
