"""An example of a component of each kind, as a part of a model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from archgen.catalog import Catalog
from archgen.model.component import Component

_FILE = Path(__file__).parent.parent / "catalog" / "examples.yaml"


@cache
def _stated() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """For each of archgen's kinds, the ID of a component and what it states apart from its kind and its products."""
    with _FILE.open(encoding="utf-8") as stream:
        found: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(stream)
    return found


def example_of(id_: str, kind: type[Component], catalog: Catalog, clouds: tuple[str, ...]) -> str:
    """The example of a kind in YAML, with a product on each of the clouds that has one; empty if there is none.

    A kind of a model or of a package has one if what it requires can be stated without knowing what it means.
    """
    built_in = kind.__module__.startswith("archgen.kinds.")
    name, stated = next(iter(_stated()[id_].items())) if built_in else (f"my-{id_}"[:40].rstrip("-"), _required(kind))
    products = {cloud: product for cloud in clouds if (product := _product(catalog, id_, cloud, set(stated)))}
    if kind.needs_product and not products:
        return ""
    lacking = {
        key
        for product in products.values()
        if (has := _settings_of(catalog, product))
        for key in stated
        if _lacks(kind, key, has)
    }
    settings = {key: value for key, value in stated.items() if key not in lacking}
    try:
        kind.model_validate({"kind": id_, **settings})
    except ValidationError:
        return ""
    where = {"in": [*products]} if kind.needs_product and len(products) < len(clouds) else {}
    return _as_yaml(name, id_, settings, products, where)


def _required(kind: type[Component]) -> dict[str, Any]:
    """A title, and a value for each setting that a kind requires, as far as its type says what that can be."""
    found: dict[str, Any] = {"title": kind.label}
    for key, field in kind.model_fields.items():
        if field.is_required() and key not in Component.model_fields:
            choices = getattr(field.annotation, "__args__", ())
            least = next((limit.ge for limit in field.metadata if getattr(limit, "ge", None) is not None), 1)
            values: dict[Any, Any] = {int: least, float: float(least), bool: True, str: "example"}
            found[key] = choices[0] if choices else values.get(field.annotation, "example")
    return found


def _settings_of(catalog: Catalog, product: str) -> tuple[str, ...] | None:
    return catalog.products[product].settings


def _lacks(kind: type[Component], key: str, has: tuple[str, ...]) -> bool:
    return key not in Component.model_fields and key in kind.model_fields and key not in has


def _product(catalog: Catalog, kind: str, cloud: str, keys: set[str]) -> str | None:
    """The product for an example: the first that has all of its settings, in the order in which products are compared."""
    compared = catalog.equivalents_of(kind)
    possible = catalog.products_for(kind, cloud)
    ordered = [*(compared.products.get(cloud, ()) if compared else ()), *possible]
    known = [id_ for id_ in dict.fromkeys(ordered) if id_ in possible]
    own = keys - set(Component.model_fields)
    complete = (id_ for id_ in known if (has := _settings_of(catalog, id_)) is None or own <= set(has))
    return next(complete, next(iter(known), None))


def _as_yaml(
    name: str, kind: str, settings: Mapping[str, Any], products: Mapping[str, str], where: Mapping[str, Any]
) -> str:
    """The component as a part of a model. One product for all clouds is stated once."""
    lines = ["components:", f"  {name}:", f"    kind: {kind}"]
    lines += [f"    {key}: {_value(settings[key])}" for key in settings if key in Component.model_fields]
    lines += [f"    {key}: {_value(value)}" for key, value in where.items()]
    if len(set(products.values())) == 1:
        lines.append(f"    product: {next(iter(products.values()))}")
    elif products:
        lines += ["    when:", *(f"      {cloud}: {{product: {product}}}" for cloud, product in products.items())]
    lines += [f"    {key}: {_value(settings[key])}" for key in settings if key not in Component.model_fields]
    return "\n".join(lines)


def _value(value: Any) -> str:
    """A value in YAML on one line, with a text in quotes where other readers could take it for something else."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_value(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        return value if _is_plain(value) else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


def _is_plain(text: str) -> bool:
    """Whether a text needs no quotes."""
    return text.replace(" ", "").replace("-", "").replace(".", "").isalpha() and text not in ("true", "false", "null")
