"""A page for each design document: where the model holds each of its statements, section by section."""

from __future__ import annotations

import itertools
from typing import Any

from archgen.analysis.design_statements import Traced
from archgen.artifacts._families import LAST
from archgen.artifacts._tables import subject
from archgen.artifacts.addresses import page_of, source_pages
from archgen.artifacts.base import Artifact, Context, Emitted, Nav


def emit(context: Context) -> Emitted:
    """One page for each design document that the model names."""
    artifacts: list[Artifact] = []
    pages = {address.id: page_of(address.file) for address in source_pages(context.resolved)}
    for name, rows, _problems in context.project.traces():
        source = context.document.sources[name]
        sections = [
            {"heading": section.heading, "level": section.level, "rows": [_row(row) for row in inside]}
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
            )
        )
    return artifacts, []


def _row(traced: Traced) -> dict[str, Any]:
    held = traced.held
    return {
        "about": " › ".join(traced.statement.about),
        "text": traced.statement.text,
        "line": traced.statement.line,
        "at": [subject(text) for text in held.at] if held else [],
        "because": held.because if held else None,
    }
