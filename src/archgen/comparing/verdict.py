"""The first sentence of a review, and what to do before the change is merged."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.comparing.effects import NOUNS, Effect
from archgen.comparing.renames import perhaps_renamed
from archgen.comparing.review import Place, PlanComparison, Review
from archgen.comparing.terraform_effects import DESTROYED, MOVED, REFUSED
from archgen.comparing.words import InlineCode, Words, code, listed_code
from archgen.diagnostics.diagnostic import dotted
from archgen.model.coordinate import Coordinate
from archgen.model.wording import counted, listed
from archgen.parity.readiness import readiness

_MOST = 6  # names in one item
_FEW = 3  # names in the first sentence
_STAMPED = "PAR803"  # another task says what to do about rows that lost their review
OURS = "ARC-"  # the prefix of codes that are not rules, which waivers cannot name


def verdict(review: Review) -> Words:
    """One sentence: what differs where, then parity, findings, the plan, and what Terraform destroys."""
    parts: list[Words] = []
    if place := review.headline:
        others = [other for other in review.places if other is not place]
        named = [place, *(others if len(others) == 1 else ())]
        parts += [(f"{_name(_first(review, p), review)}: {summary(p)}", *_names(p), *_same(p, review)) for p in named]
        if different := sum(len(other.pairs) for other in others if other not in named):
            parts.append((f"other differences at {counted(different, 'coordinate')}",))
    parts += [(text,) for text in (*_parity(review), *_findings(review), *_planned(review), *_destroyed(review))]
    words: list[str] = []
    for part in parts:
        words += ["; "] * bool(words) + list(part)
    return (*words, ".")


def _first(review: Review, place: Place) -> Coordinate:
    """The coordinate to name: the default one if it is there, or else the one closest to it."""
    axes = review.sides[1].resolved.axes
    default, today = axes.default, {axes.stands(c.cloud, c.environment) for c in axes.all}
    return max(place.here, key=lambda c: (c == default, c.environment == default.environment, c in today))


def _name(c: Coordinate, review: Review) -> str:
    """`prod on AWS`, with the phase if it is not what the environment is today."""
    resolved = next(side.resolved for side in reversed(review.sides) if c in side.resolved.architectures)
    there = f"{c.environment} on {resolved.clouds[c.cloud].name}"
    return there if c == resolved.axes.stands(c.cloud, c.environment) else f"{there} in the phase {c.phase}"


def summary(place: Place) -> str:
    """What differs at a place, in words: `1 component added, 2 changed`."""
    pair, found = place.pairs[0], place.changes
    if pair.one is None or pair.other is None:
        return f"{'added' if pair.one is None else 'removed'}, with {counted(place.size, 'component')}"
    step = [f"goes from {pair.one.phase} to {pair.other.phase}"] if pair.steps else []
    texts = [*step, *_counts([part.how for part in found.components], "component")]
    if not found.components:
        texts += _counts([part.how for part in found.connections], "connection")
    if not found.components and not found.connections and found.settings:
        texts.append(f"{counted(len(found.settings), 'setting')} changed")
    return ", ".join(texts)


def _counts(hows: list[str], noun: str) -> Iterator[str]:
    named = False
    for how in ("added", "removed", "changed", "renamed"):
        if number := hows.count(how):
            yield f"{number} {how}" if named else f"{counted(number, noun)} {how}"
            named = True


def _names(place: Place) -> Words:
    """The names of what differs at a place, unless there are many."""
    found = place.changes
    names = [part.id for part in (found.components or found.connections)]
    names = names or [dotted(setting.path) for setting in found.settings]
    return (" (", *listed_code(names), ")") if 0 < len(names) <= _FEW else ()


def _same(place: Place, review: Review) -> Words:
    """The other coordinates at which the same differs."""
    others = len(place.pairs) - 1
    if not others:
        return ()
    words = review.words.words(place.here)
    if words == ("everywhere",):
        return (", and the same everywhere",)
    if len(words) > _FEW:
        return (f", and the same at {counted(others, 'other coordinate')}",)
    return (", and the same in all of ", *listed_code(words))


def _parity(review: Review) -> Iterator[str]:
    before, after = ({r.cloud: r for r in readiness(s.resolved, s.project.reviews)} for s in review.sides)
    for cloud, now in after.items():
        if cloud in before and before[cloud].percent != now.percent:
            yield f"parity of {now.name} {before[cloud].percent} → {now.percent}"
    if lost := [e for e in review.effects if e.topic == "parity" and e.about[1:] == ("review",)]:
        yield f"{counted(len(lost), 'row')} lost {'its' if len(lost) == 1 else 'their'} review"


def _findings(review: Review) -> Iterator[str]:
    found = [e for e in review.effects if e.topic == "finding"]
    new = [e.level for e in found if e.way == "worse"]
    for level in ("error", "warning", "info"):
        if number := new.count(level):
            yield counted(number, f"new {NOUNS[level]}")
    if solved := sum(1 for e in found if e.way == "better"):
        yield f"{counted(solved, 'finding')} solved"
    if not new and not solved:
        yield "no new findings"


def _planned(review: Review) -> Iterator[str]:
    plan = review.plan
    if plan and plan.empty:
        yield "the plan contains no component of the model"
    elif plan:
        number = counted(plan.differences, "difference") if plan.differences else "no differences"
        yield f"{number} between the plan and the model{_brought(plan)}"


def _brought(plan: PlanComparison) -> str:
    """How many of the differences from the plan the change of the model brings; what a change of Terraform brings is not known."""
    if not plan.new:
        return ", which the earlier model has, too" if plan.differences else ""
    return f", {f'{plan.new} of ' if plan.new < plan.differences else ''}which the change of the model brings"


def _destroyed(review: Review) -> Iterator[str]:
    gone = dict.fromkeys(a for e in _gone(review) for a in e.about)
    if gone:
        yield f"Terraform would destroy {len(gone)} address{'' if len(gone) == 1 else 'es'}"


def _gone(review: Review) -> list[Effect]:
    return [e for e in review.effects if e.topic == "address" and e.level == DESTROYED]


# -- what to do ------------------------------------------------------------------------------------------


def tasks(review: Review) -> list[Words]:
    """What an author fixes, a reviewer checks and an operator applies, most important first."""
    return [task for task in _tasks(review) if task]


def _tasks(review: Review) -> Iterator[Words]:
    effects = review.effects

    def about(topic: str, *, way: str = "", level: str = "") -> list[str]:
        chosen = (e for e in effects if e.topic == topic and way in ("", e.way) and level in ("", e.level))
        return list(dict.fromkeys(a for e in chosen for a in e.about))

    yield from _finding_tasks([e for e in effects if e.topic == "finding" and e.way == "worse"])
    if facts := [e for e in effects if e.topic == "unknown" and e.way == "worse"]:
        yield (f"State the {counted(len(facts), 'fact')} that rules lack: see below.",)
    if review.plan and review.plan.differences:
        what = counted(review.plan.differences, "difference")
        yield (f"Decide for the {what} between the plan and the model which one is right: see below.",)
    if gone := about("address", level=DESTROYED):
        end = f"; what {'it' if len(gone) == 1 else 'they'} created, and its data, would be lost."
        yield ("Confirm that Terraform may destroy ", *listed_code(gone, _MOST), end)
        yield from _renames(review)
    if refused := about("address", level=REFUSED):
        it, is_ = ("it", "it is") if len(refused) == 1 else ("them", "they are")
        end = f": Terraform refuses to destroy {it}, so the apply fails until {is_} removed from its state."
        yield ("Decide what becomes of ", *listed_code(refused, _MOST), end)
    if moved := about("address", level=MOVED):
        they = "it moves, and other values of it" if len(moved) == 1 else "they move, and other values of them"
        yield ("Check in the plan whether Terraform replaces ", *listed_code(moved, _MOST), f": {they} differ, too.")
    if less := [e for e in effects if e.topic in ("recovery", "availability") and e.way == "worse"]:
        topics = listed(list(dict.fromkeys(e.topic for e in less)))
        yield (f"Confirm that less {topics} is intended ({counted(len(less), 'statement')} below).",)
    if opened := [e for e in effects if e.topic == "permission" and e.way == "worse"]:
        many = f"{len(opened)} new or wider permissions" if len(opened) > 1 else "new or wider permission"
        yield (f"Check the {many} below.",)
    if rows := [e.about[0] for e in effects if e.topic == "parity" and e.about[1:] == ("review",)]:
        yield ("Compare the clouds again, then record it: ", _command("archgen parity review", rows))
    if files := about("apply"):
        folders = list(dict.fromkeys(file.rpartition("/")[0] for file in files))
        yield ("After the merge, plan and apply the stacks ", *listed_code(folders, 2 * _MOST), ".")
    if unmade := about("runbook", way="worse"):
        yield ("Fix the runbooks whose text cannot be made: ", *listed_code(unmade, _MOST), ".")
    if runbooks := about("runbook", way="neutral"):
        yield ("Read the new text of the runbooks ", *listed_code(runbooks, _MOST), ".")


def _finding_tasks(new: list[Effect]) -> Iterator[Words]:
    """What to do about new errors and warnings, and which new notes to decide about, such as one that no stack makes a component."""
    for level in ("error", "warning", "info"):
        found = [e for e in new if e.level == level and _STAMPED not in e.about]
        codes = list(dict.fromkeys(name for e in found for name in e.about))
        one = len(found) == 1
        if not found:
            continue
        if level == "info":
            what = "the new note" if one else f"the {len(found)} new notes"
            yield (f"Decide what to do about {what} ", *listed_code(codes, _MOST), ".")
            continue
        waivable = all(not name.startswith(OURS) for name in codes)
        end = f", or accept {'it' if one else 'them'} with a waiver." if waivable else "."
        what = f"the new {level}" if one else f"the {len(found)} new {level}s"
        yield (f"Fix {what} ", *listed_code(codes, _MOST), end)


def _renames(review: Review) -> Iterator[Words]:
    """What to state if a component was not replaced but got another ID, for the first few that could be."""
    old, new = (side.resolved.architectures for side in review.sides)
    pairs = [pair for place in review.places for pair in place.pairs if not pair.steps]
    found = [perhaps_renamed(old[p.one], new[p.other]) for p in pairs if p.one and p.other]
    for earlier, later in list(dict.fromkeys(item for names in found for item in names.items()))[:_FEW]:
        what = (" is the same under another ID, add ", code(f"formerly: [{earlier}]"), " to ", code(later))
        yield ("If ", code(earlier), *what, ", so that Terraform moves what exists.")


def _command(command: str, names: list[str]) -> InlineCode:
    return code(f"{command} {' '.join(dict.fromkeys(names))}")
