"""The JSON Schema that lets editors complete and check architecture.yaml."""

from __future__ import annotations

import json

from archgen.artifacts.base import Artifact, Context, Emitted
from archgen.model.json_schema import schema

PATH = "schema/architecture.schema.json"


def text() -> str:
    """The schema as text."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def emit(context: Context) -> Emitted:
    """One committed file."""
    return [Artifact(PATH, text().encode(), committed=True)], []
