"""The JSON Schemas that let editors complete and check architecture.yaml and the files that it includes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from archgen.artifacts.base import Artifact, Context, Emitted
from archgen.catalog import Catalog
from archgen.model.json_schema import part_schema, schema
from archgen.model.shared_parts import share_parts

PATH = "schema/architecture.schema.json"
PART = "schema/architecture-part.schema.json"


def text(kinds: Mapping[str, type[Any]] | None = None, products: Catalog | None = None) -> str:
    """The JSON schema as text, with the kinds and products that a model may use."""
    return written(schema(kinds, products))


def written(data: Mapping[str, Any]) -> str:
    """A schema as text, without repeated fields; the same schema gives the same bytes."""
    return json.dumps(share_parts(data), indent=2, ensure_ascii=False) + "\n"


def emit(context: Context) -> Emitted:
    """The committed schema file, and a second one for included files if the model has any."""
    artifacts = [Artifact(PATH, written(context.schema).encode(), committed=True)]
    if len(context.project.files.sources) > 1:
        artifacts.append(Artifact(PART, written(part_schema(context.schema)).encode(), committed=True))
    return artifacts, []
