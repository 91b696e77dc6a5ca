"""Prints what `archgen drift` found as text, Markdown, JSON or SARIF. Each report opens with how much was compared."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from archgen.diagnostics.diagnostic import Diagnostic, Span, dotted
from archgen.diagnostics.machine_report import Report, as_sarif
from archgen.diagnostics.report import visible
from archgen.drifting.findings import Drift, DriftKind, DriftReport
from archgen.importing.resource import Resource
from archgen.importing.terraform_json import TerraformFile
from archgen.model.wording import counted
from archgen.records import dataclass
from archgen.rules.secrets import without_secrets, without_secrets_in
from archgen.templating.escape import comment, comment_code

JSON_FORMAT = "archgen-drift/1"
_TITLES: Mapping[DriftKind, str] = {
    "missing": "Missing: in the model, but not in the files",
    "not-modeled": "Not modeled: in the files, but not in the model",
    "different": "Different",
    "connection": "Connections that the files declare or permit, and the model does not have",
}
_HEAD = ("| What | Model | Files | Line | Resource |", "| --- | --- | --- | --- | --- |")
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class WaivedDrift:
    """A difference that a waiver accepts, as reports of all commands have it."""

    finding: Diagnostic
    waiver: str
    reason: str
    until: str


@dataclass(frozen=True, slots=True)
class PrintedReport:
    """A report, and what its formats need to know of the model: the place of its components, and each waiver's reason and last day."""

    report: DriftReport
    components_at: Span | None
    waivers: Mapping[str, tuple[str, str]]


def as_text(printed: PrintedReport) -> str:
    """The report for a terminal."""
    report = printed.report
    lines = [*_coverage_lines(report)]
    for kind, title in _TITLES.items():
        those = [drift for drift in report.findings if drift.kind == kind]
        if those:
            lines += ["", f"{title} ({len(those)})"]
            lines += [line for drift in those for line in _drift_lines(drift)]
    lines += ["", _verdict(report)]
    return "".join(f"{visible(without_secrets(line))}\n" for line in lines)


def _coverage_lines(report: DriftReport) -> Iterator[str]:
    yield from (f"{source.file}: {source_in_words(source)}" for source in report.sources)
    yield from (f"{_INDENT}{line}" for line in coverage_sentences(report))


def source_in_words(source: TerraformFile) -> str:
    """What a file is, without its name."""
    return f"{source.what}, {counted(len(source.resources), 'object' if source.is_kubernetes else 'resource')}"


def coverage_sentences(report: DriftReport) -> Iterator[str]:
    """How much was compared, a line for each part of it."""
    coverage = report.coverage
    how = Counter(coverage.compared.values())
    by = f" (recognized by {', '.join(f'{name}: {number}' for name, number in sorted(how.items()))})" if how else ""
    yield f"{len(coverage.compared)} of {counted(report.components, 'component')} of the model at {report.coordinate} compared{by}"
    yield f"{counted(len(coverage.values), 'value')} of components compared"
    if coverage.network:
        yield f"network {coverage.network} compared"
    for why, number in sorted(Counter(coverage.uncovered.values()).items()):
        yield f"{counted(number, 'component')} not covered: {why}"
    for why, number in sorted(Counter(unknown.reason for unknown in coverage.unknown).items()):
        yield f"{counted(number, 'value')} not known: {why}"
    if coverage.unstated:
        yield f"{counted(len(coverage.unstated), 'value')} that only the files state"
    for why, resources in coverage.unplaced:
        yield f"{counted(len(resources), 'resource')} without a place in a model, because {why}: {_by_type(resources)}"


def _by_type(resources: Iterable[Resource]) -> str:
    numbers = Counter(resource.type for resource in resources)
    return ", ".join(f"{name} ×{number}" for name, number in sorted(numbers.items()))


def _drift_lines(drift: Drift) -> Iterator[str]:
    yield f"{_INDENT}{drift.message}"
    place = f"{drift.at.file}:{drift.at.line}" if drift.at else ""
    condition = f", which holds for {drift.condition}" if drift.condition else ""
    if place:
        yield f"{_INDENT * 3}model: {place}{condition}"
    if drift.addresses:
        attribute = f": {drift.attribute}" if drift.attribute else ""
        yield f"{_INDENT * 3}resource: {', '.join(drift.addresses)}{attribute}"
    if drift.fits_at:
        yield f"{_INDENT * 3}the model has this value at {drift.fits_at}"
    if drift.ahead:
        yield f"{_INDENT * 3}{drift.ahead}"


def _verdict(report: DriftReport) -> str:
    words = [counted(len(report.findings), "difference") if report.findings else "No differences"]
    words += [f"{len(report.waived)} waived"] if report.waived else []
    words += [f"{len(report.known)} in the baseline"] if report.known else []
    sentences = [f"{', '.join(words)}."]
    if report.outdated:
        occur = "occurs" if report.outdated == 1 else "occur"
        what = f"{counted(report.outdated, 'difference')} of the baseline no longer {occur}"
        sentences.append(f"{what}; write the baseline again.")
    if report.fit:
        sentences.append(fit_sentence(report))
    if report.empty:
        sentences.append("No component of the model is in the files, so this says nothing about it.")
    return " ".join(sentences)


def fit_sentence(report: DriftReport) -> str:
    """Which coordinate the files fit better than the one that was asked for."""
    fit = report.fit
    assert fit is not None
    return (
        f"The files fit {fit.coordinate} better than {report.coordinate}: "
        f"{counted(fit.differences, 'difference') if fit.differences else 'no differences'} instead of {fit.instead_of}."
    )


def as_markdown(printed: PrintedReport) -> str:
    """The report for a pull request."""
    report = printed.report
    parts = [f"## Drift at {_prose(str(report.coordinate))}", "", _prose(_verdict(report)), ""]
    parts += [f"- {_prose(line)}" for line in coverage_sentences(report)]
    for kind, title in _TITLES.items():
        those = [drift for drift in report.findings if drift.kind == kind]
        if those:
            parts += ["", f"### {_prose(title)}", "", *_HEAD, *map(_row, those)]
    return "\n".join(parts) + "\n"


def _row(drift: Drift) -> str:
    line = f"{drift.at.file}:{drift.at.line}" if drift.at else ""
    condition = f" ({drift.condition})" if drift.condition else ""
    what = drift.message + (f"; {drift.ahead}" if drift.ahead else "")
    cells = [_prose(what), _cell(drift.model), _cell(drift.file), _cell(line) + _prose(condition)]
    return f"| {' | '.join([*cells, ', '.join(_cell(a) for a in drift.addresses)])} |"


def _cell(text: str) -> str:
    return str(comment_code(visible(without_secrets(text)))) if text else ""


def _prose(text: str) -> str:
    return str(comment(visible(without_secrets(text))))


def as_json(printed: PrintedReport) -> str:
    """The report for programs."""
    return json.dumps(without_secrets_in(document_of(printed.report)), indent=2, ensure_ascii=False) + "\n"


def document_of(report: DriftReport) -> dict[str, Any]:
    """The report as plain data."""
    coverage = report.coverage
    return {
        "format": JSON_FORMAT,
        "at": str(report.coordinate),
        "sources": [
            {"file": s.file, "form": s.form, "terraform": s.terraform, "resources": len(s.resources)}
            for s in report.sources
        ],
        "coverage": {
            "components": report.components,
            "compared": dict(sorted(coverage.compared.items())),
            "not_covered": dict(sorted(coverage.uncovered.items())),
            "values": len(coverage.values),
            "network": coverage.network or None,
            "unknown": [
                {"path": dotted(u.path), "address": u.address, "reason": u.reason} for u in coverage.unknown
            ],
            "only_in_files": [dotted(path) for path in coverage.unstated],
            "not_placed": {why: sorted(r.address for r in resources) for why, resources in coverage.unplaced},
        },
        "differences": [plain_drift(drift) for drift in report.findings],
        "waived": [plain_drift(drift) | {"waiver": drift.waiver} for drift in report.waived],
        "in_baseline": [plain_drift(drift) for drift in report.known],
        "baseline_entries_that_no_longer_occur": report.outdated,
        "fits_better": {"at": str(report.fit.coordinate), "differences": report.fit.differences} if report.fit else None,
    }  # fmt: skip


def plain_drift(drift: Drift) -> dict[str, Any]:
    """A difference as plain data."""
    return {
        "kind": drift.kind,
        "code": drift.code,
        "path": dotted(drift.path) or None,
        "message": drift.message,
        "model": drift.model or None,
        "file": drift.file or None,
        "addresses": list(drift.addresses),
        "attribute": drift.attribute or None,
        "place": {"file": drift.at.file, "line": drift.at.line} if drift.at else None,
        "condition": drift.condition or None,
        "fits_at": drift.fits_at or None,
        "ahead": drift.ahead or None,
    }


def as_drift_sarif(printed: PrintedReport) -> str:
    """The report as a SARIF log. A resource that is not in the model is reported where the model lists its components."""
    report = printed.report
    findings = [_diagnostic(drift, printed.components_at) for drift in report.findings]
    waived = [
        WaivedDrift(_diagnostic(drift, printed.components_at), drift.waiver, *printed.waivers[drift.waiver])
        for drift in report.waived
    ]
    return as_sarif(Report(findings, waived))


def _diagnostic(drift: Drift, otherwise: Span | None) -> Diagnostic:
    facts = [", ".join(drift.addresses), f"it holds for {drift.condition}" if drift.condition else "", drift.ahead]
    path = drift.path or drift.addresses[:1]
    return Diagnostic(
        drift.code,
        without_secrets(drift.message),
        without_secrets("; ".join(fact for fact in facts if fact)),
        path,
        severity="warning",
        span=drift.at or otherwise,
    )


FORMATS: Mapping[str, Callable[[PrintedReport], str]] = {
    "text": as_text,
    "markdown": as_markdown,
    "json": as_json,
    "sarif": as_drift_sarif,
}
