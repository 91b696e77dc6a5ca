"""Findings of rules and the policy of a model in; out comes what counts: with the project's severities, without what is waived.

A waiver holds where its entity exists (`in`), for one rule, at one part of the model and below, until a day. Without today's date
every waiver holds: what is made of a model does not change with the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from archgen.diagnostic import Diagnostic, Path
from archgen.model.architecture import Architecture
from archgen.model.paths import parse_path
from archgen.model.policy import Waiver
from archgen.model.resolve import Gathered, Resolved, locate


@dataclass(frozen=True, slots=True)
class Waived:
    """A finding that does not count: the id of the waiver that says so, why, and until when."""

    finding: Diagnostic
    waiver: str
    reason: str
    until: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What counts, and what is waived."""

    findings: list[Diagnostic]
    waived: list[Waived]


@dataclass
class Judge:
    """Takes findings one coordinate after the other. `today` is a date (ISO 8601), None where no date may matter."""

    resolved: Resolved
    today: str | None
    _gathered: Gathered = field(init=False)
    _waived: dict[str, Gathered] = field(default_factory=dict)
    _others: list[Diagnostic] = field(default_factory=list)
    _others_waived: list[tuple[Diagnostic, str]] = field(default_factory=list)
    _every: dict[str, Waiver] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._gathered = Gathered(self.resolved.axes)
        for architecture in self.resolved.architectures.values():
            self._every.update(architecture.document.rules.waivers)

    def at(self, architecture: Architecture, found: Iterable[Diagnostic]) -> None:
        """What was found at one coordinate."""
        rules = architecture.document.rules
        kept: list[Diagnostic] = []
        waived: dict[str, list[Diagnostic]] = {}
        for finding in found:
            leveled = _leveled(finding, rules.severities)
            if leveled is None:
                continue
            waiver = self._waiver(leveled, rules.waivers)
            waived.setdefault(waiver, []).append(leveled) if waiver else kept.append(leveled)
        self._gathered.add(architecture.coordinate, architecture.tree, kept)
        for name, findings in waived.items():
            one = self._waived.setdefault(name, Gathered(self.resolved.axes))
            one.add(architecture.coordinate, architecture.tree, findings)

    def everywhere(self, found: Iterable[Diagnostic]) -> None:
        """What was found about the model as a whole."""
        tree = self.resolved.default.tree
        severities = self.resolved.default.document.rules.severities
        for finding in found:
            leveled = _leveled(finding, severities)
            if leveled is None:
                continue
            waiver = self._waiver(leveled, self._every)
            located = locate(leveled, tree)
            if waiver:
                self._others_waived.append((located, waiver))
            else:
                self._others.append(located)

    def judgement(self) -> Judgement:
        """Everything that was handed in, and what is wrong with the waivers themselves."""
        waived = [(d, name) for name, gathered in self._waived.items() for d in gathered.diagnostics(everywhere=False)]
        waived += self._others_waived
        found = [*self._gathered.diagnostics(), *self._others, *self._stale({name for _finding, name in waived})]
        return Judgement(found, [self._with_reason(finding, name) for finding, name in waived])

    def _with_reason(self, finding: Diagnostic, name: str) -> Waived:
        waiver = self._every[name]
        return Waived(finding, name, reason_of(waiver, self.resolved), waiver.until)

    def _waiver(self, finding: Diagnostic, waivers: Mapping[str, Waiver]) -> str | None:
        for name, waiver in waivers.items():
            expired = self.today is not None and waiver.until < self.today
            if waiver.rule == finding.code and not expired and _covers(parse_path(waiver.path), finding.path):
                return name
        return None

    def _stale(self, used: set[str]) -> Iterable[Diagnostic]:
        """Waivers that have expired, and those that waive nothing: the second only when all rules were asked."""
        if self.today is None:
            return
        tree = self.resolved.default.tree
        for name, waiver in self._every.items():
            path: Path = ("rules", "waivers", name)
            if waiver.until < self.today:
                message = f"the waiver '{name}' ended on {waiver.until}"
                help_ = "mend what it was about, or decide again and give it another day"
                found = Diagnostic("ARC-X001", message, help_, (*path, "until"), severity="warning")
            elif name not in used:
                message = f"the waiver '{name}' waives nothing: {waiver.rule} does not speak at {waiver.path}"
                found = Diagnostic(
                    "ARC-X002", message, "remove it, or correct its rule and path", path, severity="warning"
                )
            else:
                continue
            yield locate(found, tree)


def reason_of(waiver: Waiver, resolved: Resolved) -> str:
    """Why a finding is accepted: in the waiver's own words, or as the decision that it names puts it."""
    if waiver.reason:
        return waiver.reason
    decisions = (a.document.decisions for a in resolved.architectures.values())
    return next((found[waiver.decision].choice for found in decisions if waiver.decision in found), "")


def _leveled(finding: Diagnostic, severities: Mapping[str, str]) -> Diagnostic | None:
    """The finding with the severity that the project gives its rule; None where the project ignores it."""
    level = severities.get(finding.code)
    if level is None:
        return finding
    return None if level == "ignore" else replace(finding, severity=level)  # type: ignore[arg-type]  # a Level is one


def _covers(waived: Path, path: Path) -> bool:
    return path[: len(waived)] == waived and bool(waived)
