"""The JSON Schema that lets editors complete and check architecture.yaml."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from archgen.artifacts.base import Artifact, Context, Emitted
from archgen.catalog import Catalog
from archgen.model.json_schema import schema

PATH = "schema/architecture.schema.json"


def text(kinds: Mapping[str, type[Any]] | None = None, products: Catalog | None = None) -> str:
    """The schema as text, with the kinds and products that a model may use."""
    return _written(schema(kinds, products))


def _written(data: Mapping[str, Any]) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def emit(context: Context) -> Emitted:
    """One committed file."""
    return [Artifact(PATH, _written(context.schema).encode(), committed=True)], []
