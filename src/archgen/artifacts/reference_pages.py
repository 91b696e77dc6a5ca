"""Reference pages: every key of the model, every kind of component, every product, generated from their definitions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from archgen.artifacts.base import Context, Emitted, Nav
from archgen.catalog.cloud_facts import clouds, mentions_another
from archgen.catalog.equivalents import ProductDifference, equivalents_of
from archgen.catalog.product import NEUTRAL, Product
from archgen.model.traits import Traits

SECTION = "Reference"
KEYWORDS = ("assumed", "in", "when")


def emit(context: Context) -> Emitted:
    """A page for each part of the reference; kinds and products that the project adds are included."""
    artifacts = [
        context.page(
            "reference/model", "reference_model.md", Nav(SECTION, "The model", 1), (), classes=_classes(context)
        ),
        context.page(
            "reference/kinds", "reference_kinds.md", Nav(SECTION, "Kinds of components", 2), (), **_kinds(context)
        ),
        context.page(
            "reference/products", "reference_products.md", Nav(SECTION, "Products", 3), (), groups=_products(context)
        ),
    ]
    if context.document.terraform:
        artifacts.append(
            context.page(
                "reference/facts", "reference_facts.md", Nav(SECTION, "Facts for Terraform", 4), (), **_facts(context)
            )
        )
        nav = Nav(SECTION, "Terraform modules", 5)
        artifacts.append(context.page("reference/modules", "reference_modules.md", nav, (), clouds=_modules(context)))
    return artifacts, []


def _facts(context: Context) -> dict[str, Any]:
    """`where`: the coordinate of the examples. `groups`: (title, description, rows) of the facts."""
    from archgen.terraform.about_facts import FactRow, facts_of_models, facts_of_modules

    a = context.resolved.default
    bases = {facts.base for facts in context.resolved.clouds.values()}

    def ours(found: list[FactRow]) -> list[FactRow]:
        return [
            row for row in found if not mentions_another(f"{row.usage} {row.type} {row.meaning} {row.value}", bases)
        ]

    rows = ours(facts_of_models(a))
    functions = [row for row in rows if "(" in row.usage]
    return {
        "where": str(a.coordinate),
        "groups": [
            ("Facts", "Values of the coordinate.", [row for row in rows if row not in functions]),
            ("Functions", "They compute a value from a component or a text.", functions),
            (
                "Facts of a component",
                "Only under `set`, for the component that the module is for.",
                ours(facts_of_modules(a)),
            ),
        ],
    }


def _modules(context: Context) -> list[tuple[str, list[dict[str, Any]]]]:
    """(name of a cloud, its modules) for every cloud with bindings; each module has the anchor of its heading."""
    from archgen.terraform.module_list import listed_modules

    found = {cloud: listed_modules(context.resolved, cloud) for cloud in context.axes.clouds}
    return [
        (context.resolved.clouds[cloud].name, [{**asdict(m), "anchor": f"{cloud}-{m.id}"} for m in modules])
        for cloud, modules in found.items()
        if modules
    ]


def _classes(context: Context) -> list[dict[str, Any]]:
    """A row for the top level of the model, then one for every mapping in it that is not a component."""
    whole = context.schema_in_use
    definitions = whole["$defs"]
    components = {cls.__name__ for cls in context.resolved.kinds.values()} | {"Component"}
    top = {"name": "architecture.yaml", "id": "top", "about": whole["description"], "rows": _rows(whole)}
    others = [
        {"name": name, "id": name.lower(), "about": entry.get("description", ""), "rows": _rows(entry)}
        for name, entry in definitions.items()
        if "properties" in entry and name not in components and "." not in name
    ]
    return [top, *others]


def _kinds(context: Context) -> dict[str, Any]:
    """`shared`: the fields that all kinds have. `rows`: each kind with the fields that it adds, and what is known of its products."""
    definitions = context.schema_in_use["$defs"]
    shared = _rows(definitions["Actor"])
    names = {row["key"] for row in shared}
    used = {component.kind for a in context.resolved.architectures.values() for component in a.components.values()}
    return {
        "shared": [row for row in shared if row["key"] != "kind"],
        "rows": [
            {
                "id": id_,
                "label": cls.label,
                "about": (cls.__doc__ or "").strip(),
                "place": cls.usual_placement,
                "used": id_ in used,
                "aliases": cls.aliases,
                "traits": _traits(cls.inherent),
                "products": _products_of_kind(context, id_),
                "known": [_known(difference) for difference in _differences(context, id_)],
                "rows": [row for row in _rows(definitions[cls.__name__]) if row["key"] not in names],
            }
            for id_, cls in context.resolved.kinds.items()
        ],
    }


def _products_of_kind(context: Context, kind: str) -> list[tuple[str, list[Product]]]:
    """(name of a cloud, the products that it has for the kind) for each cloud of the model that has some, then those of any cloud."""
    products = [product for product in context.catalog.products.values() if kind in product.kinds]
    names = {cloud: context.resolved.clouds[cloud].full_name for cloud in context.axes.clouds}
    of_cloud = [
        (name, [product for product in products if cloud in (product.cloud, *product.also)])
        for cloud, name in names.items()
    ]
    anywhere = [product for product in products if product.cloud == NEUTRAL]
    return [(name, found) for name, found in (*of_cloud, ("On any cloud", anywhere)) if found]


def _differences(context: Context, kind: str) -> list[ProductDifference]:
    """What differs between the products of a kind on the clouds of the model, if it has several."""
    equivalents = equivalents_of(kind)
    if equivalents is None or len(context.axes.clouds) < 2:
        return []
    sides = {cloud: context.catalog.products_for(kind, cloud) for cloud in context.axes.clouds}
    return [found for found in equivalents.between(sides) if len({*found.clouds} & {*sides}) > 1]


def _known(difference: ProductDifference) -> dict[str, Any]:
    return {"about": difference.about, "text": difference.text, "sources": difference.sources}


def _traits(traits: Traits) -> list[str]:
    """What a kind states about all of its components, in words."""
    said = {
        "stateful": ("loses state when it is lost", "loses no state when it is lost"),
        "keeps_data": ("stores data", "stores no data"),
        "entrance": ("can be reached from the internet", "cannot be reached from the internet"),
    }
    words = [yes if getattr(traits, key) else no for key, (yes, no) in said.items() if getattr(traits, key) is not None]
    words += ["starts something by itself"] * traits.starts + ["delivers messages later"] * traits.carrier
    words += ["passes requests on"] * traits.proxy
    return [*words, *([f"is {traits.redundancy}"] if traits.redundancy else ())]


def _rows(entry: dict[str, Any]) -> list[dict[str, Any]]:
    required = {key for found in (entry, entry.get("else", {})) for key in found.get("required", ())}
    required |= set(entry.get("x-required", ()))
    return [
        {
            "key": key,
            "type": _type(field),
            "required": key in required,
            "default": field.get("default", ""),
            "about": field.get("description", ""),
        }
        for key, field in entry["properties"].items()
        if key not in KEYWORDS
    ]


_TYPES = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}


def _type(field: dict[str, Any]) -> str:
    """The type of a field of a JSON schema, in words."""
    if "$ref" in field:
        return str(field["$ref"]).rsplit("/", 1)[1]
    if "const" in field:
        return f"always {field['const']}"
    if "enum" in field and len(field["enum"]) <= 8:
        return " or ".join(str(value) for value in field["enum"])
    if isinstance(field.get("type"), list):
        return " or ".join(_type({**field, "type": type_}) for type_ in field["type"])
    if field.get("type") == "array":
        return f"list of {_type(field.get('items', {}))}"
    if field.get("type") == "object":
        inner = [*field.get("patternProperties", {}).values(), field.get("additionalProperties")]
        values = next((value for value in inner if isinstance(value, dict) and value), None)
        return f"mapping of IDs to {_type(values)}" if values else "mapping"
    text = _TYPES.get(str(field.get("type")), "text")
    low, high = field.get("minimum"), field.get("maximum")
    if low is not None and high is not None:
        return f"{text}, {low} to {high}"
    return f"{text}, at least {low}" if low is not None else text


def _products(context: Context) -> list[tuple[str, str, list[Any]]]:
    """(title of a cloud, its anchor, its products) for every cloud, then the products that run on any cloud."""
    products, known = context.catalog.products.values(), clouds()
    titles = {id_: facts.full_name for id_, facts in context.resolved.clouds.items()} | {NEUTRAL: "On any cloud"}
    return [
        (
            title,
            cloud if cloud not in (*known, NEUTRAL) else title.lower().replace(" ", "-"),
            [p for p in products if p.cloud == cloud or cloud in p.also],
        )
        for cloud, title in titles.items()
    ]
