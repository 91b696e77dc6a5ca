"""Diagnostics in; out they come for machines: JSON, SARIF 2.1.0, or GitHub's workflow commands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from archgen import __version__
from archgen.diagnostic import CODES, Diagnostic, Span, dotted
from archgen.report import visible

JSON_FORMAT = "archgen-diagnostics/1"
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def as_json(diagnostics: Sequence[Diagnostic]) -> str:
    """One document: `format`, and `diagnostics` with code, severity, message, help, path, place, related places, coordinates."""
    items = [
        {
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
        for d in diagnostics
    ]
    return json.dumps({"format": JSON_FORMAT, "diagnostics": items}, indent=2, ensure_ascii=False) + "\n"


def _place(span: Span) -> dict[str, Any]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def as_sarif(diagnostics: Sequence[Diagnostic]) -> str:
    """A log with one run. A result's fingerprint is made of code, path and message, so that it survives moved lines."""
    used = sorted({d.code for d in diagnostics})
    rules = [{"id": code, "shortDescription": {"text": CODES[code]}} for code in used]
    run = {
        "tool": {"driver": {"name": "archgen", "version": __version__, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(d, used) for d in diagnostics],
    }
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _result(d: Diagnostic, used: list[str]) -> dict[str, Any]:
    text = f"{d.message}. {d.help}".strip(". ") if d.help else d.message
    result: dict[str, Any] = {
        "ruleId": d.code,
        "ruleIndex": used.index(d.code),
        "level": d.severity,
        "message": {"text": text},
        "partialFingerprints": {
            "archgen/v1": hashlib.sha256(f"{d.code} {dotted(d.path)} {d.message}".encode()).hexdigest()
        },
    }
    if d.span:
        result["locations"] = [{"physicalLocation": _physical(d.span)}]
    elif d.subject:
        result["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": d.subject}}}]
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
    return {"artifactLocation": {"uri": span.file}, "region": region}


def as_github(diagnostics: Sequence[Diagnostic]) -> str:
    """One workflow command a line. Everything is escaped, so that text of a model can never become a command of its own."""
    return "".join(f"::{d.severity} {_properties(d)}::{_data(_sentence(d))}\n" for d in diagnostics)


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


FORMATS: dict[str, Callable[[Sequence[Diagnostic]], str]] = {"json": as_json, "sarif": as_sarif, "github": as_github}
