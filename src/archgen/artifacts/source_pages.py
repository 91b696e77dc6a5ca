"""A page for each design document: where the model holds each of its statements, section by section."""

from __future__ import annotations

import itertools
from typing import Any

from archgen.analysis.design_statements import Traced
from archgen.artifacts._families import LAST
from archgen.artifacts._tables import subject
from archgen.artifacts.addresses import page_of, source_pages
from archgen.artifacts.base import Artifact, Context, Emitted, Nav
from archgen.model.wording import counted


def emit(context: Context) -> Emitted:
    """One page for each design document that the model names."""
    artifacts: list[Artifact] = []
    pages = {address.id: page_of(address.file) for address in source_pages(context.resolved)}
    for name, rows, _problems in context.project.traces():
        source = context.document.sources[name]
        sections = [
            _describe_section(section.heading, [_row(row) for row in inside])
            for section, inside in itertools.groupby(rows, key=lambda row: row.statement.section)
        ]
        artifacts.append(
            context.page(
                pages[name],
                "source.md",
                Nav("Architecture", f"From the design: {source.title}", LAST + 50),
                ("sources", name),
                source=source,
                sections=sections,
                total=len(rows),
                held=sum(1 for row in rows if row.held and row.held.at),
                open=[row for section in sections for row in section["rows"] if not row["at"]],
            )
        )
    return artifacts, []


def _describe_section(heading: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A section of the document for the template; `summary` says how many of its statements the model covers."""
    held = sum(1 for row in rows if row["at"])
    extent = "in the model" if held == len(rows) else f"{held} in the model"
    return {"heading": heading, "rows": rows, "summary": f"{counted(len(rows), 'statement')}, {extent}"}


def _row(traced: Traced) -> dict[str, Any]:
    held = traced.held
    return {
        "about": " › ".join(traced.statement.about),
        "text": traced.statement.text,
        "line": traced.statement.line,
        "at": [subject(text) for text in held.at] if held else [],
        "because": held.because if held else None,
    }
