"""What follows from a change, one statement each, and where: findings, unknown facts, parity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Literal

from archgen.checking.judgment import Judgment
from archgen.comparing.words import Words, code, listed_code
from archgen.diagnostics.diagnostic import SEVERITIES, Diagnostic, Path, Span, dotted
from archgen.model.coordinate import Coordinate
from archgen.model.resolve import Resolved
from archgen.parity.readiness import Readiness, readiness
from archgen.parity.reviews import Reviews, State, state
from archgen.records import dataclass

Topic = Literal[
    "finding", "unknown", "drift", "address", "apply", "permission", "availability", "recovery", "phase", "parity", "runbook", "picture"
]  # fmt: skip
TOPICS: Mapping[Topic, str] = {
    "finding": "Findings",
    "unknown": "Unknown facts",
    "drift": "Drift",
    "address": "Terraform addresses",
    "apply": "Files to apply",
    "permission": "Permissions",
    "availability": "Availability",
    "recovery": "Recovery",
    "phase": "Phases",
    "parity": "Parity",
    "runbook": "Runbooks",
    "picture": "Pictures",
}
Way = Literal["worse", "better", "neutral"]


@dataclass(frozen=True, slots=True)
class Effect:
    """One consequence in words, whether it is for the worse, and the coordinates at which it occurs; none for the model as a whole.

    `about` has what it concerns, such as the ID of a capability or a path of a file; `level` is the severity of a finding, the kind of
    a difference from a plan, or what happens to an address. `place` is the place of a new finding in a file.
    """

    topic: Topic
    words: Words
    way: Way = "neutral"
    at: frozenset[Coordinate] = frozenset()
    about: tuple[str, ...] = ()
    level: str = ""
    place: Span | None = None


def merged(effects: Iterable[Effect]) -> list[Effect]:
    """The effects in the order of TOPICS; equal ones once, with the coordinates of all of them."""
    found: dict[tuple[object, ...], Effect] = {}
    at: dict[tuple[object, ...], set[Coordinate]] = {}
    for effect in effects:
        key = (effect.topic, effect.words, effect.way, effect.about, effect.level, effect.place)
        found.setdefault(key, effect)
        at.setdefault(key, set()).update(effect.at)
    order = list(TOPICS)
    every = [replace(e, at=frozenset(at[key])) for key, e in found.items()]
    return sorted(every, key=lambda effect: order.index(effect.topic))


# -- findings and unknown facts --------------------------------------------------------------------------

NOUNS: Mapping[str, str] = {"error": "error", "warning": "warning", "info": "note"}
_Key = tuple[str, str, str, Path]


def finding_effects(old: Judgment, new: Judgment, sides: tuple[Resolved, Resolved]) -> Iterator[Effect]:
    """The findings that a change brings or solves, the severest ones first, and those that a waiver accepts now."""
    before, after = (_findings(j.findings, r) for j, r in zip((old, new), sides, strict=True))
    places = {_key(d): d.span for d in new.findings}
    known = {(w.finding.code, w.finding.message, w.waiver) for w in old.waived}
    waived = [w for w in new.waived if (w.finding.code, w.finding.message, w.waiver) not in known]
    accepted = {(w.finding.code, w.finding.message) for w in waived}
    for severity in SEVERITIES:
        for key in (key for key in {**before, **after} if key[0] == severity):
            added = after.get(key, frozenset()) - before.get(key, frozenset())
            solved = before.get(key, frozenset()) - after.get(key, frozenset())
            if added and (key not in before or not _is_everywhere(before[key], sides[0])):
                yield Effect(
                    "finding",
                    (f"new {NOUNS[severity]} ", code(key[1]), *_about(key), ": ", key[2]),
                    "worse",
                    added,
                    key[1:2],
                    severity,
                    places[key],
                )
            if solved and (key not in after or not _is_everywhere(after[key], sides[1])) and key[1:3] not in accepted:
                words: Words = (f"{NOUNS[severity]} solved ", code(key[1]), *_about(key), ": ", key[2])
                yield Effect("finding", words, "better", solved, key[1:2], severity)
    for w in waived:
        words = ("waived until ", code(w.until), " ", code(w.finding.code), ": ", w.finding.message)
        yield Effect("finding", words, "neutral", _at(w.finding, sides[1]), (w.finding.code,))


def _findings(found: Iterable[Diagnostic], resolved: Resolved) -> dict[_Key, frozenset[Coordinate]]:
    """The coordinates of each finding by its key."""
    at: dict[_Key, frozenset[Coordinate]] = {}
    for d in found:
        at[_key(d)] = at.get(_key(d), frozenset()) | _at(d, resolved)
    return at


def _key(d: Diagnostic) -> _Key:
    """What is equal for a finding before and after a change: without positions in lists, which other items move."""
    return d.severity, d.code, d.message, tuple(step for step in d.path if isinstance(step, str))


def _about(key: _Key) -> Words:
    """The path of a finding, if its message does not name the part of the model that it is about."""
    _severity, _code, message, path = key
    if len(path) < 2 or f"'{_spaced(str(path[1]))}'" in _spaced(message):
        return ()
    return (" about ", code(dotted(path)))


def _spaced(text: str) -> str:
    """A text in which an ID is written as in titles."""
    return text.replace("-", " ").casefold()


def _at(d: Diagnostic, resolved: Resolved) -> frozenset[Coordinate]:
    return frozenset(c for c in resolved.axes.all if not d.where or str(c) in d.where)


def _is_everywhere(at: frozenset[Coordinate], resolved: Resolved) -> bool:
    return len(at) == len(resolved.axes.all)


def unknown_effects(old: Judgment, new: Judgment, sides: tuple[Resolved, Resolved]) -> Iterator[Effect]:
    """The facts that the rules lack because of a change, and those that it states."""
    before, after = ({(m.what, m.fact.path): m for m in judgment.missing} for judgment in (old, new))
    for key in {**before, **after}:
        path = code(dotted(key[1]))
        if key not in before:
            m = after[key]
            words: Words = ("not stated: ", key[0], ", so ", *listed_code(sorted(m.about)), " could not be checked")
            yield Effect("unknown", words, "worse", _at(m.fact, sides[1]), (path,))
        elif key not in after:
            yield Effect("unknown", ("stated now: ", key[0]), "better", _at(before[key].fact, sides[0]), (path,))


# -- parity ----------------------------------------------------------------------------------------------


def parity_effects(sides: tuple[Resolved, Resolved], reviews: tuple[Reviews, Reviews]) -> Iterator[Effect]:
    """How the readiness of each cloud changes, and which rows lost or got their review, were added, removed or judged anew."""
    before, after = (
        {r.cloud: r for r in readiness(resolved, given)} for resolved, given in zip(sides, reviews, strict=True)
    )
    yield from (_readiness(before[cloud], after[cloud]) for cloud in after if _differs(before.get(cloud), after[cloud]))
    old, new = (resolved.default.document.capabilities for resolved in sides)
    for name in {**old, **new}:
        if name not in old or name not in new:
            what = "added" if name in new else "removed"
            yield Effect("parity", (f"row {what}: ", (new.get(name) or old[name]).name), about=(name,))
            continue
        if old[name].status != new[name].status:
            words = (new[name].name, ": ", code(old[name].status), " → ", code(new[name].status))
            yield Effect("parity", words, _status_way(old[name].status, new[name].status), about=(name,))
        yield from _review(name, new[name].name, state(sides[0], reviews[0], name), state(sides[1], reviews[1], name))


def _differs(one: Readiness | None, other: Readiness) -> bool:
    return one is not None and one.percent != other.percent


def _readiness(one: Readiness, other: Readiness) -> Effect:
    way: Way = "worse" if (other.low, other.high) < (one.low, one.high) else "better"
    return Effect("parity", (f"parity of {other.name}: {one.percent} → {other.percent}",), way, about=(other.cloud,))


_WORTH = {"gap": 0, "partial": 1, "equivalent": 2, "not-needed": 2}


def _status_way(one: str, other: str) -> Way:
    return "worse" if _WORTH[other] < _WORTH[one] else "better" if _WORTH[other] > _WORTH[one] else "neutral"


def _review(name: str, title: str, one: State, other: State) -> Iterator[Effect]:
    if one.current and not other.current:
        clouds = (" because of a change on ", *listed_code(other.changed)) if other.changed else ()
        yield Effect("parity", ("review lost: ", title, *clouds), "worse", about=(name, "review"))
    elif other.current and not one.current:
        yield Effect("parity", ("reviewed: ", title), "better", about=(name,))
