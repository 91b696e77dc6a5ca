"""The glossary: products in use, technical terms that the model or the pages use, kinds, and the project's own words."""

from __future__ import annotations

from typing import Any

from archgen.analysis.glossary import glossary
from archgen.artifacts._search_words import is_next_to_a_title
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.catalog.product import NEUTRAL


def emit(context: Context) -> Emitted:
    """One page."""
    rows = [
        {
            "word": entry.word,
            "id": entry.id,
            "name": entry.name,
            "definition": entry.definition,
            "of": _cloud_name(context, entry.cloud),
            "link": entry.link,
            "also": ", ".join(entry.also),
            "has_page": bool(entry.components) or is_next_to_a_title(entry.word),
            "components": [{"id": id_, "title": title} for id_, title in entry.components],
        }
        for entry in glossary(context.resolved)
    ]
    return [context.page("glossary", "glossary.md", Nav("Start here", "Glossary", 4), (), rows=rows)], []


def _cloud_name(context: Context, cloud: str) -> Any:
    return "" if cloud in ("", NEUTRAL) else context.default.clouds[cloud].name
