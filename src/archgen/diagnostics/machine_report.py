"""Diagnostics in formats for programs: JSON, SARIF 2.1.0, GitHub's workflow commands, and JUnit XML."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import quote
from xml.etree import ElementTree

from archgen import __version__
from archgen.diagnostics.codes import rules, title_of, titles
from archgen.diagnostics.diagnostic import Diagnostic, Path, Span, dotted
from archgen.diagnostics.explain import explain
from archgen.diagnostics.report import capped, visible
from archgen.records import dataclass


class Waiving(Protocol):
    """A finding that a project accepts, with the id of the waiver, the reason, and its last day (ISO 8601)."""

    @property
    def finding(self) -> Diagnostic: ...
    @property
    def waiver(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def until(self) -> str: ...


class Lacking(Protocol):
    """A fact that the model does not state, with the paths of what could not be checked without it, by the code of the rule."""

    @property
    def fact(self) -> Diagnostic: ...
    @property
    def about(self) -> Mapping[str, Sequence[Path]]: ...


class Asked(Protocol):
    """A rule, what came out of asking it (`ok`, `found`, `silent`, or a reason why it says nothing), and both in words."""

    @property
    def code(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def result(self) -> str: ...
    @property
    def gap(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Report:
    """What a report contains: findings, waived findings, missing facts, the rules, which are empty if none was asked, and what the stages
    of the command took, which is empty unless it was asked for."""

    findings: Sequence[Diagnostic]
    waived: Sequence[Waiving] = ()
    missing: Sequence[Lacking] = ()
    rules: Sequence[Asked] = ()
    timings: Sequence[Mapping[str, object]] = ()


JSON_FORMAT = "archgen-diagnostics/1"
LEVELS = {"error": "error", "warning": "warning", "info": "note"}  # names of severities in SARIF
NOTICES = {"error": "error", "warning": "warning", "info": "notice"}  # names of severities in workflow commands
TOP = "%SRCROOT%"  # GitHub code scanning's name for the top of the repository
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_json(report: Report) -> str:
    """A JSON document with `format`, `diagnostics` (code, severity, message, help, path, place, related places, coordinates),
    `waived` (the same with the id, reason and last day of the waiver), and `unknown` (the same for each fact that the model does not
    state, with the paths of what could not be checked, by rule). With `--timings`, also `timings` (stage, seconds, share)."""
    accepted = [_item(w.finding) | {"waiver": w.waiver, "reason": w.reason, "until": w.until} for w in report.waived]
    unknown = [
        _item(m.fact) | {"rules": {code: [*map(dotted, paths)] for code, paths in m.about.items()}}
        for m in report.missing
    ]
    found = [_item(d) for d in report.findings]
    data: dict[str, Any] = {"format": JSON_FORMAT, "diagnostics": found, "waived": accepted, "unknown": unknown}
    if report.timings:
        data["timings"] = list(report.timings)
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _item(d: Diagnostic) -> dict[str, Any]:
    return {
        "code": d.code,
        "severity": d.severity,
        "message": d.message,
        "help": d.help or None,
        "path": dotted(d.path) or None,
        "place": _place(d.span) if d.span else None,
        "subject": d.subject or None,
        "related": [{"message": note, "place": _place(span)} for note, span in d.related],
        "coordinates": list(d.where),
    }


def _place(span: Span) -> dict[str, Any]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def as_sarif(report: Report) -> str:
    """A SARIF log with one run. Fingerprints are computed from code, path and message, so that they survive moved lines. Waived
    findings are suppressed results with the reason.

    Missing facts are notifications, because GitHub shows each result as an alert, even one whose `kind` says that nothing is known.
    """
    every = [*report.findings, *(w.finding for w in report.waived)]
    used = sorted({d.code for d in every})
    names = {d.code: _title(d) for d in reversed(every)}
    results = [_result(d, used) for d in report.findings]
    for w in report.waived:
        suppression = {
            "kind": "external",
            "status": "accepted",
            "justification": f"{w.reason} ({w.waiver}, until {w.until})",
        }
        results.append(_result(w.finding, used) | {"suppressions": [suppression]})
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "archgen", "version": __version__, "rules": [_rule(c, names[c]) for c in used]}},
        "originalUriBaseIds": {TOP: {"description": {"text": "The top of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    if report.missing:
        notices = [_notification(m.fact) for m in report.missing]
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": notices}]
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _title(d: Diagnostic) -> str:
    """What the code of a diagnostic means; its message where it comes from a rule of the project."""
    return title_of(d.code) or d.message


def _rule(code: str, title: str) -> dict[str, Any]:
    """The SARIF description of a rule; a rule of the project only has its id and title."""
    rule: dict[str, Any] = {"id": code, "shortDescription": {"text": title}}
    if code in titles():
        known = explain(code)
        rule["fullDescription"] = {"text": known.why}
        links = [authority.link for authority in known.authorities if authority.link]
        rule |= {"helpUri": links[0]} if links else {}
        rule |= {"defaultConfiguration": {"level": LEVELS[known.severity]}} if known.severity else {}
    return rule


def _notification(d: Diagnostic) -> dict[str, Any]:
    """The SARIF notification about a fact that the model does not state."""
    notice: dict[str, Any] = {
        "descriptor": {"id": d.code},
        "level": LEVELS[d.severity],
        "message": {"text": _text(d)},
    }
    return notice | ({"locations": [{"physicalLocation": _physical(d.span)}]} if d.span else {})


def _text(d: Diagnostic) -> str:
    return f"{d.message}. {d.help}".strip(". ") if d.help else d.message


def _result(d: Diagnostic, used: list[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": d.code,
        "ruleIndex": used.index(d.code),
        "level": LEVELS[d.severity],
        "message": {"text": _text(d)},
        "partialFingerprints": {
            "archgen/v1": hashlib.sha256(f"{d.code} {dotted(d.path)} {d.message}".encode()).hexdigest()
        },
    }
    if d.span:
        result["locations"] = [{"physicalLocation": _physical(d.span)}]
    elif d.subject:
        result["locations"] = [{"physicalLocation": {"artifactLocation": _artifact(d.subject)}}]
    if d.related:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": note}, "physicalLocation": _physical(span)}
            for number, (note, span) in enumerate(d.related)
        ]
    return result


def _physical(span: Span) -> dict[str, Any]:
    region = {"startLine": span.line, "startColumn": max(span.column, 1), "endLine": span.end_line}
    if span.end_column > 0:
        region["endColumn"] = span.end_column
    return {"artifactLocation": _artifact(span.file), "region": region}


def _artifact(file: str) -> dict[str, str]:
    """The SARIF location of a file: relative to the top of the repository, unless the file is outside of it."""
    if file.startswith("/"):
        return {"uri": f"file://{quote(file)}"}
    return {"uri": quote(file), "uriBaseId": TOP}


def as_github(report: Report) -> str:
    """Workflow commands, one per line. Everything is escaped, so that text of a model can never become a command.

    GitHub shows ten annotations per step, so only the first ones of each code are included, with the number of others. The other
    formats are complete.
    """
    shown, left = capped([*report.findings, *(m.fact for m in report.missing)])
    lines = [f"::{NOTICES[d.severity]} {_properties(d)}::{_data(_sentence(d))}\n" for d in shown]
    lines += [f"::notice title={code}::and {number:,} more of {code}\n" for code, number in left.items()]
    return "".join(lines)


def _sentence(d: Diagnostic) -> str:
    return visible(f"{d.message}{f' ({d.help})' if d.help else ''}")


def _properties(d: Diagnostic) -> str:
    pairs: list[tuple[str, object]] = [("title", d.code)]
    if d.span:
        pairs += [("file", d.span.file), ("line", d.span.line), ("col", d.span.column)]
        pairs += [("endLine", d.span.end_line), ("endColumn", d.span.end_column)]
    elif d.subject:
        pairs.append(("file", d.subject))
    return ",".join(f"{name}={_property(str(value))}" for name, value in pairs)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")


def as_junit(report: Report) -> str:
    """A JUnit test suite with a failed case for each finding and a skipped one for each waived finding.

    Each rule without findings has a case: a passed one if it looked at something, otherwise a skipped one with the reason.
    https://github.com/testmoapp/junitxml describes the format that tools agree on.
    """
    suite = ElementTree.Element("testsuite", name="archgen")
    for d in report.findings:
        case = _case(suite, d.code, f"{_title(d)}{f' at {dotted(d.path)}' if d.path else ''}", d.span)
        fault = ElementTree.SubElement(case, "failure", type=d.severity, message=_xml(d.message))
        fault.text = _xml("\n".join(part for part in (d.help, "; ".join(d.where)) if part))
    for w in report.waived:
        case = _case(suite, w.finding.code, f"{_title(w.finding)} at {dotted(w.finding.path)}", w.finding.span)
        ElementTree.SubElement(case, "skipped", message=_xml(f"{w.reason} ({w.waiver}, until {w.until})"))
    for code, title, reason in _quiet_rules(report):
        case = _case(suite, code, title, None)
        if reason:
            ElementTree.SubElement(case, "skipped", message=_xml(reason))
    skipped = len(suite.findall("testcase/skipped"))
    suite.attrib |= {"tests": str(len(suite)), "failures": str(len(report.findings)), "skipped": str(skipped)}
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _quiet_rules(report: Report) -> Iterator[tuple[str, str, str]]:
    """The code and title of each rule without findings, and why it was skipped; the reason is empty if it passed."""
    reported = {d.code for d in report.findings}
    if not report.rules:  # the model could not be read
        yield from ((code, rule.title, "not asked") for code, rule in sorted(rules().items()) if code not in reported)
    for rule in report.rules:
        if rule.code not in reported:
            passed = rule.state in ("ok", "silent") and not rule.gap
            yield rule.code, rule.title, "" if passed else rule.gap or rule.result


def _case(suite: ElementTree.Element, code: str, name: str, span: Span | None) -> ElementTree.Element:
    place = {"file": _xml(span.file), "line": str(span.line)} if span else {}
    return ElementTree.SubElement(suite, "testcase", {"classname": code, "name": _xml(name), **place})


def _xml(text: str) -> str:
    """The text with U+FFFD in place of characters that XML 1.0 does not allow, even escaped."""
    return "".join(c if c in "\t\n" or c.isprintable() or (c.isspace() and c > "\x7f") else "\ufffd" for c in text)


FORMATS: dict[str, Callable[[Report], str]] = {
    "json": as_json,
    "sarif": as_sarif,
    "github": as_github,
    "junit": as_junit,
}
