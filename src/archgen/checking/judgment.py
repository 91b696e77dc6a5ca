"""Applying a model's severities and waivers to the findings of rules.

A waiver applies to one rule, at one part of the model and below it, at the coordinates of its `in`, until a date. Without
today's date, no waiver has expired, so that generated files do not change from day to day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace

from archgen.checking.coverage import EVERYWHERE, NOTHING, Collector, Coverage, Missing
from archgen.diagnostics.codes import DRIFT_CODES
from archgen.diagnostics.diagnostic import Diagnostic, Path, in_order
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.model.paths import parse_path
from archgen.model.policy import Waiver
from archgen.model.resolve import Gathered, Resolved, locate
from archgen.records import dataclass


@dataclass(frozen=True, slots=True)
class Waived:
    """A finding that does not count: with the id of its waiver, the reason, and the last day of the waiver (ISO 8601)."""

    finding: Diagnostic
    waiver: str
    reason: str
    until: str


@dataclass(frozen=True, slots=True)
class Judgment:
    """The findings that count, those that are waived, and how much the rules could look at.

    `coverage` has an entry for each rule that passed anything or lacked a fact, by code; `missing` has the facts that rules lacked,
    the ones that settle most first. `dated` says whether rules that depend on the date were asked.
    """

    findings: list[Diagnostic]
    waived: list[Waived]
    coverage: Mapping[str, Coverage] = field(default_factory=dict)
    missing: list[Missing] = field(default_factory=list)
    dated: bool = True

    def covered(self, code: str) -> Coverage:
        """How much a rule could look at."""
        return self.coverage.get(code, NOTHING)


class Judge:
    """Collects findings and applies the model's severities and waivers to them, for any number of dates."""

    def __init__(self, resolved: Resolved) -> None:
        self._resolved = resolved
        self._local: list[tuple[Architecture, list[Diagnostic]]] = []
        self._general: list[Diagnostic] = []
        self._collector = Collector(resolved.axes)
        documents = (architecture.document for architecture in resolved.architectures.values())
        self._waivers = {name: waiver for document in documents for name, waiver in document.rules.waivers.items()}

    def hear(self, said: Iterable[tuple[str, Outcome]], architecture: Architecture | None = None) -> None:
        """Add what rules say at one coordinate, or about the model as a whole; each outcome comes with the code of its rule."""
        about = architecture or self._resolved.default
        at = str(architecture.coordinate) if architecture else EVERYWHERE
        ignored = {code for code, level in about.document.rules.severities.items() if level == "ignore"}
        found: list[Diagnostic] = []
        for code, outcome in said:
            if isinstance(outcome, Diagnostic):
                found.append(outcome)
            elif isinstance(outcome, Passed):
                if (outcome.code or code) not in ignored:
                    self._collector.add_passed(outcome.code or code, outcome, at)
            elif code not in ignored:
                self._collector.add_unsaid(code, outcome, at, about.tree)
        if architecture:
            self.add(architecture, found)
        else:
            self.add_general(found)

    def add(self, architecture: Architecture, found: Iterable[Diagnostic]) -> None:
        """Add findings at one coordinate."""
        severities = architecture.document.rules.severities
        leveled = (_leveled(finding, severities) for finding in found)
        self._local.append((architecture, [finding for finding in leveled if finding]))

    def add_general(self, found: Iterable[Diagnostic]) -> None:
        """Add findings about the model as a whole."""
        severities = self._resolved.default.document.rules.severities
        leveled = (_leveled(finding, severities) for finding in found)
        self._general += [self._locate(finding) for finding in leveled if finding]

    def _locate(self, finding: Diagnostic) -> Diagnostic:
        """The finding with its place at the default coordinate, or, for a part that only others have, at the first of them."""
        default = self._resolved.default.tree
        trees = (a.tree for a in self._resolved.architectures.values())
        return locate(
            finding, default if default.get(finding.path) else next((t for t in trees if t.get(finding.path)), default)
        )

    def judgment(self, today: str | None = None) -> Judgment:
        """All findings added so far, separated into those that count and those that are waived.

        `today` (ISO 8601) determines which waivers have expired, and adds findings about expired and unused waivers.
        """
        kept = Gathered(self._resolved.axes)
        waived: dict[str, Gathered] = {}
        for architecture, findings in self._local:
            chosen = self._by_waiver(findings, architecture.document.rules.waivers, today)
            # Added even if it is empty, because a finding that occurs at every coordinate that was added names none of them.
            kept.add(architecture.coordinate, architecture.tree, chosen.pop("", []))
            for name, accepted_here in chosen.items():
                target = waived.setdefault(name, Gathered(self._resolved.axes))
                target.add(architecture.coordinate, architecture.tree, accepted_here)
        general = self._by_waiver(self._general, self._waivers, today)
        counted = [*kept.diagnostics(), *general.pop("", [])]
        accepted = [(d, name) for name, gathered in waived.items() for d in gathered.diagnostics(everywhere=False)]
        accepted += [(d, name) for name, chosen in general.items() for d in chosen]
        if today is not None:
            counted += self._stale({name for _finding, name in accepted}, today)
        return Judgment(
            in_order(counted),
            [self._with_reason(finding, name) for finding, name in accepted],
            self._collector.coverage(),
            self._collector.missing(),
            today is not None,
        )

    def _by_waiver(
        self, findings: Iterable[Diagnostic], waivers: Mapping[str, Waiver], today: str | None
    ) -> dict[str, list[Diagnostic]]:
        """The findings by the id of the waiver that accepts them; those that count have an empty id."""
        chosen: dict[str, list[Diagnostic]] = {}
        for finding in findings:
            chosen.setdefault(_waiver_of(finding, waivers, today), []).append(finding)
        return chosen

    def _with_reason(self, finding: Diagnostic, name: str) -> Waived:
        waiver = self._waivers[name]
        return Waived(finding, name, reason_of(waiver, self._resolved), waiver.until)

    def _stale(self, used: set[str], today: str) -> Iterator[Diagnostic]:
        """A finding for each waiver that has expired or is not used."""
        tree = self._resolved.default.tree
        for name, waiver in self._waivers.items():
            path: Path = ("rules", "waivers", name)
            if waiver.until < today:
                message = f"the waiver '{name}' expired on {waiver.until}"
                help_ = "fix the accepted finding, or review the waiver and set a later date"
                finding = Diagnostic("ARC-X001", message, help_, (*path, "until"), severity="warning")
            elif name not in used and waiver.rule not in DRIFT_CODES:  # only `archgen drift` knows whether one is used
                message = f"the waiver '{name}' is not used: {waiver.rule} reports nothing at {waiver.path}"
                help_ = "remove it, or correct its rule and path"
                finding = Diagnostic("ARC-X002", message, help_, path, severity="warning")
            else:
                continue
            yield locate(finding, tree)


def reason_of(waiver: Waiver, resolved: Resolved) -> str:
    """Why a waiver accepts its finding: its reason, or the choice of the decision that it names."""
    if waiver.reason:
        return waiver.reason
    decisions = (a.document.decisions for a in resolved.architectures.values())
    return next((found[waiver.decision].choice for found in decisions if waiver.decision in found), "")


def _leveled(finding: Diagnostic, severities: Mapping[str, str]) -> Diagnostic | None:
    """The finding with the severity that the project sets for its rule; None if the project ignores the rule."""
    level = severities.get(finding.code)
    if level is None:
        return finding
    return None if level == "ignore" else replace(finding, severity=level)  # type: ignore[arg-type]  # a Level is one


def _covers(waived: Path, path: Path) -> bool:
    return path[: len(waived)] == waived and bool(waived)


def _waiver_of(finding: Diagnostic, waivers: Mapping[str, Waiver], today: str | None) -> str:
    """The id of the first waiver that accepts a finding on that day; empty if there is none."""
    for name, waiver in waivers.items():
        expired = today is not None and waiver.until < today
        if waiver.rule == finding.code and not expired and _covers(parse_path(waiver.path), finding.path):
            return name
    return ""
