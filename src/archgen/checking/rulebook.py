"""The rulebook of a project: every rule with its severity in this project, its authorities, and what it found and looked at."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any, Literal

from archgen.catalog.cloud_facts import mentions_another
from archgen.checking.coverage import NOTHING, Coverage
from archgen.checking.judgment import Judgment
from archgen.checking.python_rules import PythonRule
from archgen.diagnostics.codes import RuleModule, rules
from archgen.diagnostics.diagnostic import OWN, dotted
from archgen.diagnostics.explain import OURS, Authority, explain
from archgen.model.resolve import Resolved
from archgen.model.wording import counted
from archgen.records import dataclass
from archgen.templating.escape import markdown, url

State = Literal["found", "unknown", "ok", "not-applicable", "silent", "off", "not-asked"]
MOST_LACKS = 3  # facts that are named in one line


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in a project, with its severity there (`ignore` if it is turned off) and its numbers of findings and waived findings.

    `coverage` says what it looked at. `tells` is false for a rule that never says so: one of the project in Python, or of a package.
    `asked` is false for a rule that depends on the date, in a judgment that does not.
    """

    code: str
    title: str
    severity: str
    authorities: tuple[Authority, ...]
    findings: int
    waived: int
    changed: bool = False  # whether the project overrides its severity
    coverage: Coverage = NOTHING
    tells: bool = True
    asked: bool = True

    @property
    def state(self) -> State:
        """What came out of asking the rule, in one word."""
        if self.severity == "ignore":
            return "off"
        if not self.asked:
            return "not-asked"
        if self.findings:
            return "found"
        if self.coverage.unsaid:
            return "unknown"
        if self.coverage.passed:
            return "ok"
        return "not-applicable" if self.tells else "silent"

    @property
    def result(self) -> str:
        """The state for people, such as `ok (12 looked at)`, with the number of waived findings."""
        words = {
            "found": counted(self.findings, "finding"),
            "unknown": "could not be checked",
            "ok": f"ok ({self.coverage.passed} looked at)",
            "not-applicable": "not applicable",
            "silent": "no findings",
            "off": "off",
            "not-asked": "depends on the date",
        }
        if self.state == "not-applicable" and self.waived:
            return f"{self.waived} waived"
        return words[self.state] + (f", {self.waived} waived" if self.waived else "")

    @property
    def gap(self) -> str:
        """What could not be checked and why, as a sentence without a final period; empty if there is nothing."""
        number = self.coverage.unsaid
        if not number or self.state in ("off", "not-asked"):
            return ""
        whats = list(dict.fromkeys(lack.what for lack in self.coverage.lacks))
        more = f"; and {len(whats) - MOST_LACKS} more" if len(whats) > MOST_LACKS else ""
        return f"{counted(number, 'part')} of the model could not be checked; not stated: {'; '.join(whats[:MOST_LACKS])}{more}"


def rulebook(resolved: Resolved, own: list[PythonRule], judgment: Judgment) -> list[Rule]:
    """archgen's rules in the order of their codes, then those of the project."""
    severities = resolved.default.document.rules.severities
    findings = Counter(d.code for d in judgment.findings)
    waived = Counter(w.finding.code for w in judgment.waived)
    bases = {facts.base for facts in resolved.clouds.values()}
    rows: list[tuple[str, str, str, tuple[Authority, ...]]] = []
    for code in sorted(rules()):
        known = explain(code)
        relevant = tuple(a for a in known.authorities if not mentions_another(f"{a.name} {a.link}", bases))
        rows.append((code, known.title, known.severity, relevant))
    declared = {n: r for a in resolved.architectures.values() for n, r in a.document.rules.own.items()}
    ours = (Authority(OURS),)
    rows += [(f"{OWN}{name}", rule.statement, rule.severity, ours) for name, rule in declared.items()]
    rows += [(rule.code, rule.statement, "warning", ours) for rule in own]
    silent = {rule.code for rule in own} | {code for code, rule in rules().items() if rule.part.package}
    undated = set() if judgment.dated else {code for code, rule in rules().items() if _needs_date(rule)}
    return [
        Rule(
            code,
            title,
            severities.get(code, level),
            authorities,
            findings[code],
            waived[code],
            code in severities,
            judgment.covered(code),
            tells=code not in silent,
            asked=code not in undated,
        )
        for code, title, level, authorities in rows
    ]


def _needs_date(rule: RuleModule) -> bool:
    """Whether a rule only has a check that depends on the date."""
    return not any(rule.part.function(name) for name in ("check", "check_all", "check_project"))


def as_text(rules: list[Rule]) -> str:
    """The rules as text, one line each, and a second line for a rule that could not be checked everywhere."""
    wide = max(len(rule.code) for rule in rules)
    lines = []
    for rule in rules:
        lines.append(f"{rule.code:<{wide}}  {rule.severity:<7}  {rule.result:<20}  {rule.title}".rstrip())
        if rule.gap:
            lines.append(f"{'':<{wide}}  {'':<7}  {rule.gap}")
    return "\n".join(lines) + "\n"


def as_markdown(rules: list[Rule]) -> str:
    """The rules as a Markdown table."""
    lines = ["| Rule | Severity | Result | What it finds | Authority |", "|---|---|---|---|---|"]
    for rule in rules:
        authorities = ", ".join(
            f"[{markdown(a.name)}]({url(a.link)})" if a.link else markdown(a.name) for a in rule.authorities
        )
        title = markdown(rule.title)
        result = f"{rule.result}: {markdown(rule.gap)}" if rule.gap else rule.result
        lines.append(f"| {rule.code} | {rule.severity} | {result} | {title} | {authorities} |")
    return "\n".join(lines) + "\n"


def as_json(rules: list[Rule]) -> str:
    """The rules as a JSON document."""
    data = {"format": "archgen-rules/1", "rules": [_item(rule) for rule in rules]}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _item(rule: Rule) -> dict[str, Any]:
    """A rule as JSON. `looked_at` is null if the rule does not say what it looks at, or was not asked."""
    counted = rule.coverage != NOTHING or rule.state == "not-applicable"
    return {
        "code": rule.code,
        "title": rule.title,
        "severity": rule.severity,
        "state": rule.state,
        "findings": rule.findings,
        "waived": rule.waived,
        "looked_at": rule.coverage.passed if counted else None,
        "not_checked": rule.coverage.unsaid if counted else None,
        "lacks": [{"path": dotted(k.path), "what": k.what, "help": k.help} for k in rule.coverage.lacks],
        "authorities": [{"name": a.name, "link": a.link or None} for a in rule.authorities],
    }


FORMATS: dict[str, Callable[[list[Rule]], str]] = {"text": as_text, "markdown": as_markdown, "json": as_json}
