"""The home page: what the architecture is, its picture and main figures, what needs attention, and where environments are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archgen.analysis.availability import of_flow
from archgen.analysis.failure import of_region, of_zone, outlives
from archgen.analysis.regions import used_regions
from archgen.analysis.single_points import kept_components
from archgen.artifacts._due_dates import due_dates
from archgen.artifacts._pictures import pictures
from archgen.artifacts.addresses import HOME
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.diagnostics.report import visible
from archgen.model.answer import all_of
from archgen.model.architecture import Architecture

FIGURES = 4
NEXT_DATES = 4


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
        attention=list(_attention(context)),
        due=due_dates(context)[:NEXT_DATES],
        latest=[(day, visible(subject)) for day, subject in context.history.latest] if context.history else [],
    )
    return [page], []


def _numbers(context: Context) -> Iterator[dict[str, str]]:
    """Headline figures of the architecture, the most telling first, each with the page that has the details."""
    a, axes = context.default, context.axes
    last = a.environment.name
    promises = [of_flow(a, name) for name in a.document.flows]
    if promises and promises[0].at_most is not None:
        flow = next(iter(a.document.flows.values()))
        what = f"combined vendor SLA for: {flow.title} ({promises[0].extent})"
        yield _number(promises[0].amount, what, "health#promises")
    objectives = [facts.rto_minutes for facts in a.document.runbooks.values() if facts.rto_minutes is not None]
    if objectives:
        stated = f"{len(objectives)} of {len(a.document.runbooks)} runbooks {'states' if len(objectives) == 1 else 'state'} one"
        yield _number(f"{max(objectives)} min", f"longest stated time to recover ({stated})", "runbooks/index")
    regions = used_regions(a)
    if len(regions) > 1:
        yield _number(len(regions), _regions(a, regions), "single-points#regions")
    if (zones := sum(len(a.regions[id_].zones) for id_ in regions)) > 1:
        yield _number(zones, _zones(a, regions), "single-points#zones")
    if a.environment.monthly_budget_usd:
        yield _number(
            f"${a.environment.monthly_budget_usd:,}",
            f"monthly budget of {last}",
            "costs" if context.document.costs else "environments",
        )
    yield _number(len(a.components), f"components in {last} today", "components/index")
    stands = "environment" if len(axes.environments) == 1 else "environments"
    stands += f" on {len(axes.clouds)} clouds" if len(axes.clouds) > 1 else ""
    yield _number(len(axes.environments), stands, "environments")
    described = "coordinate" if len(axes.all) == 1 else "coordinates"
    yield _number(len(axes.all), f"{described} that this model describes", "environments")


def _attention(context: Context) -> Iterator[dict[str, str]]:
    """What needs attention, each with a number and the page that has the details; what is zero is left out."""
    judged = context.judgment
    a = context.default
    where = f"{a.facts.name} {a.environment.name}" if len(context.axes.clouds) > 1 else a.environment.name
    kept = [kept.copies for _name, kept in kept_components(a)]
    rows = (
        (len(judged.findings), "finding of the rules", "findings of the rules", "health#findings"),
        (len(judged.waived), "finding accepted for a while", "findings accepted for a while", "health#waivers"),
        (len(judged.missing), "fact that rules need and the model does not state",
         "facts that rules need and the model does not state", "health#unknown"),
        (kept.count("one"), f"part with one copy in {where}", f"parts with one copy in {where}", "single-points#components"),
        (kept.count("unknown"), f"part of which the copies are not known in {where}",
         f"parts of which the copies are not known in {where}", "single-points#unknown"),
    )  # fmt: skip
    yield from (_number(count, one if count == 1 else several, page) for count, one, several, page in rows if count)


def _regions(a: Architecture, regions: Iterable[str]) -> str:
    """What the loss of one of the regions does, as the rest of "2 regions"."""
    impacts = [of_region(a, id_) for id_ in regions]
    if any(impact.stays_down for impact in impacts):
        return "regions; if one of them fails, something stops"
    if any(impact.after_failover for impact in impacts):
        return "regions; if one of them fails, something stops until a failover"
    if any(impact.cut_off or impact.flows for impact in impacts):
        return "regions; if one of them fails, people are cut off or flows break"
    if any(impact.unknown for impact in impacts):
        return "regions; the model does not say whether everything goes on if one of them fails"
    return "regions; if one of them fails, nothing stops"


def _zones(a: Architecture, regions: list[str]) -> str:
    """What is known about the loss of a zone in one of the regions, as the rest of "3 zones"."""
    impacts = [of_zone(a, zone, id_) for id_ in regions for zone in a.regions[id_].zones]
    where = f"zones of {a.regions[regions[0]].name if len(regions) == 1 else f'{len(regions)} regions'}"
    truth = all_of(outlives(impact) for impact in impacts).truth
    if truth != "unknown":
        return f"{where}; if one of them fails, {'nothing stops for good' if truth == 'yes' else 'something stops'}"
    settled = sum(all(name not in impact.unknown for impact in impacts) for name in a.components)
    return f"{where}; whether one may fail is known for {settled} of {len(a.components)} components"


def _number(value: object, what: str, page: str) -> dict[str, str]:
    return {"value": str(value), "what": what, "page": page}
