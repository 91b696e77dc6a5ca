"""The page of single points of failure: parts with one copy, zones, regions, accounts, clouds, and the accounts of people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from archgen.analysis.failure import Impact, is_own_service, of_cloud, of_component, outlives, zone_impacts
from archgen.analysis.single_points import kept_components, lost_homes, lost_parts, lost_regions, lost_sites
from archgen.artifacts._families import LAST
from archgen.artifacts._where import where_in_words
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.kinds.single_sign_on import SingleSignOn
from archgen.model.architecture import Architecture
from archgen.model.coordinate import Coordinate
from archgen.model.wording import MISSING

WITHOUT_PICTURES = True  # so these files can be made while pictures are drawn

LONGEST_LIST = 8  # titles; what most parts of a model have in common is said by naming the others
MOST_TITLES = 60  # of a list in the table; without a limit, the rows of a long chain would fill a page with its square
Losses = Callable[[Architecture], Iterable[tuple[str, Impact]]]


class LostTitles(NamedTuple):
    """What a loss does, in titles of components and flows. What only may happen is in `unknown` and the fields after it.

    If most parts stop, `most` is true and `stops` has the other parts, so that the list is short.
    """

    most: bool
    stops: tuple[str, ...]
    waits: tuple[str, ...]
    limited: tuple[str, ...]
    cut_off: tuple[str, ...]
    flows: tuple[str, ...]
    unknown: tuple[str, ...]
    may_stop: tuple[str, ...]
    may_break: tuple[str, ...]


class LostPart(NamedTuple):
    """A part that can be lost: its name and page, and a detail such as the reason why it is one."""

    name: str
    page: str
    detail: str
    effects: LostTitles


def emit(context: Context) -> Emitted:
    """One page, about all coordinates. Parts that do the same at several coordinates share a row."""
    page = context.page(
        "single-points",
        "single_points.md",
        Nav("Operate", "Single points of failure", LAST + 11),
        ("components",),
        today=[_today(a) for cloud in context.axes.clouds for a in context.today(cloud)],
        parts=_rows(context, _single_copies),
        unknown=_rows(context, _unknown_copies),
        zones=_rows(context, lambda a: _places(a, zone_impacts)),
        regions=_rows(context, lambda a: _places(a, lost_regions)),
        accounts=_rows(context, lambda a: _places(a, lost_homes)),
        sites=_rows(context, lambda a: _places(a, lost_sites)),
        providers=_rows(context, lambda a: (LostPart(a.facts.full_name, "", "", _effects(a, of_cloud(a))),)),
        others=_rows(context, lambda a: _systems_outside(a, own=False)),
        services=_rows(context, lambda a: _systems_outside(a, own=True)),
        sign_on=_rows(context, _sign_on),
        home=" or ".join(dict.fromkeys(facts.home for facts in context.resolved.clouds.values())),
        clouds=[context.resolved.standing(cloud, context.axes.environments[-1]) for cloud in context.axes.clouds],
    )
    return [page], []


# -- today ---------------------------------------------------------------------------------------------


def _today(a: Architecture) -> dict[str, Any]:
    """How an environment is today: what one loss of each sort does, and the numbers of parts."""
    kept = [kept.copies for _name, kept in kept_components(a)]
    return {
        "name": f"{a.facts.name} {a.environment.name}",
        "zone": _answer(zone_impacts(a)),
        "region": _answer(lost_regions(a)),
        "account": _answer(lost_homes(a)),
        "one": kept.count("one"),
        "unknown": kept.count("unknown"),
    }


def _answer(losses: Iterable[tuple[str, Impact]]) -> str:
    """Whether everything goes on when one of these is lost, in words."""
    impacts = dict(losses)
    if not impacts:
        return MISSING
    fatal = [name for name, impact in impacts.items() if impact.stays_down]
    if fatal:
        return f"something stops: {', '.join(fatal)}"
    waiting = [name for name, impact in impacts.items() if impact.after_failover]
    if waiting:
        return f"something stops until a failover: {', '.join(waiting)}"
    harmful = [name for name, impact in impacts.items() if impact.cut_off or impact.flows]
    if harmful:
        return f"people are cut off or flows break: {', '.join(harmful)}"
    unknown = {name for impact in impacts.values() for name in impact.unknown}
    if any(outlives(impact).truth == "unknown" for impact in impacts.values()):
        return f"nothing stops for certain; not known for {len(unknown)} part{'s' * (len(unknown) > 1)}"
    return "nothing stops"


# -- what can be lost ----------------------------------------------------------------------------------


def _places(a: Architecture, losses: Losses) -> Iterator[LostPart]:
    return (LostPart(name, "", "", _effects(a, impact)) for name, impact in losses(a))


def _single_copies(a: Architecture) -> Iterator[LostPart]:
    for name, kept, impact in lost_parts(a, "one"):
        why = "all copies in one zone" if kept.zone else "one copy"
        why += f"; passive in {', '.join(kept.passive)}" if kept.passive else ""
        yield LostPart(a.components[name].title, f"components/{name}", why, _effects(a, impact, name))


def _unknown_copies(a: Architecture) -> Iterator[LostPart]:
    for name, kept, impact in lost_parts(a, "unknown"):
        what = "; ".join(lack.what for lack in kept.lacks)
        yield LostPart(a.components[name].title, f"components/{name}", what, _effects(a, impact, name))


def _systems_outside(a: Architecture, *, own: bool) -> Iterator[LostPart]:
    """The systems that the model places outside, whose copies it does not know: services of the cloud itself, or the others."""
    for name, _kept, impact in lost_parts(a, "outside"):
        if is_own_service(a, a.components[name]) != own:
            continue
        product = a.product(a.components[name])
        yield LostPart(
            a.components[name].title, f"components/{name}", product.name if product else "", _effects(a, impact, name)
        )


def _sign_on(a: Architecture) -> Iterator[LostPart]:
    """What the accounts of people depend on, with how people get in without it."""
    for name, sign_on in a.of_kind(SingleSignOn):
        provider = (
            f"accounts in {sign_on.identity_provider}"
            if sign_on.identity_provider
            else "where accounts are is not stated"
        )
        effects = _effects(a, of_component(a, name), name)
        yield LostPart(sign_on.title, f"components/{name}", f"{provider}; {_way_without(a, name, sign_on)}", effects)


def _way_without(a: Architecture, name: str, sign_on: SingleSignOn) -> str:
    """How people get in while sign-on is down, as far as the model states it."""
    if not sign_on.break_glass:
        return "no emergency access"
    emergency = sign_on.emergency
    if emergency is None:
        if (
            a.tree.get(("components", name, "break_glass")) is None
        ):  # archgen assumes that there is, which proves nothing
            return "the model does not state whether there is emergency access"
        return "emergency access exists; the model does not state which accounts, and who holds them"
    holders = ", ".join(a.document.teams[team].name for team in emergency.holders)
    held = f"held by {holders}" if holders else "the model does not state who holds them"
    return f"emergency accounts {', '.join(emergency.accounts)}, {held}"


def _effects(a: Architecture, impact: Impact, itself: str = "") -> LostTitles:
    def titles(names: Iterable[str]) -> tuple[str, ...]:
        found = tuple(a.components[name].title for name in names if name != itself)
        more = len(found) - MOST_TITLES
        return (*found[:MOST_TITLES], f"and {more} more") if more > 0 else found

    def flows(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(a.document.flows[name].title for name in names)

    stopped = impact.stays_down
    not_sure = {*stopped, *impact.after_failover, *impact.unknown}
    stays = [name for name, component in a.components.items() if not component.person and name not in not_sure]
    most = len(stopped) > LONGEST_LIST and len(stopped) > len(stays)
    return LostTitles(
        most,
        titles(stays if most else stopped),
        titles(impact.after_failover),
        titles(impact.degraded) if itself else (),
        titles(impact.cut_off),
        (*flows(impact.flows), *(f"{title} (late)" for title in flows(impact.late))),
        titles(impact.unknown),
        titles(impact.may_stop),
        flows(impact.may_break),
    )


# -- rows ----------------------------------------------------------------------------------------------


def _rows(context: Context, losses: Callable[[Architecture], Iterable[LostPart]]) -> list[dict[str, Any]]:
    """A row for each part and its effects, with the coordinates at which it has them; parts that do the same there share a row."""
    at: dict[LostPart, list[Coordinate]] = {}
    for coordinate, a in context.resolved.architectures.items():
        for lost in losses(a):
            at.setdefault(lost, []).append(coordinate)
    parts: dict[tuple[str, str, LostTitles], list[LostPart]] = {}
    for lost, coordinates in at.items():
        parts.setdefault((_in_words(context, coordinates), lost.detail, lost.effects), []).append(lost)
    return [
        {"parts": same, "where": where, "detail": detail, **effects._asdict()}
        for (where, detail, effects), same in parts.items()
    ]


def _in_words(context: Context, where: Iterable[Coordinate]) -> str:
    """Coordinates as places, such as "AWS, Production"."""
    return "; ".join(where_in_words(context, sum(context.axes.bit(coordinate) for coordinate in where)))
