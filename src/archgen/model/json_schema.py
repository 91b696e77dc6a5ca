"""The model's classes in, one JSON Schema out, for editors: with `in`, `when` and `assumed` wherever they may stand.

Descriptions come from the docstrings under the fields. They are read from the source text here, rather than by pydantic when
the classes are made, which would cost every run of every command.
"""

from __future__ import annotations

import ast
import inspect
import sys
from copy import deepcopy
from functools import cache
from typing import Any

from pydantic import BaseModel

from archgen.catalog import products
from archgen.model.base import ID_PATTERN
from archgen.model.document import Document
from archgen.model.overlay import AXIS_DECLARATIONS
from archgen.registry import kinds

_CONDITION = r"^[a-z][a-z0-9-]*( \| [a-z][a-z0-9-]*)*( & [a-z][a-z0-9-]*( \| [a-z][a-z0-9-]*)*)*$"


def schema() -> dict[str, Any]:
    """The schema of architecture.yaml, JSON Schema 2020-12, keys in a fixed order."""
    definitions: dict[str, Any] = {}
    root = _object(Document, definitions, exempt=True)
    root["properties"]["components"]["patternProperties"] = {ID_PATTERN: {"$ref": "#/$defs/Component"}}
    component = _component(definitions)
    varied = {name: _varied(name, deepcopy(entry)) for name, entry in definitions.items() if _is_object(entry)}
    partial = {f"{name}.partial": _partial(deepcopy(entry)) for name, entry in definitions.items() if _is_object(entry)}
    plain = {name: entry for name, entry in definitions.items() if not _is_object(entry)}
    root["properties"] |= {"assumed": _assumed(), "include": _include()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "archgen architecture",
        "description": "An AWS topology and its Google Cloud equivalent, over environments and phases.",
        **root,
        "$defs": dict(sorted({**plain, **varied, **partial, "Component": component}.items())),
    }


def _is_object(entry: dict[str, Any]) -> bool:
    return "properties" in entry


def _object(model: type[BaseModel], definitions: dict[str, Any], *, exempt: bool = False) -> dict[str, Any]:
    """The schema of a class; the classes inside it go to `definitions`."""
    raw = model.model_json_schema(ref_template="#/$defs/{model}")
    for name, entry in raw.pop("$defs", {}).items():
        definitions.setdefault(name, _cleaned(entry, name))
    cleaned = _cleaned(raw, model.__name__)
    if exempt:
        cleaned.pop("title", None)
        cleaned.pop("description", None)
    return cleaned


def _cleaned(entry: dict[str, Any], name: str) -> dict[str, Any]:
    """Without titles and defaults that say nothing, without null, with the descriptions of the source."""
    described = _descriptions().get(name, {})
    entry.pop("title", None)
    for key, field in entry.get("properties", {}).items():
        field.pop("title", None)
        _without_null(field)
        if key in described:
            field["description"] = described[key]
    return entry


def _without_null(field: dict[str, Any]) -> None:
    """Null is refused everywhere, so that a key is either set or not there; and so are keys that are no ids."""
    if "patternProperties" in field:
        field.setdefault("additionalProperties", False)
    if field.get("default", "") is None:
        del field["default"]
    options = [option for option in field.get("anyOf", ()) if option != {"type": "null"}]
    if "anyOf" in field and len(options) == 1:
        del field["anyOf"]
        field.update(options[0])


@cache
def _descriptions() -> dict[str, dict[str, str]]:
    """Docstrings under fields, by class and field, from the modules that define the model."""
    modules = {cls.__module__ for cls in kinds().values()} | {Document.__module__, "archgen.kinds.base"}
    found: dict[str, dict[str, str]] = {}
    for module in sorted(modules):
        for statement in ast.parse(inspect.getsource(sys.modules[module])).body:
            if isinstance(statement, ast.ClassDef):
                found[statement.name] = dict(_of_class(statement))
    for cls in kinds().values():
        found[cls.__name__] = {**found["Component"], **found[cls.__name__]}
    return found


def _of_class(statement: ast.ClassDef) -> list[tuple[str, str]]:
    pairs = zip(statement.body, statement.body[1:], strict=False)
    return [
        (field.target.id, " ".join(text.value.value.split()))
        for field, text in pairs
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    ]


def _component(definitions: dict[str, Any]) -> dict[str, Any]:
    """A component: its kind decides which keys it has."""
    branches = []
    for id_, cls in kinds().items():
        entry = _object(cls, definitions)
        entry["properties"]["kind"] = {"const": id_}
        possible = sorted(p.id for p in products().values() if id_ in p.kinds)
        if possible:
            entry["properties"]["product"] |= {"enum": possible}
        definitions[cls.__name__] = entry
        branches.append(
            {
                "if": {"properties": {"kind": {"const": id_}}, "required": ["kind"]},
                "then": {"$ref": f"#/$defs/{cls.__name__}"},
            }
        )
    known = {"enum": sorted(kinds()), "description": "What it is; decides which further settings it has."}
    return {"type": "object", "required": ["kind"], "properties": {"kind": known}, "allOf": branches}


def _varied(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    """A mapping that may hold `in`, `when` and `assumed`; what it requires may then come from a condition."""
    entry["properties"] |= {"assumed": _assumed()}
    if name in _axis_classes():
        return entry
    entry["properties"] |= {
        "in": {
            "description": "Where this exists: any of these conditions. Everywhere without it.",
            "type": "array",
            "items": {"type": "string", "pattern": _CONDITION},
        },
        "when": {
            "description": "Settings that hold under a condition: cloud & environment & phase.",
            "type": "object",
            "patternProperties": {_CONDITION: {"$ref": f"#/$defs/{name}.partial"}},
            "additionalProperties": False,
        },
    }
    required = [key for key in entry.pop("required", []) if key != "kind"]
    if required:
        entry["anyOf"] = [{"required": ["when"]}, {"required": required}]
    return entry


@cache
def _axis_classes() -> frozenset[str]:
    """The classes that axis declarations are made of."""
    raw = Document.model_json_schema(ref_template="{model}")
    found: set[str] = set()

    def visit(node: Any) -> None:
        if isinstance(node, dict):
            if "$ref" in node and node["$ref"] not in found:
                found.add(node["$ref"])
                visit(raw["$defs"][node["$ref"]])
            for child in node.values():
                visit(child)
        elif isinstance(node, list):
            for child in node:
                visit(child)

    for axis in AXIS_DECLARATIONS:
        visit(raw["properties"][axis])
    return frozenset(found)


def _partial(entry: dict[str, Any]) -> dict[str, Any]:
    """What may stand under a condition: any of the keys, none required, and no further conditions."""
    entry.pop("required", None)
    entry["properties"] |= {"assumed": _assumed()}
    for key, field in entry["properties"].items():
        entry["properties"][key] = _to_partial(field)
    return entry


def _to_partial(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: f"{value}.partial" if key == "$ref" and not value.endswith(".partial") else _to_partial(value)
            for key, value in node.items()
            if key != "default"
        }
    return [_to_partial(item) for item in node] if isinstance(node, list) else node


def _include() -> dict[str, Any]:
    return {
        "description": "Further files of the same shape, by their path from this one; merged by key.",
        "type": "array",
        "items": {"type": "string"},
    }


def _assumed() -> dict[str, Any]:
    return {
        "description": "Keys of this mapping that nobody has decided yet; true for all of them.",
        "anyOf": [
            {"const": True},
            {"type": "array", "items": {"type": "string", "pattern": r"^[a-z][a-z0-9_-]*$"}},
        ],
    }
