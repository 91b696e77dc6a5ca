"""What the reference says about kinds of components, from their classes, the catalog, rules, runbooks and bindings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from archgen.artifacts._explained import rules_left_out
from archgen.artifacts._kind_behavior import behavior
from archgen.artifacts._kind_examples import example_of
from archgen.artifacts._schema_rows import schema_rows
from archgen.artifacts._search_tags import search_tags
from archgen.artifacts.addresses import page_of, pages_of_kinds
from archgen.artifacts.base import Context
from archgen.catalog.equivalents import Equivalents
from archgen.catalog.product import NEUTRAL, Product
from archgen.checking.rule_kinds import rules_reading
from archgen.diagnostics.codes import titles
from archgen.model.component import EDGE, MANAGED, OUTSIDE, TASKS, Component
from archgen.runbooks.procedures import Template, known, read, runbooks_of
from archgen.templating.render import TemplateFailure

_NOT_COMPARED = Equivalents("", {}, (), ())


class KindFacts:
    """Facts about the kinds that a model may use, for templates. `pages` has the page of each kind that has one."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.kinds: Mapping[str, type[Component]] = context.resolved.kinds
        used = {address.id: page_of(address.file) for address in pages_of_kinds(context.resolved)}
        self.pages = {id_: f"reference/kinds/{id_}" for id_ in self.kinds} if context.manual else used
        self.definitions = context.schema_in_use["$defs"]
        rows = schema_rows(self.definitions[next(iter(self.kinds.values())).__name__])
        self.shared = [row for row in rows if row["key"] in Component.model_fields and row["key"] != "kind"]
        self._components = _components_by_kind(context)
        self._titles = {named["id"]: named["title"] for found in self._components.values() for named in found}
        self._hosts, self._guests = _hosts_and_guests(context)
        self._sold = _products_by_kind(context)
        self._unexplained = rules_left_out(context)
        self._runbooks = list(_runbooks(context))
        self._bindings = list(_bindings(context))

    def groups(self) -> list[dict[str, Any]]:
        """The kinds that have pages, by what people use them to do."""
        return [
            {"task": TASKS[task], "rows": [self.line(id_) for id_ in found]} for task, found in self._by_task().items()
        ]

    def _by_task(self) -> dict[str, list[str]]:
        """The IDs of the kinds that have pages by task, without tasks for which there is no kind."""
        found: dict[str, list[str]] = {task: [] for task in TASKS}
        for id_ in self.pages:
            cls = self.kinds[id_]
            found[cls.used_to if cls.used_to in TASKS else "other"].append(id_)
        return {task: ids for task, ids in found.items() if ids}

    def line(self, id_: str) -> dict[str, Any]:
        """What the index says about a kind."""
        cls = self.kinds[id_]
        return {
            "id": id_,
            "anchor": id_ if id_ != "shared" else "kind_shared",  # the keys of all components have that anchor
            "there": self.pages[id_],
            "label": cls.label,
            "about": _definition(cls),
            "aliases": cls.aliases,
            "components": self._components.get(id_, []),
        }

    def page(self, id_: str) -> dict[str, Any]:
        """Everything about a kind."""
        cls, clouds = self.kinds[id_], self.context.axes.clouds
        rows = [row for row in schema_rows(self.definitions[cls.__name__]) if row["key"] not in Component.model_fields]
        keys = [row["key"] for row in rows]
        products = self._products(id_, keys)
        return {
            **self.line(id_),
            "tags": search_tags(cls.label, cls.aliases),
            "manual": self.context.manual,
            "declared": id_ in self.context.document.kinds,
            "family": [{"id": other, "there": self.pages[other]} for other in self._family(id_) if other in self.pages],
            "place": _PLACES.get(cls.usual_placement, "a tier of the network"),
            "placement": cls.usual_placement,
            "behavior": behavior(cls, products_say=any(p["redundancy"] for _, found in products for p in found)),
            "hosts": self._there(name for named in self._components.get(id_, []) for name in self._hosts[named["id"]]),
            "guests": self._there(
                name for named in self._components.get(id_, []) for name in self._guests[named["id"]]
            ),
            "rows": [{**row, "mapping": self._mapping(row["inner"]), "about": self._about(row)} for row in rows],
            "example": example_of(id_, cls, self.context.catalog, clouds),
            "products": products,
            "pairs": self._pairs(id_),
            "known": [asdict(difference) for difference in self._differences(id_)],
            "rules": [
                {"code": code, "title": titles()[code]} for code in rules_reading(cls) if code not in self._unexplained
            ],
            "runbooks": [row for row in self._runbooks if id_ in row["kinds"]],
            "bindings": [
                (name, found)
                for name, bindings in self._bindings
                if (found := [binding for binding in bindings if id_ in binding["kinds"]])
            ],
        }

    def _there(self, names: Iterable[str]) -> list[dict[str, str]]:
        """Components with their titles, without repetitions."""
        return [{"id": name, "title": self._titles[name]} for name in dict.fromkeys(names)]

    def _family(self, id_: str) -> Iterator[str]:
        """The kinds that a kind is a special case of, the nearest first."""
        declared = self.context.document.kinds.get(id_)
        if declared and declared.like and declared.like != id_:
            yield declared.like
        by_class = {cls: other for other, cls in self.kinds.items()}
        yield from (by_class[cls] for cls in self.kinds[id_].__mro__[1:] if cls in by_class)

    def _about(self, row: dict[str, Any]) -> str:
        """What a setting is; for a mapping without a description of the setting, what the mapping is."""
        return str(row["about"] or self.definitions.get(row["inner"], {}).get("description", ""))

    def _mapping(self, name: str) -> str:
        """The anchor of a mapping in the reference of the model; empty if it has none."""
        return name.lower() if "properties" in self.definitions.get(name, {}) and "." not in name else ""

    def _products(self, id_: str, keys: list[str]) -> list[tuple[str, list[dict[str, Any]]]]:
        """(name of a cloud, its products for the kind) for each cloud of the model, then the products of any cloud."""
        products = self._sold.get(id_, [])
        names = {cloud: self.context.resolved.clouds[cloud].full_name for cloud in self.context.axes.clouds}
        sides = [(name, [p for p in products if cloud in (p.cloud, *p.also)]) for cloud, name in names.items()]
        sides.append(("On any cloud", [product for product in products if product.cloud == NEUTRAL]))
        return [(name, [self._product(product, keys) for product in found]) for name, found in sides if found]

    def _product(self, product: Product, keys: list[str]) -> dict[str, Any]:
        successor = self.context.catalog.products.get(product.successor or "")
        return {
            "id": product.id,
            "name": product.name,
            "definition": product.definition,
            "documentation": product.documentation,
            "redundancy": product.redundancy,
            "successor": successor.name if successor else "",
            "lacks": [key for key in keys if product.settings is not None and key not in product.settings],
        }

    def _sides(self, id_: str) -> dict[str, tuple[str, ...]]:
        """The products of the kind that each cloud of the model offers."""
        return {cloud: self.context.catalog.products_for(id_, cloud) for cloud in self.context.axes.clouds}

    def _pairs(self, id_: str) -> list[dict[str, Any]]:
        """How well products of two clouds of the model match."""
        sides, products = self._sides(id_), self.context.catalog.products
        cloud_of = {product: cloud for cloud, found in sides.items() for product in found}
        return [
            {"from": products[p.from_].name, "to": products[p.to].name, "grade": p.grade, "why": p.why}
            for p in (self.context.catalog.equivalents_of(id_) or _NOT_COMPARED).pairs
            if p.from_ in cloud_of and p.to in cloud_of and cloud_of[p.from_] != cloud_of[p.to]
        ]

    def _differences(self, id_: str) -> Iterator[Any]:
        """What differs between the products of a kind on the clouds of the model, if it has several."""
        sides = self._sides(id_)
        for difference in (
            (self.context.catalog.equivalents_of(id_) or _NOT_COMPARED).between(sides) if len(sides) > 1 else ()
        ):
            if len({*difference.clouds} & {*sides}) > 1:
                yield difference


def _definition(cls: type[Component]) -> str:
    """What a kind is: the first paragraph of its docstring, which is all of it for most kinds."""
    return (cls.__doc__ or "").strip()


_PLACES = {
    OUTSIDE: "outside, run by others",
    EDGE: "at the edge of the cloud, outside any region",
    MANAGED: "a regional service in none of the model's subnets",
}


def _components_by_kind(context: Context) -> dict[str, list[dict[str, str]]]:
    """The components of each kind at any coordinate, with their titles."""
    found: dict[str, dict[str, str]] = {}
    for architecture in context.resolved.architectures.values():
        for name, component in architecture.components.items():
            found.setdefault(component.kind, {}).setdefault(name, component.title)
    return {kind: [{"id": name, "title": title} for name, title in named.items()] for kind, named in found.items()}


def _hosts_and_guests(context: Context) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """For each component, what it runs on at any coordinate, and what runs on it."""
    hosts: dict[str, list[str]] = defaultdict(list)
    guests: dict[str, list[str]] = defaultdict(list)
    for architecture in context.resolved.architectures.values():
        for name, component in architecture.components.items():
            if component.runs_on:
                hosts[name].append(component.runs_on)
                guests[component.runs_on].append(name)
    return hosts, guests


def _products_by_kind(context: Context) -> dict[str, list[Product]]:
    """The products for each kind, in the order of the catalog."""
    found: dict[str, list[Product]] = {}
    for product in context.catalog.products.values():
        for kind in dict.fromkeys(product.kinds):
            found.setdefault(kind, []).append(product)
    return found


def _runbooks(context: Context) -> Iterator[dict[str, Any]]:
    """All runbooks that have templates, with the kinds that they are for, and whether the model has them."""
    there = runbooks_of(context.resolved)
    for name in known(context.templates):
        try:
            template: Template = read(context.templates, name)
        except TemplateFailure:  # reported if the model names the runbook
            continue
        front = template.front
        yield {"id": name, "title": front.title, "kinds": front.component, "used": name in there}


def _bindings(context: Context) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """(name of a cloud, its bindings with the kinds that they are for), for a model with Terraform."""
    if context.document.terraform is None:
        return
    from archgen.terraform.bindings import bindings

    for cloud in context.axes.clouds:
        folder = next(a for at, a in context.resolved.architectures.items() if at.cloud == cloud).bindings
        rows = [
            {"id": id_, "anchor": f"{cloud}-{id_}", "about": binding.description, "kinds": _kinds_of(context, binding)}
            for id_, binding in sorted(bindings(cloud, folder).items())
            if binding.is_used or binding.manifests
        ]
        yield context.resolved.clouds[cloud].name, rows


def _kinds_of(context: Context, binding: Any) -> frozenset[str]:
    """The kinds of components that a binding applies to; none for one that applies to networks, environments or any component."""
    listings = context.catalog.listings
    products = binding.binds if isinstance(binding.binds, tuple) else ()
    of_products = {kind for product in products if product in listings for kind in listings[product].kinds}
    if not binding.kinds:
        return frozenset(of_products)
    return frozenset(binding.kinds) & of_products if products else frozenset(binding.kinds)
