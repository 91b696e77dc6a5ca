"""The axes of a model, its coordinates, and the conditions that hold at some of them.

A set of coordinates is an integer with one bit per coordinate: inside, overlap and precedence are then one operation each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from archgen.diagnostics.diagnostic import did_you_mean

CLOUDS = ("aws", "gcp")  # the clouds that the catalog knows
ALWAYS = ""  # the one phase of a model that declares none


@dataclass(frozen=True, slots=True, order=True)
class Coordinate:
    """One cloud, one environment, one phase; the phase is `ALWAYS` in a model without phases."""

    cloud: str
    environment: str
    phase: str

    def __str__(self) -> str:
        return ", ".join(part for part in (self.cloud, self.environment, self.phase) if part)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as written, and the set of coordinates it holds at."""

    text: str
    mask: int


class BadConditionError(ValueError):
    """A condition or coordinate that names no axis value; `help` says what it could be."""

    def __init__(self, message: str, help_: str) -> None:
        super().__init__(message)
        self.help = help_


@dataclass(frozen=True)
class Axes:
    """The declared values of the three axes, each in its order."""

    clouds: tuple[str, ...]
    environments: tuple[str, ...]
    phases: tuple[str, ...]
    standing: tuple[tuple[str, str], ...]  # environment -> the phase it is in today
    primary: str

    @cached_property
    def all(self) -> tuple[Coordinate, ...]:
        """Every coordinate, clouds first; its position is its bit."""
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
        """The set of all coordinates."""
        return (1 << len(self.all)) - 1

    def where(self, coordinates: Iterable[Coordinate]) -> int:
        """The set of these coordinates."""
        return sum(self._bits[coordinate] for coordinate in coordinates)

    def bit(self, coordinate: Coordinate) -> int:
        """The set of this one coordinate."""
        return self._bits[coordinate]

    def members(self, mask: int) -> Iterator[Coordinate]:
        """The coordinates of a set, in their order."""
        return (coordinate for coordinate in self.all if self._bits[coordinate] & mask)

    def axis(self, name: str) -> int:
        """The axis that a value belongs to: 0 cloud, 1 environment, 2 phase."""
        return 0 if name in self.clouds else 1 if name in self.environments else 2

    def stands(self, cloud: str, environment: str) -> Coordinate:
        """Where an environment stands today on a cloud."""
        return Coordinate(cloud, environment, dict(self.standing)[environment])

    @property
    def default(self) -> Coordinate:
        """The primary cloud, the last environment, its phase."""
        return self.stands(self.primary, self.environments[-1])

    def condition(self, text: str) -> Condition:
        """`"aws & dev | stg"` as a set: `&` joins axes in their order, `|` joins alternatives of one axis.

        A phase holds from that phase on. Raises BadConditionError.
        """
        mask, axes = self.everywhere, []
        for term in text.split("&"):
            names = [name.strip() for name in term.split("|")]
            for name in names:
                if name not in self._masks:
                    raise BadConditionError(
                        f"'{name}' in the condition '{text}' is no cloud, environment or phase",
                        did_you_mean(name, self._masks),
                    )
            kinds = {self.axis(name) for name in names}
            if len(kinds) > 1:
                raise BadConditionError(
                    f"'{term.strip()}' in the condition '{text}' mixes axes", "`|` joins alternatives of one axis"
                )
            alternatives = 0
            for name in names:
                alternatives |= self._masks[name]
            mask &= alternatives
            axes += list(kinds)
        if axes != sorted(set(axes)):
            raise BadConditionError(
                f"the condition '{text}' is out of order", "write cloud, then environment, then phase, each once"
            )
        return Condition(text, mask)

    def describe(self, mask: int) -> str | None:
        """The shortest condition that holds at exactly this set; None where one condition cannot say it."""
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
        """A set in words, as few as say it: conditions, and `before` a phase, which conditions do not have."""
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
        """`--at aws,prod,growth` as a coordinate; what is left out is the default. Raises BadConditionError."""
        chosen: dict[int, str] = {}
        for name in (part.strip() for part in text.split(",")):
            if name not in self._masks:
                axis = ("cloud", "environment", "phase")
                help_ = did_you_mean(name, self._masks)
                raise BadConditionError(f"'{name}' is no {axis[0]}, {axis[1]} or {axis[2]} of this model", help_)
            if self.axis(name) in chosen:
                raise BadConditionError(
                    f"'{text}' names two values of one axis", "name one cloud, environment and phase"
                )
            chosen[self.axis(name)] = name
        cloud = chosen.get(0, self.primary)
        environment = chosen.get(1, self.environments[-1])
        return Coordinate(cloud, environment, chosen.get(2, self.stands(cloud, environment).phase))


def axes_of(clouds: Sequence[tuple[str, str]], environments: Sequence[tuple[str, str]], phases: Sequence[str]) -> Axes:
    """Axes from what the model declares.

    `clouds` pairs each cloud with its role, `environments` each with its phase ("" for the first). The first cloud whose
    role is `primary`, or else the first, is the primary one.
    """
    order = tuple(phases) or (ALWAYS,)
    return Axes(
        clouds=tuple(cloud for cloud, _role in clouds),
        environments=tuple(environment for environment, _phase in environments),
        phases=order,
        standing=tuple((name, phase if phase in order else order[0]) for name, phase in environments),
        primary=next((cloud for cloud, role in clouds if role == "primary"), clouds[0][0]),
    )
