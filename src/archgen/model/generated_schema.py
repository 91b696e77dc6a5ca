"""What the JSON Schema takes from each class: the schema that pydantic generates, and the docstrings under the fields.

The docstrings are parsed from the source; if pydantic collected them while creating the classes, every run of every command would pay
for it.
"""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache, lru_cache
from typing import Any

from pydantic import BaseModel

from archgen.model.component import all_kinds
from archgen.system.kept import JSON_SCHEMAS, key_of

# The modules that decide the schema of a class.
DECIDING = (
    *(f"archgen.{package}" for package in ("model", "kinds", "clouds", "catalog")),
    *("pydantic.json_schema", "pydantic.version"),
)


# The size exceeds the number of archgen's classes, and is limited because a server also sees kinds that models declare.
@lru_cache(maxsize=256)
def generated(model: type[BaseModel]) -> dict[str, Any]:
    """The schema that pydantic generates for a class, cached because that takes half of the time. Copy it before changing it."""

    def generate() -> dict[str, Any]:
        return model.model_json_schema(ref_template="#/$defs/{model}")

    if not is_from_archgen(model):
        return generate()
    return JSON_SCHEMAS.get(key_of(f"{model.__module__}.{model.__qualname__}", *DECIDING), generate)


def is_from_archgen(model: type[BaseModel]) -> bool:
    """Whether a class is archgen's, not made for a model or a package."""
    module = model.__module__
    return module.startswith("archgen.") and getattr(sys.modules[module], model.__name__, None) is model


@cache
def descriptions() -> dict[str, dict[str, str]]:
    """The docstrings under fields, by class name and field, from the modules that define the model."""
    described = {cls.__module__ for cls in all_kinds().values()} | {"archgen.model.component"}
    described |= {name for name in sys.modules if name.startswith(("archgen.model.", "archgen.clouds."))}
    by_class: dict[str, dict[str, str]] = {}
    bases: dict[str, list[str]] = {}
    for module in sorted(described):
        for statement in ast.parse(inspect.getsource(sys.modules[module])).body:
            if isinstance(statement, ast.ClassDef):
                by_class[statement.name] = dict(_field_docstrings(statement))
                bases[statement.name] = [base.id for base in statement.bases if isinstance(base, ast.Name)]
    for name, inherited in bases.items():
        for base in inherited:
            by_class[name] = {**by_class.get(base, {}), **by_class[name]}
    for cls in all_kinds().values():
        by_class[cls.__name__] = {**by_class["Component"], **by_class[cls.__name__]}
    return by_class


def _field_docstrings(statement: ast.ClassDef) -> list[tuple[str, str]]:
    """Pairs of field and docstring of a class, with white space collapsed."""
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
