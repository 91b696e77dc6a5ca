"""Findings of rules and the policy of a model in; out comes what counts: with the project's severities, without what is waived.

A waiver holds where its entity exists (`in`), for one rule, at one part of the model and below, until a day. Without today's date
every waiver holds: what is made of a model does not change with the day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from archgen.diagnostics.diagnostic import Diagnostic, Path, in_order
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
class Judgment:
    """What counts, and what is waived."""

    findings: list[Diagnostic]
    waived: list[Waived]


class Judge:
    """Collects findings, and applies the model's severities and waivers to them: as of any day, as often as asked."""

    def __init__(self, resolved: Resolved) -> None:
        self._resolved = resolved
        self._local: list[tuple[Architecture, list[Diagnostic]]] = []
        self._general: list[Diagnostic] = []
        documents = (architecture.document for architecture in resolved.architectures.values())
        self._waivers = {name: waiver for document in documents for name, waiver in document.rules.waivers.items()}

    def add(self, architecture: Architecture, found: Iterable[Diagnostic]) -> None:
        """Add what was found at one coordinate."""
        severities = architecture.document.rules.severities
        leveled = (_leveled(finding, severities) for finding in found)
        self._local.append((architecture, [finding for finding in leveled if finding]))

    def add_general(self, found: Iterable[Diagnostic]) -> None:
        """Add what was found about the model as a whole."""
        tree = self._resolved.default.tree
        severities = self._resolved.default.document.rules.severities
        leveled = (_leveled(finding, severities) for finding in found)
        self._general += [locate(finding, tree) for finding in leveled if finding]

    def judgment(self, today: str | None = None) -> Judgment:
        """What counts and what is waived of everything added so far, with what is wrong with the waivers themselves.

        `today` (ISO 8601) decides which waivers have expired; without it, all of them hold.
        """
        kept = Gathered(self._resolved.axes)
        waived: dict[str, Gathered] = {}
        for architecture, findings in self._local:
            chosen = self._by_waiver(findings, architecture.document.rules.waivers, today)
            # Also where nothing was found: what is found at all coordinates names none of them.
            kept.add(architecture.coordinate, architecture.tree, chosen.pop("", []))
            for name, accepted_here in chosen.items():
                target = waived.setdefault(name, Gathered(self._resolved.axes))
                target.add(architecture.coordinate, architecture.tree, accepted_here)
        general = self._by_waiver(self._general, self._waivers, today)
        found = [*kept.diagnostics(), *general.pop("", [])]
        accepted = [(d, name) for name, gathered in waived.items() for d in gathered.diagnostics(everywhere=False)]
        accepted += [(d, name) for name, chosen in general.items() for d in chosen]
        if today is not None:
            found += self._stale({name for _finding, name in accepted}, today)
        return Judgment(in_order(found), [self._with_reason(finding, name) for finding, name in accepted])

    def _by_waiver(
        self, findings: Iterable[Diagnostic], waivers: Mapping[str, Waiver], today: str | None
    ) -> dict[str, list[Diagnostic]]:
        """The findings by the id of the waiver that accepts them; the empty id has those that count."""
        chosen: dict[str, list[Diagnostic]] = {}
        for finding in findings:
            chosen.setdefault(_waiver_of(finding, waivers, today), []).append(finding)
        return chosen

    def _with_reason(self, finding: Diagnostic, name: str) -> Waived:
        waiver = self._waivers[name]
        return Waived(finding, name, reason_of(waiver, self._resolved), waiver.until)

    def _stale(self, used: set[str], today: str) -> Iterator[Diagnostic]:
        """Waivers that have expired, and those that waive nothing."""
        tree = self._resolved.default.tree
        for name, waiver in self._waivers.items():
            path: Path = ("rules", "waivers", name)
            if waiver.until < today:
                message = f"the waiver '{name}' ended on {waiver.until}"
                help_ = "fix what it was about, or decide again and give it a later date"
                found = Diagnostic("ARC-X001", message, help_, (*path, "until"), severity="warning")
            elif name not in used:
                message = f"the waiver '{name}' waives nothing: {waiver.rule} reports nothing at {waiver.path}"
                help_ = "remove it, or correct its rule and path"
                found = Diagnostic("ARC-X002", message, help_, path, severity="warning")
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


def _waiver_of(finding: Diagnostic, waivers: Mapping[str, Waiver], today: str | None) -> str:
    """The id of the first waiver that accepts a finding on that day; empty where none does."""
    for name, waiver in waivers.items():
        expired = today is not None and waiver.until < today
        if waiver.rule == finding.code and not expired and _covers(parse_path(waiver.path), finding.path):
            return name
    return ""
