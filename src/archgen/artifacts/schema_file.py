"""The JSON Schemas that let editors complete and check architecture.yaml and the files that it includes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from archgen.artifacts.base import Artifact, Context, Emitted
from archgen.catalog import Catalog
from archgen.model.json_schema import Scope, kept_of_scope, part_schema, schema, shared_schema
from archgen.model.shared_parts import share_parts

WITHOUT_PICTURES = True  # so these files can be made while pictures are drawn

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
    artifacts = [Artifact(PATH, _whole(context.scope), committed=True)]
    if len(context.project.files.sources) > 1:
        artifacts.append(Artifact(PART, _part(context.scope), committed=True))
    return artifacts, []


@lru_cache(maxsize=8)
def _whole(scope: Scope) -> bytes:
    return kept_of_scope("text", scope, lambda: written(shared_schema(scope)).encode())


@lru_cache(maxsize=8)
def _part(scope: Scope) -> bytes:
    return kept_of_scope("text of a part", scope, lambda: written(part_schema(shared_schema(scope))).encode())
