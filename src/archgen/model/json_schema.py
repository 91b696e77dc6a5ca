"""The JSON Schema of architecture.yaml for editors, with `in`, `when` and `assumed` wherever they are allowed.

What it takes from each class is in generated_schema.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from copy import deepcopy
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel

from archgen.catalog import Catalog, catalog
from archgen.catalog.cloud_facts import clouds
from archgen.model.base import ID_PATTERN
from archgen.model.component import all_kinds, protocols_of
from archgen.model.document import document_for
from archgen.model.generated_schema import DECIDING, descriptions, generated, is_from_archgen
from archgen.model.overlay import DECLARATIONS
from archgen.model.per_cloud import classes_for
from archgen.system.kept import JSON_SCHEMAS, key_of

Made = TypeVar("Made")

_TERM = r"(before )?[a-z][a-z0-9-]*"
_CONDITION = rf"^{_TERM}( \| {_TERM})*( & {_TERM}( \| {_TERM})*)*$"
# Editors show this instead of the pattern.
_CONDITION_IN_WORDS = "A condition joins IDs of clouds, environments and phases by ` & ` and ` | `, such as `aws & growth & before scale`."

# References to shared definitions, because these parts occur hundreds of times.
_IN: dict[str, Any] = {"$ref": "#/$defs/in"}
_ASSUMED: dict[str, Any] = {"$ref": "#/$defs/assumed"}
_NO_KEYWORD = r"^(?!(?:in|when|assumed)$)"


class Scope(NamedTuple):
    """What a schema lets a model use. Equal scopes have equal schemas."""

    kinds: tuple[tuple[str, type[Any]], ...]
    """The ID and the class of each kind of component."""
    products: tuple[tuple[str, ...], ...]
    """The IDs of the products of each kind, in the order of `kinds`."""
    clouds: tuple[tuple[str, str], ...]
    """The ID of each cloud, and the cloud that it is like."""


def scope_of(
    own: Mapping[str, type[Any]] | None = None,
    products: Catalog | None = None,
    bases: Mapping[str, str] | None = None,
) -> Scope:
    """The scope of a schema. `own` has all kinds of components by ID, `products` all products, and `bases` all clouds with the one
    that each of them is like; by default, those that archgen knows.
    """
    known, sold, of = own or all_kinds(), products or catalog(), bases or {cloud: cloud for cloud in clouds()}
    possible: dict[str, set[str]] = {kind: set() for kind in known}
    for product in sold.products.values():
        for kind in product.kinds:
            possible.get(kind, set()).add(product.id)
    return Scope(tuple(known.items()), tuple(tuple(sorted(ids)) for ids in possible.values()), tuple(of.items()))


def schema(
    own: Mapping[str, type[Any]] | None = None,
    products: Catalog | None = None,
    bases: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The schema of architecture.yaml as JSON Schema 2020-12, with keys in a fixed order. The arguments are those of `scope_of`."""
    return _schema(scope_of(own, products, bases))


@lru_cache(maxsize=8)
def shared_schema(scope: Scope) -> dict[str, Any]:
    """The schema of a scope, kept because making it takes half of the time of a small build. Do not change it."""
    return kept_of_scope("schema", scope, lambda: _schema(scope))


def kept_of_scope(what: str, scope: Scope, make: Callable[[], Made]) -> Made:
    """What `make` returns for a scope, made once in all runs if all of its kinds are archgen's. Do not change it."""
    if not all(is_from_archgen(cls) for _id, cls in scope.kinds):
        return make()
    kinds = [[id_, cls.__module__] for id_, cls in scope.kinds]
    return JSON_SCHEMAS.get(key_of(json.dumps([what, kinds, scope.products, scope.clouds]), *DECIDING), make)


def _schema(scope: Scope) -> dict[str, Any]:
    known, of = dict(scope.kinds), dict(scope.clouds)
    definitions: dict[str, Any] = {}
    document = document_for(classes_for(of))
    root = _object(document, definitions, exempt=True)
    root["properties"]["components"]["patternProperties"] = {ID_PATTERN: {"$ref": "#/$defs/Component"}}
    component = _component(definitions, scope)
    spoken = definitions["Call"]["properties"]["protocol"]
    spoken["examples"] = protocols_of(known.values())
    fixed = _declaration_classes(document)
    changed = _changed_component([definitions[cls.__name__] for cls in known.values()])
    classes = {id_: cls.__name__ for id_, cls in known.items()}
    inside = _inside_components(definitions, classes)
    varied = {
        name: _varied(name, deepcopy(entry), declares=name in fixed, may_lack=name in inside)
        for name, entry in definitions.items()
        if _is_object(entry)
    }
    partial = {f"{name}.partial": _partial(deepcopy(entry)) for name, entry in definitions.items() if _is_object(entry)}
    plain = {name: entry for name, entry in definitions.items() if not _is_object(entry)}
    complete = {f"{name}.complete": _complete(varied[name], inside) for name in inside}
    defaults = {f"{name}.default": _default(partial[f"{name}.partial"], name) for name in classes.values()}
    varied["Defaults"] = _defaults(varied.pop("Defaults"), classes)
    del partial["Defaults.partial"]
    for name, field in root["properties"].items():
        _with_keywords(field, declares=name in DECLARATIONS)
    _with_clouds(root["properties"]["clouds"], of)
    root["properties"] |= {"assumed": _ASSUMED, "include": _include()}
    # Only in a file that nothing is added to can a schema tell that a component lacks a required key.
    whole = {"patternProperties": {ID_PATTERN: {"$ref": "#/$defs/Component.complete"}}}
    root |= {
        "if": {"properties": {"defaults": False, "include": False}},
        "then": {"properties": {"components": whole}},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "archgen architecture",
        "description": "An architecture on one or more clouds, across environments and phases.",
        **root,
        "$defs": dict(
            sorted(
                {
                    **plain,
                    **varied,
                    **partial,
                    **defaults,
                    "Component": component,
                    "Component.partial": changed,
                    "Component.default": _default(changed, "Component"),
                    **complete,
                    "Component.complete": _complete_component(classes),
                    "in": _in(),
                    "assumed": _assumed(),
                }.items()
            )
        ),
    }


def _with_clouds(field: dict[str, Any], known: Collection[str]) -> None:
    """Let editors offer the clouds that are known; others need `facts`."""
    entry = {"$ref": "#/$defs/Cloud"}
    field["properties"] |= dict.fromkeys(known, entry)
    others = f"^(?!(?:in|when|assumed|{'|'.join(known)})$){ID_PATTERN.removeprefix('^')}"
    field["patternProperties"] = {others: {**entry, "required": ["facts"]}}


def part_schema(whole: dict[str, Any]) -> dict[str, Any]:
    """The schema of an included file: the keys of the whole model, none of them required, without `include`."""
    part = {key: value for key, value in whole.items() if key not in ("required", "properties", "if", "then")}
    part["title"] = "archgen architecture, a part"
    part["description"] = "A file that architecture.yaml includes: any of its keys."
    part["properties"] = {key: value for key, value in whole["properties"].items() if key != "include"}
    return part


def _is_object(entry: dict[str, Any]) -> bool:
    return "properties" in entry


def _object(model: type[BaseModel], definitions: dict[str, Any], *, exempt: bool = False) -> dict[str, Any]:
    """The schema of a class; the schemas of classes inside it are added to `definitions`."""
    raw = deepcopy(generated(model))
    for name, entry in raw.pop("$defs", {}).items():
        definitions.setdefault(name, _cleaned(entry, name))
    cleaned = _cleaned(raw, model.__name__)
    if exempt:
        cleaned.pop("title", None)
        cleaned.pop("description", None)
    return cleaned


def _cleaned(entry: dict[str, Any], name: str) -> dict[str, Any]:
    """`entry`, changed in place: generated titles and null removed, descriptions from the source added."""
    described = descriptions().get(name, descriptions()["Component"])
    entry.pop("title", None)
    for key, field in entry.get("properties", {}).items():
        field.pop("title", None)
        _without_null(field)
        if text := described.get(key) or described.get(f"{key}_"):  # a keyword of Python as a key
            field["description"] = text
    return entry


def _without_null(field: dict[str, Any]) -> None:
    """Refuse null in a field, so that a key is either set or absent, and refuse keys that are not ids."""
    if "patternProperties" in field:
        field.setdefault("additionalProperties", False)
    if field.get("default", "") is None:
        del field["default"]
    if "anyOf" in field:
        field |= _one_of_types([option for option in field.pop("anyOf") if option != {"type": "null"}])
    for inner in (field.get("items"), *field.get("patternProperties", {}).values()):
        if isinstance(inner, dict):
            _without_null(inner)


def _one_of_types(options: list[dict[str, Any]]) -> dict[str, Any]:
    """One schema for several types without `anyOf`, for which an editor would report an error for every branch."""
    if len(options) == 1:
        return options[0]
    types = [str(option.get("type", "object")) for option in options]
    kept = [type_ for type_ in types if type_ != "integer" or "number" not in types]
    choice: dict[str, Any] = {"type": list(dict.fromkeys(kept))}
    for option in options:
        if "$ref" in option:
            choice |= {"if": {"type": "object"}, "then": option}
        else:
            choice |= {key: value for key, value in option.items() if key != "type"}
    return choice


def _component(definitions: dict[str, Any], scope: Scope) -> dict[str, Any]:
    """The schema of a component, which selects the schema of its kind; those are added to `definitions`."""
    branches = []
    for (id_, cls), products in zip(scope.kinds, scope.products, strict=True):
        entry = _object(cls, definitions)
        entry["properties"]["kind"] = {"const": id_}
        if products:
            entry["properties"]["product"] |= {"enum": list(products)}
        definitions[cls.__name__] = entry
        branches.append(
            {
                "if": {"properties": {"kind": {"const": id_}}, "required": ["kind"]},
                "then": {"$ref": f"#/$defs/{cls.__name__}"},
            }
        )
    kind = {"enum": sorted(id_ for id_, _cls in scope.kinds), "description": descriptions()["Component"]["kind"]}
    return {"type": "object", "required": ["kind"], "properties": {"kind": kind}, "allOf": branches}


def _changed_component(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """The schema of a component under a condition, where its kind need not be repeated: any setting of any kind.

    For a setting that several kinds define, it contains only what their definitions have in common.
    """
    settings: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        for key, field in _partial(deepcopy(entry))["properties"].items():
            settings.setdefault(key, []).append(field)
    shared = {key: _in_common(fields) for key, fields in settings.items()}
    shared["kind"] = {"enum": sorted(field["const"] for field in settings["kind"])}
    return {"type": "object", "properties": shared, "additionalProperties": False}


def _in_common(fields: list[dict[str, Any]]) -> dict[str, Any]:
    """The keywords that all of these schemas share with the same value."""
    return {key: value for key, value in fields[0].items() if all(field.get(key) == value for field in fields)}


def _varied(name: str, entry: dict[str, Any], *, declares: bool, may_lack: bool) -> dict[str, Any]:
    """`entry`, extended in place by `in`, `when` and `assumed`; with `when`, a condition may supply its required keys.

    An entry that `may_lack` them, because a default may supply them, is not required to have them, but lists them.
    """
    for field in entry["properties"].values():
        _with_keywords(field, declares=declares)
    entry["properties"] |= {"assumed": _ASSUMED}
    if declares:
        return entry
    entry["properties"] |= {"in": _IN, "when": _when({"$ref": f"#/$defs/{name}.partial"})}
    required = [key for key in entry.pop("required", []) if key != "kind"]
    if required and may_lack:
        entry["x-required"] = required
    elif required:
        entry |= {"if": {"required": ["when"]}, "else": {"required": required}}
    return entry


def _inside_components(definitions: Mapping[str, Any], classes: Mapping[str, str]) -> set[str]:
    """The names of the classes of components and of those inside them."""
    found: set[str] = set()
    waiting = list(classes.values())
    while waiting:
        name = waiting.pop()
        if name not in found and _is_object(definitions[name]):
            found.add(name)
            waiting += [inner for field in definitions[name]["properties"].values() for inner in _references(field)]
    return found


def _references(node: Any) -> list[str]:
    """The names of the definitions that a schema refers to."""
    if isinstance(node, list):
        return [name for item in node for name in _references(item)]
    if not isinstance(node, dict):
        return []
    own = [str(node["$ref"]).rsplit("/", 1)[1]] if "$ref" in node else []
    return own + [name for value in node.values() for name in _references(value)]


def _complete_component(classes: Mapping[str, str]) -> dict[str, Any]:
    """The schema of a component with all required keys of its kind. `classes` has the class of each kind."""
    return {
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": id_}}, "required": ["kind"]},
                "then": {"$ref": f"#/$defs/{name}.complete"},
            }
            for id_, name in classes.items()
        ]
    }


def _complete(entry: dict[str, Any], inside: set[str]) -> dict[str, Any]:
    """What an entry must have, besides being valid: its required keys, unless a condition may supply them, and those of its parts."""
    properties = {key: part for key, field in entry["properties"].items() if (part := _complete_part(field, inside))}
    required = (
        {"if": {"required": ["when"]}, "else": {"required": entry["x-required"]}} if "x-required" in entry else {}
    )
    return {"properties": properties, **required}


def _complete_part(field: dict[str, Any], inside: set[str]) -> dict[str, Any]:
    """The same for a field, which may hold one part, a list or a mapping of them; empty if nothing in it can be incomplete."""
    if "$ref" in field:
        name = str(field["$ref"]).rsplit("/", 1)[1]
        return {"$ref": f"#/$defs/{name}.complete"} if name in inside else {}
    found: dict[str, Any] = {}
    for key in ("items", "additionalProperties", "then"):
        if isinstance(field.get(key), dict) and (part := _complete_part(field[key], inside)):
            found[key] = part
    patterns = {p: part for p, f in field.get("patternProperties", {}).items() if (part := _complete_part(f, inside))}
    if "then" in found:
        found["if"] = field["if"]
    return {**found, **({"patternProperties": patterns} if patterns else {})}


def _default(partial: dict[str, Any], name: str) -> dict[str, Any]:
    """The schema of the defaults of a kind, made from that of its settings under a condition."""
    settings = {key: field for key, field in partial["properties"].items() if key != "kind"}
    return {**partial, "properties": {**settings, "when": _when({"$ref": f"#/$defs/{name}.partial"})}}


def _defaults(entry: dict[str, Any], classes: Mapping[str, str]) -> dict[str, Any]:
    """The schema of `defaults`, made from that of its class."""
    described = {key: entry["properties"][key]["description"] for key in ("kinds", "runtimes", "tags")}
    of_any = {ID_PATTERN: {"$ref": "#/$defs/Component.default"}}
    of_kinds = {id_: {"$ref": f"#/$defs/{name}.default"} for id_, name in classes.items()}
    fields: dict[str, dict[str, Any]] = {
        "kinds": {"properties": of_kinds},
        "runtimes": {"patternProperties": of_any, "x-keys-refer-to": "component"},
        "tags": {"patternProperties": of_any},
    }
    return {
        "type": "object",
        "description": entry["description"],
        "properties": {
            key: {"type": "object", "description": described[key], **field, "additionalProperties": False}
            for key, field in fields.items()
        },
        "additionalProperties": False,
    }


def _with_keywords(field: dict[str, Any], *, declares: bool) -> None:
    """Allow the keywords in a mapping of ids, next to its entries."""
    if "patternProperties" not in field:
        return
    entries = {_NO_KEYWORD + pattern.removeprefix("^"): entry for pattern, entry in field["patternProperties"].items()}
    under = _to_partial({"type": "object", "patternProperties": deepcopy(entries), "additionalProperties": False})
    field["patternProperties"] = entries
    field["properties"] = {"assumed": _ASSUMED} | ({} if declares else {"in": _IN, "when": _when(under)})


def _in() -> dict[str, Any]:
    return {
        "description": "Where this exists: at any of these conditions. Without it, everywhere.",
        "type": "array",
        "items": {"type": "string", "pattern": _CONDITION, "patternErrorMessage": _CONDITION_IN_WORDS},
    }


def _when(settings: dict[str, Any]) -> dict[str, Any]:
    return {
        "description": "Settings that apply under a condition: cloud & environment & phase.",
        "type": "object",
        "patternProperties": {_CONDITION: settings},
        "additionalProperties": False,
    }


def _declaration_classes(document: type[BaseModel]) -> frozenset[str]:
    """The names of the classes that occur in declarations of axes, kinds and products."""
    raw = deepcopy(generated(document))
    names: set[str] = set()

    def visit(node: Any) -> None:
        if isinstance(node, dict):
            if "$ref" in node and node["$ref"].rsplit("/", 1)[1] not in names:
                name = node["$ref"].rsplit("/", 1)[1]
                names.add(name)
                visit(raw["$defs"][name])
            for child in node.values():
                visit(child)
        elif isinstance(node, list):
            for child in node:
                visit(child)

    for axis in DECLARATIONS:
        visit(raw["properties"][axis])
    return frozenset(names)


def _partial(entry: dict[str, Any]) -> dict[str, Any]:
    """`entry`, changed in place to what is allowed under a condition: any of its keys, none required, no conditions."""
    entry.pop("required", None)
    entry["properties"] |= {"assumed": _ASSUMED}
    for key, field in entry["properties"].items():
        entry["properties"][key] = _to_partial(field)
    return entry


def _to_partial(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            key: f"{value}.partial" if key == "$ref" and not _is_partial(value) else _to_partial(value)
            for key, value in node.items()
            if key != "default"
        }
    return [_to_partial(item) for item in node] if isinstance(node, list) else node


def _is_partial(reference: str) -> bool:
    return reference.endswith(".partial") or {"$ref": reference} in (_IN, _ASSUMED)


def _include() -> dict[str, Any]:
    return {
        "description": "Other files of the same shape, as paths relative to this one; merged by key.",
        "type": "array",
        "items": {"type": "string"},
    }


def _assumed() -> dict[str, Any]:
    return {
        "description": "Keys of this mapping whose values are assumptions; true for all of them.",
        "type": ["boolean", "array"],
        "items": {"type": "string", "pattern": r"^[a-z][a-z0-9_-]*$"},
        "if": {"type": "boolean"},
        "then": {"const": True},
    }
