"""What a comparison of a model with states and plans of Terraform finds, and how much it could look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from types import MappingProxyType
from typing import Literal

from archgen.diagnostics.diagnostic import Path, Span
from archgen.importing.resource import Resource
from archgen.importing.terraform_json import TerraformFile
from archgen.model.coordinate import Coordinate
from archgen.records import dataclass

DriftKind = Literal["missing", "not-modeled", "different", "connection"]
# The kinds of findings in the order of the report, with their codes, which waivers name.
CODES: Mapping[DriftKind, str] = MappingProxyType(
    {"missing": "DRF101", "not-modeled": "DRF102", "different": "DRF103", "connection": "DRF104"}
)


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference between the model and the files.

    `path` is its place in the model, or where it would be; it is empty for a resource that no component is about. `addresses` are those
    of the resources, `attribute` the one that states the value. `model` and `file` are values as text, and empty if there is none.
    `at` is the line of the model, `condition` the condition that decides what it says there, and `fits_at` a coordinate at which the
    model says what the file does. `ahead` says which of model, plan and state is ahead, if both a plan and a state were given. `waiver`
    is the ID of the waiver that accepts it.
    """

    kind: DriftKind
    path: Path
    addresses: tuple[str, ...]
    message: str
    model: str = ""
    file: str = ""
    attribute: str = ""
    at: Span | None = None
    condition: str = ""
    fits_at: str = ""
    ahead: str = ""
    waiver: str = ""

    @property
    def code(self) -> str:
        """The code by which a waiver names findings of this kind."""
        return CODES[self.kind]

    @property
    def key(self) -> tuple[object, ...]:
        """What a finding is about, whatever its values are."""
        return self.kind, self.path, self.addresses if not self.path else ()


@dataclass(frozen=True, slots=True)
class Uncompared:
    """A setting that the model states, and whose value in the files is not known."""

    path: Path
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class DriftCoverage:
    """How much was compared.

    `compared` has the components of the model that the files contain, with how each was recognized; `uncovered` has the others that
    the files do not have to contain, with the reason. `values` has the paths of the settings that were compared. `unknown` has values
    that the files do not state, and `unstated` settings that only the files state. `unplaced` has resources that have no place in a
    model, with the reason. `network` is the address of the network of the environment; empty if it was not compared.
    """

    compared: Mapping[str, str] = field(default_factory=dict)
    uncovered: Mapping[str, str] = field(default_factory=dict)
    values: Sequence[Path] = ()
    unknown: tuple[Uncompared, ...] = ()
    unstated: tuple[Path, ...] = ()
    unplaced: Sequence[tuple[str, Sequence[Resource]]] = ()
    network: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """A coordinate that the files fit better than the one that was asked for: how many differences there are at each of them."""

    coordinate: Coordinate
    differences: int
    instead_of: int


@dataclass(frozen=True, slots=True)
class DriftReport:
    """What the comparison of a model with files at one coordinate found. `known` has the findings that a baseline contains."""

    coordinate: Coordinate
    sources: Sequence[TerraformFile]
    components: int
    coverage: DriftCoverage
    findings: Sequence[Drift]
    waived: Sequence[Drift] = ()
    known: Sequence[Drift] = ()
    outdated: int = 0
    fit: Fit | None = None

    @property
    def empty(self) -> bool:
        """Whether nothing was compared, so that the lack of findings means nothing."""
        return not (self.coverage.compared or self.coverage.network)

    def moved(self, move: Callable[[Span], Span]) -> DriftReport:
        """A copy with `move` applied to every place in a file."""

        def move_all(drifts: Sequence[Drift]) -> tuple[Drift, ...]:
            return tuple(replace(drift, at=move(drift.at)) if drift.at else drift for drift in drifts)

        findings, waived, known = map(move_all, (self.findings, self.waived, self.known))
        return replace(self, findings=findings, waived=waived, known=known)
