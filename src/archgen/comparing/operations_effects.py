"""What follows from a change for operations: availability, recovery, phases, the text of runbooks, and pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archgen.analysis.availability import Promise, of_flow
from archgen.analysis.changes import ChangedSetting, components
from archgen.analysis.failure import zone_impacts
from archgen.comparing.comparison import Difference
from archgen.comparing.effects import Effect, Way
from archgen.comparing.renames import Changes
from archgen.comparing.words import Words, code, listed_code, value_code
from archgen.diagnostics.diagnostic import dotted
from archgen.model.architecture import Architecture
from archgen.model.coordinate import Coordinate
from archgen.model.derived import once
from archgen.model.resolve import Resolved
from archgen.runbooks.procedures import read, steps
from archgen.runbooks.steps import FilledStep
from archgen.runbooks.text import as_text
from archgen.templating.render import TemplateFailure, Templates

# -- availability ----------------------------------------------------------------------------------------


def availability_effects(a: Architecture, b: Architecture, names: Mapping[str, str]) -> Iterator[Effect]:
    """The promised availability of flows that differs, and what the loss of a zone stops or no longer stops."""
    at = frozenset((b.coordinate,))
    for flow in b.document.flows:
        if flow in a.document.flows:
            one, other = (of_flow(x, flow) for x in (a, b))
            if one.amount != other.amount:
                words = (
                    "vendors' promise for the flow ",
                    code(flow),
                    f": {one.amount} → {other.amount}",
                    *_extents(one, other),
                )
                yield Effect("availability", words, _promise_way(one, other), at, (flow,))
    before, after = _stops(a), _stops(b)
    for zone in after:
        if zone not in before:
            continue
        was = {names.get(name, name) for name in before[zone]}
        if more := [name for name in after[zone] if name not in was]:
            yield Effect(
                "availability",
                ("the loss of ", code(zone), " also stops ", *listed_code(more)),
                "worse",
                at,
                tuple(more),
            )
        if fewer := [name for name in b.components if name in was and name not in after[zone]]:
            yield Effect(
                "availability", ("the loss of ", code(zone), " no longer stops ", *listed_code(fewer)), "better", at
            )


def _extents(one: Promise, other: Promise) -> Words:
    return () if one.extent == other.extent else (f" ({one.extent} → {other.extent})",)


def _promise_way(one: Promise, other: Promise) -> Way:
    if one.at_most is None or other.at_most is None:
        return "neutral" if one.at_most == other.at_most else "worse" if other.at_most is None else "better"
    return "worse" if other.at_most < one.at_most else "better" if other.at_most > one.at_most else "neutral"


@once
def _stops(a: Architecture) -> Mapping[str, list[str]]:
    """Each zone, with the components that fail or stop for certain if it is lost."""
    return {
        zone: [name for name in a.components if name in impact.failed or name in impact.stopped]
        for zone, impact in zone_impacts(a)
    }


# -- recovery --------------------------------------------------------------------------------------------

_OBJECTIVES = ("rto_minutes", "rpo_minutes")
_RECOVERY = ("backup", "backups", "disaster_recovery", "retention_days", "point_in_time_recovery", "versioning")


def recovery_effects(found: Changes, at: Coordinate) -> Iterator[Effect]:
    """The objectives, and the settings of backups and of recovery, that differ."""
    for s in (*found.settings, *(s for part in found.components for s in part.settings)):
        if s.path[0] == "runbooks" and s.path[-1] in _OBJECTIVES:
            way = _number_way(s, more_is_better=False)
        elif s.path[:2] == ("observability", "objectives"):
            way = _number_way(s, more_is_better=s.path[-1] == "percent")
        elif any(step in _RECOVERY for step in s.path):
            way = _number_way(s, more_is_better=True)
        else:
            continue
        words = (code(dotted(s.path)), ": ", value_code(s.path, s.old), " → ", value_code(s.path, s.new))
        yield Effect("recovery", words, way, frozenset((at,)), (dotted(s.path),))


def _number_way(s: ChangedSetting, *, more_is_better: bool) -> Way:
    """Whether a changed value is for the worse, as far as it is a number, a switch, or no longer stated."""
    if s.new is None:
        return "worse"
    if s.old is None:
        return "neutral"
    if not all(isinstance(value, (int, float)) for value in (s.old, s.new)):
        return "neutral"
    return "better" if (s.new > s.old) == more_is_better else "worse"


# -- phases ----------------------------------------------------------------------------------------------


def phase_effects(old: Resolved, new: Resolved) -> Iterator[Effect]:
    """The phases that environments enter, and what each phase brings more or less than before."""
    before, after = dict(old.axes.standing), dict(new.axes.standing)
    for environment, phase in after.items():
        if before.get(environment, phase) != phase:
            words = (code(environment), " goes from ", code(before[environment]), " to ", code(phase))
            at = frozenset(c for c in new.axes.all if c.environment == environment and c.phase == phase)
            yield Effect("phase", words, "neutral", at)
    for phase, one, other, c in _steps(old, new):
        missing, more = (
            list(dict.fromkeys(x)) for x in ([n for n in one if n not in other], [n for n in other if n not in one])
        )
        if missing:
            yield Effect(
                "phase", (code(phase), " no longer brings ", *listed_code(missing)), "neutral", frozenset((c,))
            )
        if more:
            yield Effect("phase", (code(phase), " also brings ", *listed_code(more)), "neutral", frozenset((c,)))
    for phase in new.default.document.phases:
        if phase in old.default.document.phases:
            yield from _promises(phase, old.default.document.phases[phase], new.default.document.phases[phase])


def _promises(phase: str, one: Any, other: Any) -> Iterator[Effect]:
    """What a phase is said to bring that differs, and the condition for its beginning."""
    for text in (text for text in one.brings if text not in other.brings):
        yield Effect("phase", (code(phase), " no longer promises: ", text), "worse")
    for text in (text for text in other.brings if text not in one.brings):
        yield Effect("phase", (code(phase), " also promises: ", text))
    if one.entered_when != other.entered_when:
        yield Effect(
            "phase", (code(phase), " begins under another condition: ", other.entered_when or "none is stated")
        )


def _steps(old: Resolved, new: Resolved) -> Iterator[tuple[str, list[str], list[str], Coordinate]]:
    """Each phase after the first that both sides have, with what it adds or changes on each side, and its coordinate."""
    if old.axes.phases != new.axes.phases:
        return
    for c in new.axes.all:
        position = new.axes.phases.index(c.phase)
        if position and c in old.architectures:
            earlier = Coordinate(c.cloud, c.environment, new.axes.phases[position - 1])
            one, other = (_brings(r.architectures[earlier], r.architectures[c]) for r in (old, new))
            if one != other:
                yield c.phase, one, other, c


def _brings(a: Architecture, b: Architecture) -> list[str]:
    found = []
    for item in components(a, b):
        if item.what == "changed":
            found += [dotted(s.path) for s in item.settings]
        else:
            found.append(item.id if item.what == "added" else f"removal of {item.id}")
    return found


# -- runbooks and pictures -------------------------------------------------------------------------------


_MOST_STEPS = 4


class RunbookTexts:
    """The texts of the runbooks of one side, each rendered when it is asked for."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates
        self._known: dict[tuple[str, int], str | None] = {}

    def of(self, name: str, a: Architecture) -> str | None:
        """The text at a coordinate; None if it cannot be rendered, which the build reports."""
        key = (name, id(a))
        if key not in self._known:
            try:
                self._known[key] = as_text(self._templates, read(self._templates, name), a)
            except TemplateFailure:
                self._known[key] = None
        return self._known[key]

    def steps_of(self, name: str, a: Architecture) -> Mapping[str, FilledStep]:
        """The steps of a runbook whose text can be made, by their IDs."""
        filled = steps(self._templates, read(self._templates, name), a)
        return {step.id: step for step in (*filled.preparation, *filled.steps)}


def runbook_effects(a: Architecture, b: Architecture, texts: tuple[RunbookTexts, RunbookTexts]) -> Iterator[Effect]:
    """The runbooks that were added or removed, or whose text differs, with the number of lines that do and the steps they are in."""
    at = frozenset((b.coordinate,))
    one, other = a.document.runbooks, b.document.runbooks
    for name in dict.fromkeys([*other, *one]):
        if name not in one or name not in other:
            yield Effect("runbook", (code(name), " added" if name in other else " removed"), "neutral", at, (name,))
            continue
        old, new = texts[0].of(name, a), texts[1].of(name, b)
        if old is None or new is None:
            yield Effect("runbook", (code(name), ": not known, because its text cannot be made"), "worse", at, (name,))
        elif old != new:
            lines = len(set(new.splitlines()) ^ set(old.splitlines()))
            counted = f"{lines} line{'' if lines == 1 else 's'} of the text {'differs' if lines == 1 else 'differ'}"
            before, after = texts[0].steps_of(name, a), texts[1].steps_of(name, b)
            titles = [step.title for id_, step in {**before, **after}.items() if before.get(id_) != after.get(id_)]
            where: Words = (", in ", *listed_code(dict.fromkeys(titles), _MOST_STEPS)) if titles else ()
            yield Effect("runbook", (code(name), f": {counted}", *where), "neutral", at, (name,))


def picture_effects(difference: Difference, at: Coordinate) -> Iterator[Effect]:
    """The views that show something different, as one statement."""
    if names := [c.name for c in difference.consequences if c.kind == "picture"]:
        yield Effect("picture", ("views that differ: ", *listed_code(names, 20)), "neutral", frozenset((at,)))
