"""The axes of a model, its coordinates, and conditions, each of which holds at a set of coordinates.

A set of coordinates is an integer with one bit per coordinate, so that subset, overlap and precedence are one operation each.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from archgen.diagnostics.diagnostic import did_you_mean
from archgen.model.wording import with_article
from archgen.records import dataclass

AXIS_NAMES = ("cloud", "environment", "phase")
PHASE = 2  # the position of phases in AXIS_NAMES
ALWAYS = ""  # the only phase of a model that declares none


@dataclass(frozen=True, slots=True, order=True)
class Coordinate:
    """A cloud, an environment and a phase; the phase is `ALWAYS` in a model without phases."""

    cloud: str
    environment: str
    phase: str

    def __str__(self) -> str:
        return ", ".join(part for part in (self.cloud, self.environment, self.phase) if part)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as written, and the bit mask of the coordinates at which it holds."""

    text: str
    mask: int


class BadConditionError(ValueError):
    """A condition or coordinate that cannot be parsed, or that never holds; `help` suggests a fix, and `code` names the problem."""

    def __init__(self, message: str, help_: str, code: str = "ARC-C001") -> None:
        super().__init__(message)
        self.help = help_
        self.code = code


@dataclass(frozen=True)
class Axes:
    """The declared values of the three axes, in the order of the model."""

    clouds: tuple[str, ...]
    environments: tuple[str, ...]
    phases: tuple[str, ...]
    standing: tuple[tuple[str, str], ...]  # environment -> the phase it is in today
    primary: str

    @cached_property
    def all(self) -> tuple[Coordinate, ...]:
        """All coordinates in cloud-major order; index i is bit i in condition masks."""
        return tuple(
            Coordinate(cloud, environment, phase)
            for cloud in self.clouds
            for environment in self.environments
            for phase in self.phases
        )

    @cached_property
    def _bits(self) -> dict[Coordinate, int]:
        return {coordinate: 1 << position for position, coordinate in enumerate(self.all)}

    @cached_property
    def _masks(self) -> dict[str, int]:
        masks: dict[str, int] = {}
        for name in self.clouds + self.environments:
            masks[name] = self.where(c for c in self.all if name in (c.cloud, c.environment))
        for position, phase in enumerate(self.phases):
            masks[phase] = self.where(c for c in self.all if c.phase in self.phases[position:])
        masks.pop(ALWAYS, None)
        return masks

    @cached_property
    def everywhere(self) -> int:
        """The mask of all coordinates."""
        return (1 << len(self.all)) - 1

    def where(self, coordinates: Iterable[Coordinate]) -> int:
        """The mask of these coordinates."""
        return sum(self._bits[coordinate] for coordinate in coordinates)

    def bit(self, coordinate: Coordinate) -> int:
        """The mask of one coordinate."""
        return self._bits[coordinate]

    def members(self, mask: int) -> Iterator[Coordinate]:
        """The coordinates in a mask, in cloud-major order."""
        return (coordinate for coordinate in self.all if self._bits[coordinate] & mask)

    def axis(self, name: str) -> int:
        """The axis that a value belongs to, as an index into AXIS_NAMES."""
        return 0 if name in self.clouds else 1 if name in self.environments else 2

    def stands(self, cloud: str, environment: str) -> Coordinate:
        """The coordinate of an environment on a cloud in its current phase."""
        return Coordinate(cloud, environment, dict(self.standing)[environment])

    @property
    def default(self) -> Coordinate:
        """The primary cloud and the last environment, in its current phase."""
        return self.stands(self.primary, self.environments[-1])

    def condition(self, text: str) -> Condition:
        """The condition `"aws & dev | stg & growth & before scale"` with its mask: `&` joins axes in their order, `|` joins alternatives
        of one axis.

        A phase includes all later phases, and `before` a phase includes all earlier ones. Raises BadConditionError.
        """
        mask, places = self.everywhere, []
        for term in text.split("&"):
            names = [name.strip() for name in term.split("|")]
            alternatives = 0
            for name in names:
                alternatives |= self._mask_of(name, text)
            mask &= alternatives
            places.append(self._place_of(term, names, text))
        if places != sorted(set(places)):
            raise self._misplaced(text, places)
        if not mask:
            help_ = "a phase includes all later phases, so name an earlier phase first: growth & before scale"
            raise BadConditionError(f"the condition '{text}' never holds", help_, "ARC-C005")
        return Condition(text, mask)

    def _in_signs(self, text: str) -> str:
        """How to write a condition that joins its parts with words, commas or doubled signs, as a help text; empty for other conditions."""
        signs = re.sub(r"\s+or\s+|\s*[|][|]\s*", " | ", re.sub(r"\s+and\s+|\s*&&\s*|\s*,\s*", " & ", text.strip()))
        if signs == text.strip():
            return ""
        try:
            self.condition(signs)
        except BadConditionError:
            return ""
        return f"write '{signs}': `&` joins a cloud, an environment and a phase, and `|` joins alternatives"

    def _mask_of(self, name: str, text: str) -> int:
        """The mask of `name`, which is a declared value or `before` a phase. Raises BadConditionError; `text` is the whole condition."""
        where = "" if name == text.strip() else f" in the condition '{text}'"
        end = _end_of(name)
        if end is None:
            if name not in self._masks:
                message = f"'{name}'{where} is not a cloud, environment or phase of this model"
                raise BadConditionError(message, self._in_signs(text) or did_you_mean(name, self._masks))
            return self._masks[name]
        if end not in self._masks or self.axis(end) != PHASE:
            message = f"'{end}'{where} is not a phase of this model, so nothing can end before it"
            raise BadConditionError(message, did_you_mean(end, [phase for phase in self.phases if phase != ALWAYS]))
        if end == self.phases[0]:
            message = f"'{name}'{where} never holds: '{end}' is the first phase"
            raise BadConditionError(message, "remove it, or name a later phase", "ARC-C005")
        return self.everywhere & ~self._masks[end]

    def _place_of(self, term: str, names: Sequence[str], text: str) -> tuple[int, bool]:
        """The axis of a term, and whether it is the end of a time. Raises BadConditionError if its alternatives have several axes."""
        kinds = {PHASE if _end_of(name) else self.axis(name) for name in names}
        if len(kinds) > 1:
            mixed = " and ".join(with_article(AXIS_NAMES[kind]) for kind in sorted(kinds))
            help_ = "use `|` between alternatives of the same kind, and `&` between cloud, environment and phase"
            raise BadConditionError(f"'{term.strip()}' in the condition '{text}' mixes {mixed}", help_)
        return kinds.pop(), all(_end_of(name) for name in names)

    def _misplaced(self, text: str, places: Sequence[tuple[int, bool]]) -> BadConditionError:
        """The error for terms that repeat an axis or are not in the order of the axes; `places` has the place of each term."""
        terms = [term.strip() for term in text.split("&")]
        repeated = next((place for place in places if places.count(place) > 1), None)
        if repeated is None:
            ordered = " & ".join(term for _place, term in sorted(zip(places, terms, strict=True)))
            message = f"the parts of the condition '{text}' are not in order"
            return BadConditionError(message, f"write cloud, then environment, then phase: '{ordered}'")
        name, alternatives = AXIS_NAMES[repeated[0]], [t for t, p in zip(terms, places, strict=True) if p == repeated]
        if repeated[1]:
            message = f"the condition '{text}' requires more than one `before`"
            return BadConditionError(message, "use only one: the earliest of these phases")
        message = f"the condition '{text}' requires more than one {name}"
        if name == "phase":
            return BadConditionError(message, "a phase includes all later phases; use only one")
        return BadConditionError(message, f"use `|` for alternatives: '{' | '.join(alternatives)}'")

    def describe(self, mask: int) -> str | None:
        """The shortest condition that holds at exactly these coordinates; None if no single condition does."""
        text = self._in_one_condition(list(self.members(mask)))
        return text if text and self.condition(text).mask == mask else None

    def cover(self, mask: int) -> list[str]:
        """A mask in as few conditions as possible, for people; `everywhere` for all coordinates."""
        members = list(self.members(mask))
        chosen = self._values_of(members)
        if math.prod(map(len, chosen)) == len(members) and (text := self._in_one_condition(members)) is not None:
            return [text or "everywhere"]
        names = next(names for names in chosen if len(names) > 1)
        split = (self.where(m for m in members if name in (m.cloud, m.environment, m.phase)) for name in names)
        return [words for piece in split for words in self.cover(piece)]

    def _values_of(self, members: Sequence[Coordinate]) -> tuple[tuple[str, ...], ...]:
        """The values of each axis that occur at these coordinates."""
        return tuple(
            tuple(name for name in names if any(name == (m.cloud, m.environment, m.phase)[axis] for m in members))
            for axis, names in enumerate((self.clouds, self.environments, self.phases))
        )

    def _in_one_condition(self, members: Sequence[Coordinate]) -> str | None:
        """A condition with all values of these coordinates, empty if it is all of them; None if no condition names their phases."""
        clouds, environments, phases = self._values_of(members)
        times = self._phases_in_words(phases)
        terms = (
            " | ".join(clouds) if len(clouds) < len(self.clouds) else "",
            " | ".join(environments) if len(environments) < len(self.environments) else "",
            times or "",
        )
        return None if times is None else " & ".join(term for term in terms if term)

    def _phases_in_words(self, phases: tuple[str, ...]) -> str | None:
        """`growth`, `before scale`, `growth & before scale` or `before growth | scale`; None for phases that none of these names."""
        missing = [position for position, phase in enumerate(self.phases) if phase not in phases]
        if not missing:
            return ""
        first, after = missing[0], missing[-1] + 1
        if len(missing) == after - first:  # they are missing in one stretch
            terms = (f"before {self.phases[first]}" if first else "", *self.phases[after : after + 1])
            return " | ".join(term for term in terms if term)
        positions = [self.phases.index(phase) for phase in phases]
        begin, end = positions[0], positions[-1] + 1
        return f"{self.phases[begin]} & before {self.phases[end]}" if len(phases) == end - begin else None

    def parse_at(self, text: str) -> Coordinate:
        """The coordinate that `--at aws,prod,growth` names, with defaults for the parts that are left out. Raises BadConditionError."""
        chosen: dict[int, str] = {}
        for name in (part.strip() for part in text.split(",")):
            if name not in self._masks:
                help_ = did_you_mean(name, self._masks)
                raise BadConditionError(f"'{name}' is not a cloud, environment or phase of this model", help_)
            if self.axis(name) in chosen:
                message = f"'{text}' names more than one {AXIS_NAMES[self.axis(name)]}"
                raise BadConditionError(message, "specify at most one cloud, one environment and one phase")
            chosen[self.axis(name)] = name
        cloud = chosen.get(0, self.primary)
        environment = chosen.get(1, self.environments[-1])
        return Coordinate(cloud, environment, chosen.get(2, self.stands(cloud, environment).phase))


def _end_of(name: str) -> str | None:
    """The phase in `before scale`; None for a name without `before`."""
    word, _space, phase = name.partition(" ")
    return phase.strip() if word == "before" and phase.strip() else None


def axes_of(clouds: Sequence[tuple[str, str]], environments: Sequence[tuple[str, str]], phases: Sequence[str]) -> Axes:
    """The axes of a model.

    `clouds` has pairs of cloud and role, `environments` pairs of environment and current phase ("" for the first phase).
    The first cloud with the role `primary`, or else the first cloud, becomes the primary one.
    """
    order = tuple(phases) or (ALWAYS,)
    return Axes(
        clouds=tuple(cloud for cloud, _role in clouds),
        environments=tuple(environment for environment, _phase in environments),
        phases=order,
        standing=tuple((name, phase if phase in order else order[0]) for name, phase in environments),
        primary=next((cloud for cloud, role in clouds if role == "primary"), clouds[0][0]),
    )
