"""The axes of a model, its coordinates, and conditions, each of which holds at a set of coordinates.

A set of coordinates is an integer with one bit per coordinate, so that subset, overlap and precedence are one operation each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from archgen.diagnostics.diagnostic import did_you_mean

CLOUDS = ("aws", "gcp")  # the clouds that the catalog knows
AXIS_NAMES = ("cloud", "environment", "phase")
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
    """A condition or coordinate that cannot be parsed; `help` suggests a fix."""

    def __init__(self, message: str, help_: str) -> None:
        super().__init__(message)
        self.help = help_


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
        """The condition `"aws & dev | stg"` with its mask: `&` joins axes in their order, `|` joins alternatives of one axis.

        A phase includes all later phases. Raises BadConditionError.
        """
        mask, axes = self.everywhere, []
        for term in text.split("&"):
            names = [name.strip() for name in term.split("|")]
            for name in names:
                if name not in self._masks:
                    where = "" if name == text.strip() else f" in the condition '{text}'"
                    raise BadConditionError(
                        f"'{name}'{where} is not a cloud, environment or phase of this model",
                        did_you_mean(name, self._masks),
                    )
            kinds = {self.axis(name) for name in names}
            if len(kinds) > 1:
                mixed = " and ".join(_with_article(AXIS_NAMES[kind]) for kind in sorted(kinds))
                help_ = "use `|` between alternatives of the same kind, and `&` between cloud, environment and phase"
                raise BadConditionError(f"'{term.strip()}' in the condition '{text}' mixes {mixed}", help_)
            alternatives = 0
            for name in names:
                alternatives |= self._masks[name]
            mask &= alternatives
            axes += list(kinds)
        if axes != sorted(set(axes)):
            raise self._misplaced(text, axes)
        return Condition(text, mask)

    def _misplaced(self, text: str, axes: Sequence[int]) -> BadConditionError:
        """The error for terms that repeat an axis or are not in the order of the axes; `axes` has the axis of each term."""
        terms = [term.strip() for term in text.split("&")]
        repeated = next((axis for axis in axes if axes.count(axis) > 1), None)
        if repeated is None:
            ordered = " & ".join(term for _axis, term in sorted(zip(axes, terms, strict=True)))
            message = f"the parts of the condition '{text}' are not in order"
            return BadConditionError(message, f"write cloud, then environment, then phase: '{ordered}'")
        name, alternatives = AXIS_NAMES[repeated], [t for t, axis in zip(terms, axes, strict=True) if axis == repeated]
        message = f"the condition '{text}' requires more than one {name}"
        if name == "phase":
            return BadConditionError(message, "a phase includes all later phases; use only one")
        return BadConditionError(message, f"use `|` for alternatives: '{' | '.join(alternatives)}'")

    def describe(self, mask: int) -> str | None:
        """The shortest condition that holds at exactly these coordinates; None if no single condition does."""
        members = list(self.members(mask))
        clouds = [c for c in self.clouds if any(m.cloud == c for m in members)]
        environments = [e for e in self.environments if any(m.environment == e for m in members)]
        phases = [p for p in self.phases if any(m.phase == p for m in members)]
        terms = [
            " | ".join(clouds) if len(clouds) < len(self.clouds) else "",
            " | ".join(environments) if len(environments) < len(self.environments) else "",
            phases[0] if phases and len(phases) < len(self.phases) else "",
        ]
        text = " & ".join(term for term in terms if term)
        return text if text and self.condition(text).mask == mask else None

    def cover(self, mask: int) -> list[str]:
        """A mask in as few conditions as possible, for people; `before growth` may occur although conditions do not have it."""
        members = list(self.members(mask))
        chosen = [
            [name for name in names if any(name in (m.cloud, m.environment, m.phase) for m in members)]
            for names in (self.clouds, self.environments, self.phases)
        ]
        clouds, environments, phases = chosen
        if len(clouds) * len(environments) * len(phases) == len(members):
            terms = [
                " | ".join(clouds) if len(clouds) < len(self.clouds) else "",
                " | ".join(environments) if len(environments) < len(self.environments) else "",
                self._phases_in_words(tuple(phases)),
            ]
            return [" & ".join(term for term in terms if term) or "everywhere"]
        names = next(names for names in chosen if len(names) > 1)
        split = (self.where(m for m in members if name in (m.cloud, m.environment, m.phase)) for name in names)
        return [words for piece in split for words in self.cover(piece)]

    def _phases_in_words(self, phases: tuple[str, ...]) -> str:
        if phases == self.phases:
            return ""
        if phases == self.phases[-len(phases) :]:
            return phases[0]
        if phases == self.phases[: len(phases)]:
            return f"before {self.phases[len(phases)]}"
        return " | ".join(phases)

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


def _with_article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


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
