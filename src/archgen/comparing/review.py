"""A review: what a change of the model means, in statements that every format prints.

It compares each coordinate of both models, and each environment as it is today with what it becomes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

from archgen.analysis.changes import ChangedSetting
from archgen.checking.judgment import Judgment
from archgen.comparing.comparison import Comparison, Difference
from archgen.comparing.effects import Effect, Topic, finding_effects, merged, parity_effects, unknown_effects
from archgen.comparing.operations_effects import (
    RunbookTexts,
    availability_effects,
    phase_effects,
    picture_effects,
    recovery_effects,
    runbook_effects,
)
from archgen.comparing.pairs import ConditionWords, CoordinatePair, pairs
from archgen.comparing.renames import ChangedPart, Changes, changes, renamed
from archgen.comparing.terraform_effects import (
    ChangedFile,
    address_effects,
    changed_files,
    file_effects,
    permission_effects,
)
from archgen.comparing.words import Words
from archgen.diagnostics.diagnostic import Severity, Span
from archgen.model.coordinate import Coordinate
from archgen.model.resolve import Resolved
from archgen.project import Project
from archgen.records import dataclass
from archgen.templating.render import Templates


@dataclass(frozen=True)
class ReviewedSide:
    """One side of a change: its project, with what the rules say about it."""

    project: Project
    judgment: Judgment

    @property
    def resolved(self) -> Resolved:
        """The model at every coordinate."""
        return self.project.resolved

    @cached_property
    def texts(self) -> RunbookTexts:
        """The texts of its runbooks."""
        return RunbookTexts(Templates(self.project.templates))


@dataclass(frozen=True, slots=True)
class Place:
    """Pairs of coordinates at which the same differs. `changes` is empty for coordinates that only one side has."""

    pairs: tuple[CoordinatePair, ...]
    changes: Changes
    size: int = 0  # components, at a coordinate that only one side has

    @property
    def today(self) -> bool:
        """Whether it is what an environment is today."""
        return any(pair.today for pair in self.pairs)

    @property
    def here(self) -> tuple[Coordinate, ...]:
        """Its coordinates, of the newer model where that has them."""
        return tuple(pair.here for pair in self.pairs)


@dataclass(frozen=True, slots=True)
class PlanComparison:
    """How plans of Terraform differ from the newer model at a coordinate, and how many of the differences the older one does not have.

    `empty` says that nothing could be compared. `coverage` has a sentence for each part of what was compared, `effects` a statement for
    each difference, and `document` all of it as plain data.
    """

    at: Coordinate
    differences: int
    new: int
    empty: bool
    coverage: tuple[Words, ...]
    effects: tuple[Effect, ...]
    document: Mapping[str, Any]


@dataclass(frozen=True)
class Review:
    """What a change means: where something differs, what to look at first, and what follows. `plan` is None if no plan was given."""

    sides: tuple[ReviewedSide, ReviewedSide]
    places: tuple[Place, ...]
    effects: tuple[Effect, ...]
    words: ConditionWords = field(repr=False)
    plan: PlanComparison | None = None

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.places or self.effects)

    @cached_property
    def headline(self) -> Place | None:
        """The place to begin with: one with components that differ, today, and if possible the default coordinate."""
        default = self.sides[1].resolved.axes.default

        def weight(place: Place) -> tuple[bool, ...]:
            found = place.changes
            return bool(found.components or found.connections or place.size), place.today, default in place.here

        return max(self.places, key=weight, default=None)

    def fails(self, severity: Severity, *, unknown: bool, drift: bool = False) -> bool:
        """Whether the change brings a finding of at least this severity or, if asked for, a fact that rules lack.

        With `drift`, also whether the plan differs from the model.
        """
        levels = ("error", "warning", "info")
        least = levels.index(severity)
        found = any(
            e.topic == "finding" and e.level and e.way == "worse" and levels.index(e.level) <= least
            for e in self.effects
        )
        return found or (unknown and self._has_worse("unknown")) or (drift and self._has_worse("drift"))

    def _has_worse(self, topic: Topic) -> bool:
        return any(e.topic == topic and e.way == "worse" for e in self.effects)


def review(old: ReviewedSide, new: ReviewedSide, plan: PlanComparison | None = None) -> Review:
    """The review of a change from `old` to `new`, and of the plans that belong to it."""
    every = list(_compared(old, new))
    places = _grouped(every)
    files = file_effects(file for one in every for file in one.files)
    planned = plan.effects if plan else ()
    effects = merged((*_general(old, new), *planned, *files, *(e for one in every for e in one.effects)))
    return Review((old, new), places, tuple(effects), ConditionWords(old.resolved, new.resolved), plan)


def in_repository(found: Review, move: Callable[[Span], Span]) -> Review:
    """The review with `move` applied to every place in a file."""

    def setting(s: ChangedSetting) -> ChangedSetting:
        return replace(s, old_at=move(s.old_at) if s.old_at else None, new_at=move(s.new_at) if s.new_at else None)

    def part(p: ChangedPart) -> ChangedPart:
        return replace(p, at=move(p.at), settings=tuple(map(setting, p.settings)))

    def changed(c: Changes) -> Changes:
        return Changes(tuple(map(part, c.components)), tuple(map(part, c.connections)), tuple(map(setting, c.settings)))

    places = tuple(replace(place, changes=changed(place.changes)) for place in found.places)
    return replace(
        found, places=places, effects=tuple(replace(e, place=e.place and move(e.place)) for e in found.effects)
    )


@dataclass(frozen=True, slots=True)
class _Compared:
    """What differs at one pair, and what follows from it there."""

    pair: CoordinatePair
    changes: Changes
    size: int
    effects: tuple[Effect, ...]
    files: tuple[ChangedFile, ...] = ()


def _compared(old: ReviewedSide, new: ReviewedSide) -> Iterator[_Compared]:
    comparison = Comparison(old.resolved, new.resolved)
    other_templates = _contents(old.project.templates) != _contents(new.project.templates)
    for pair in pairs(old.resolved, new.resolved):
        if pair.one is None or pair.other is None:
            there = (new if pair.one is None else old).resolved.architectures[pair.here]
            yield _Compared(pair, Changes(), len(there.components), ())
            continue
        a, b = old.resolved.architectures[pair.one], new.resolved.architectures[pair.other]
        difference = comparison.of(pair.one, pair.other)
        found = _without_steps(changes(difference, a, b))
        # Templates may differ without the model; without either, texts of runbooks are equal, and take long to make.
        worth = found or difference or pair.steps or (pair.today and other_templates)
        effects = tuple(_effects(pair, difference, found, old, new)) if worth else ()
        applied = pair.today or pair.later  # a phase that is over has no files
        files = tuple(changed_files(difference, pair.other, later=not pair.today)) if applied else ()
        if found or effects or files:
            yield _Compared(pair, found, 0, effects, files)


def _contents(folder: FilePath | None) -> dict[str, bytes]:
    """The contents of the files in a folder, by their names; empty without a folder."""
    files = sorted(folder.rglob("*")) if folder and folder.is_dir() else []
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files if folder and file.is_file()}


def _effects(
    pair: CoordinatePair, difference: Difference, found: Changes, old: ReviewedSide, new: ReviewedSide
) -> Iterator[Effect]:
    """What follows at one pair. A phase that comes later has no runbooks yet."""
    assert pair.one is not None
    assert pair.other is not None
    a, b = old.resolved.architectures[pair.one], new.resolved.architectures[pair.other]
    names = renamed(a, b)
    if pair.today:
        yield from runbook_effects(a, b, (old.texts, new.texts))
    if found:
        yield from permission_effects(a, b, names)
        yield from availability_effects(a, b, names)
        yield from recovery_effects(found, pair.other)
    yield from picture_effects(difference, pair.other)


def _without_steps(found: Changes) -> Changes:
    """The changes without the phase of an environment, about which there is a statement, and which is the same everywhere."""
    kept = tuple(s for s in found.settings if not (s.path[0] == "environments" and s.path[2:] == ("phase",)))
    return replace(found, settings=kept)


def _general(old: ReviewedSide, new: ReviewedSide) -> Iterator[Effect]:
    """What follows for the model as a whole."""
    sides = old.resolved, new.resolved
    yield from finding_effects(old.judgment, new.judgment, sides)
    yield from unknown_effects(old.judgment, new.judgment, sides)
    yield from address_effects(old.project.plans, new.project.plans, sides)
    yield from phase_effects(*sides)
    yield from parity_effects(sides, (old.project.reviews, new.project.reviews))


def _grouped(every: Iterable[_Compared]) -> tuple[Place, ...]:
    """The pairs at which something differs; those with the same differences together, what is today first."""
    groups: dict[object, list[_Compared]] = {}
    for one in every:
        if one.changes or one.size:
            key = (one.pair.one is None, one.pair.other is None, one.size, one.pair.steps, one.changes.signature)
            groups.setdefault(key, []).append(one)
    places = [Place(tuple(o.pair for o in group), group[0].changes, group[0].size) for group in groups.values()]
    return tuple(sorted(places, key=lambda place: not place.today))
