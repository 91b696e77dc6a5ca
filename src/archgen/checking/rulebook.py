"""A project and what was found in it; out comes its rulebook: every rule with its severity here, its authority, and what it says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from archgen.checking.judgment import Judgment
from archgen.checking.python_rules import PythonRule
from archgen.diagnostics.codes import rules
from archgen.diagnostics.diagnostic import OWN
from archgen.diagnostics.explain import OURS, Authority, explain
from archgen.model.resolve import Resolved
from archgen.templating.escape import markdown, url


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule in a project: its severity there (`ignore` where the project wants none of it), its findings and waived ones by number."""

    code: str
    title: str
    severity: str
    authorities: tuple[Authority, ...]
    findings: int
    waived: int
    changed: bool = False  # whether the project gives it another severity than its own


def rulebook(resolved: Resolved, own: list[PythonRule], judgment: Judgment) -> list[Rule]:
    """Archgen's rules in order of code, then the project's own."""
    severities = resolved.default.document.rules.severities
    findings = Counter(d.code for d in judgment.findings)
    waived = Counter(w.finding.code for w in judgment.waived)
    rows: list[tuple[str, str, str, tuple[Authority, ...]]] = []
    for code in sorted(rules()):
        known = explain(code)
        rows.append((code, known.title, known.severity, known.authorities))
    declared = {n: r for a in resolved.architectures.values() for n, r in a.document.rules.own.items()}
    ours = (Authority(OURS),)
    rows += [(f"{OWN}{name}", rule.statement, rule.severity, ours) for name, rule in declared.items()]
    rows += [(rule.code, rule.statement, "warning", ours) for rule in own]
    return [
        Rule(code, title, severities.get(code, level), said, findings[code], waived[code], code in severities)
        for code, title, level, said in rows
    ]


def as_text(rules: list[Rule]) -> str:
    """A line for each."""
    wide = max(len(rule.code) for rule in rules)
    lines = []
    for rule in rules:
        state = f"{rule.findings} found" if rule.findings else "ok"
        state += f", {rule.waived} waived" if rule.waived else ""
        lines.append(f"{rule.code:<{wide}}  {rule.severity:<7}  {state:<20}  {rule.title}".rstrip())
    return "\n".join(lines) + "\n"


def as_markdown(rules: list[Rule]) -> str:
    """A table."""
    lines = ["| Rule | Severity | Found | Waived | What it finds | Authority |", "|---|---|--:|--:|---|---|"]
    for rule in rules:
        said = ", ".join(
            f"[{markdown(a.name)}]({url(a.link)})" if a.link else markdown(a.name) for a in rule.authorities
        )
        title = markdown(rule.title)
        lines.append(f"| {rule.code} | {rule.severity} | {rule.findings} | {rule.waived} | {title} | {said} |")
    return "\n".join(lines) + "\n"


def as_json(rules: list[Rule]) -> str:
    """A list."""
    items = [
        {
            "code": rule.code,
            "title": rule.title,
            "severity": rule.severity,
            "findings": rule.findings,
            "waived": rule.waived,
            "authorities": [{"name": a.name, "link": a.link or None} for a in rule.authorities],
        }
        for rule in rules
    ]
    return json.dumps({"format": "archgen-rules/1", "rules": items}, indent=2, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[list[Rule]], str]] = {"text": as_text, "markdown": as_markdown, "json": as_json}
