"""Reference pages: every key of the model, every product, every fact and module for Terraform, generated from their definitions."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from archgen.artifacts._families import FAMILIES, LAST, task_of
from archgen.artifacts._schema_rows import schema_rows
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.catalog.cloud_facts import clouds, mentions_another
from archgen.catalog.product import NEUTRAL, Product

WITHOUT_PICTURES = True  # so these files can be made while pictures are drawn

SECTION = "Reference"


def emit(context: Context) -> Emitted:
    """A page for each part of the reference except the kinds; products that the project adds are included."""
    artifacts = [
        context.page(
            "reference/model", "reference_model.md", Nav(SECTION, "The model", 10), (), classes=_classes(context)
        ),
        context.page(
            "reference/products",
            "reference_products.md",
            Nav(SECTION, "Products", LAST + 90),
            (),
            groups=_products(context),
        ),
    ]
    if context.document.terraform:
        artifacts.append(
            context.page(
                "reference/facts",
                "reference_facts.md",
                Nav(SECTION, "Facts for Terraform", LAST + 91),
                (),
                **_facts(context),
            )
        )
        nav = Nav(SECTION, "Terraform modules", LAST + 92)
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
    top = {"name": "architecture.yaml", "id": "top", "about": whole["description"], "rows": schema_rows(whole)}
    others = [
        {"name": name, "id": name.lower(), "about": entry.get("description", ""), "rows": schema_rows(entry)}
        for name, entry in definitions.items()
        if "properties" in entry and name not in components and "." not in name
    ]
    return [top, *others]


def _products(context: Context) -> list[dict[str, Any]]:
    """The products of every cloud, then those that run on any cloud: `used` in this model, and the `others` by what they are for.

    A product is listed once, with the first of its kinds.
    """
    products, known = context.catalog.products.values(), clouds()
    titles = {id_: facts.full_name for id_, facts in context.resolved.clouds.items()} | {NEUTRAL: "On any cloud"}
    used = _products_in_use(context)
    groups = []
    for cloud, title in titles.items():
        rows = [p for p in products if p.cloud == cloud or cloud in p.also]
        others = [p for p in rows if p.id not in used]
        tasks = {p.id: _task_of_product(context, p) for p in others}
        groups.append(
            {
                "title": title,
                "place": cloud if cloud not in (*known, NEUTRAL) else title.lower().replace(" ", "-"),
                "used": [p for p in rows if p.id in used],
                "others": [
                    (name, inside)
                    for task, name in FAMILIES.items()
                    if (inside := [p for p in others if tasks[p.id] == task])
                ],
            }
        )
    return groups


def _products_in_use(context: Context) -> set[str]:
    """The IDs of the products of components at any coordinate; none for the manual, whose model is only an example."""
    every = () if context.manual else context.resolved.architectures.values()
    return {id_ for a in every for component in a.components.values() for id_ in a.products_of(component)}


def _task_of_product(context: Context, product: Product) -> str:
    """What people use a product to do: a key of `TASKS`, from the first kind that it can be."""
    kind = next((context.resolved.kinds[id_] for id_ in product.kinds if id_ in context.resolved.kinds), None)
    return task_of(kind) if kind else "other"
