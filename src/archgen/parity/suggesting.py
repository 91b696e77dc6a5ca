"""Proposals for the parity table: which products of another cloud could do the job of those that a model uses."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import chain, count
from typing import Any

from archgen.catalog import catalog
from archgen.catalog.cloud_facts import cloud_bases
from archgen.catalog.equivalents import Equivalents
from archgen.catalog.product import Product
from archgen.diagnostics.report import visible
from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.model.coordinate import Coordinate
from archgen.model.defaults import DefaultsUnderComponents
from archgen.model.legacy import modernized
from archgen.model.overlay import take_apart
from archgen.model.resolve import Resolved, read_axes
from archgen.reading.yaml_tree import YamlNode
from archgen.records import dataclass

FORMAT = "archgen-suggestions/1"
NOT_COMPARED = "archgen's catalog has not compared these products; it knows only that both serve as: {kind}."
_NONE = Equivalents("", {}, (), ())
NOTHING = "archgen's catalog has no product of {cloud} for: {kind}."
LEFT_OUT = "The model leaves {names} out on {cloud}, where archgen's catalog has this for the same need: {products}."
# The product that each component has on a cloud, by ID; None if what the model states is not available there.
There = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One row of the table: what the model uses, and the product of the other cloud that fits best.

    `components` are the IDs of those that use `product`; `candidate` is None if the catalog has none; `others` are further products that
    may fit. `status` is that of a row, and `why` says what it rests on.

    `row` tells whether the model already has the row `id`, and `met` whether that row says what the cloud has, so that only the components
    lack a product. `left_out` tells whether the components do not exist on the cloud, and `stated` whether they have the candidate there.
    """

    id: str
    name: str
    components: tuple[str, ...]
    product: Product
    candidate: Product | None
    others: tuple[Product, ...]
    status: str
    why: str
    row: bool = False
    met: bool = False
    left_out: bool = False
    stated: bool = False


@dataclass(frozen=True, slots=True)
class _Use:
    """Components with this in common get one proposal: their kind, product, row, and what the model states about them on the cloud."""

    kind: str
    product: str
    row: str
    met: bool
    stated: str | None
    left_out: bool


def suggest(resolved: Resolved, to: str, there: There | None = None) -> list[Suggestion]:
    """Proposals for the cloud `to`, for each product of the primary cloud that components use and that the cloud does not offer.

    Components whose capability already says what meets it on that cloud are left out, and those that the model says need none.
    Where the model states a product on that cloud, that one is proposed for the row. `there` has the components on that cloud, if
    `resolved` was made without it because they lack products there: these get one even if their row is complete.
    """
    used: dict[_Use, list[str]] = {}
    last = resolved.horizon(resolved.default.coordinate)
    known = there if there is not None else _products_there(resolved, to)
    for name, component in last.components.items():
        product = last.product(component)
        if product is None or product.on(to) or not component.compared or component.no_capability is not None:
            continue
        row, met = _row_of(last, component, product.id, to)
        stated = known.get(name) if known else None
        left_out = known is not None and name not in known
        if not met or (there is not None and not stated and not left_out):
            used.setdefault(_Use(component.kind, product.id, row, met, stated, left_out), []).append(name)
    taken = dict.fromkeys(last.document.capabilities)
    return [_suggestion(last, to, use, tuple(names), _id(use, used, taken)) for use, names in used.items()]


def products_there(root: YamlNode, kinds: Mapping[str, type[Any]], to: str) -> There:
    """The components that a model states on a cloud, from its tree, which need not be valid there."""
    axes, _problems = read_axes(root)
    assert axes is not None
    varied, _more = take_apart(modernized(root), axes)
    at = Coordinate(to, axes.default.environment, axes.phases[-1])
    tree, _unusable = DefaultsUnderComponents(kinds).applied(varied.at(axes.bit(at)))
    components = tree.get(("components",))
    listed = components.value if components and isinstance(components.value, dict) else {}
    products = {name: node.get(("product",)) for name, node in listed.items()}
    stated = {name: node.value if node and isinstance(node.value, str) else None for name, node in products.items()}
    known = {id_: listing for id_, listing in catalog().listings.items() if id_ in stated.values()}
    return {name: None if id_ in known and not known[id_].on(to) else id_ for name, id_ in stated.items()}


def _products_there(resolved: Resolved, to: str) -> There | None:
    """The components of a cloud; None if the model does not have it."""
    if to not in resolved.clouds:
        return None
    there = resolved.horizon(replace(resolved.default.coordinate, cloud=to))
    products = {name: there.product(component) for name, component in there.components.items()}
    return {name: product.id if product and product.on(to) else None for name, product in products.items()}


def _row_of(a: Architecture, component: Component, product: str, cloud: str) -> tuple[str, bool]:
    """The capability of a component that is about its product, and whether the model says how the cloud meets it; "" if it has none."""
    rows = {id_: a.document.capabilities[id_] for id_ in component.provides if id_ in a.document.capabilities}
    for id_, row in rows.items():
        if row.on(cloud) or cloud in row.proposed or row.status in ("gap", "not-needed"):
            return id_, True
    own = (id_ for id_, row in rows.items() if (side := row.on(a.coordinate.cloud)) and product in side.products)
    return next(own, next(iter(rows), "")), False


def _id(use: _Use, used: Collection[_Use], taken: dict[str, None]) -> str:
    """The ID of a row, which is new unless the components have one; `taken` has the others, and gets this one."""
    if use.row:
        return use.row
    several = sum(other.kind == use.kind and not other.row for other in used) > 1
    ids = [*([] if several else [use.kind]), f"{use.kind}-{use.product}"[:40].rstrip("-")]
    numbered = (f"{ids[-1][:37].rstrip('-')}-{number}" for number in count(2))
    found = next(id_ for id_ in chain(ids, numbered) if id_ not in taken)
    taken[found] = None
    return found


def _suggestion(a: Architecture, to: str, use: _Use, names: tuple[str, ...], id_: str) -> Suggestion:
    products, label, cloud = a.catalog.products, type(a.components[names[0]]).label, _name(a, to)
    possible = [products[known] for known in _possible(a, to, use)]
    pair = (a.catalog.equivalents_of(use.kind) or _NONE).grade(use.product, possible[0].id) if possible else None
    status = pair.grade if pair else "partial" if possible else "gap"
    why = pair.why if pair else (NOT_COMPARED if possible else NOTHING).format(kind=label, cloud=cloud)
    if use.left_out and possible:
        shown = ", ".join(product.name for product in possible)
        why = LEFT_OUT.format(names=", ".join(f"'{name}'" for name in names), cloud=cloud, products=shown)
        status, possible = "gap", []
    product = products[use.product]
    row = a.document.capabilities.get(use.row)
    return Suggestion(
        id=id_,
        name=row.name if row else label if id_ == use.kind else f"{label}: {product.short}",
        components=names,
        product=product,
        candidate=possible[0] if possible else None,
        others=tuple(possible[1:]),
        status=status,
        why=why,
        row=row is not None,
        met=use.met,
        left_out=use.left_out,
        stated=use.stated is not None,
    )


def _possible(a: Architecture, to: str, use: _Use) -> list[str]:
    """The products that may be proposed, best first: the one that components have on the cloud, or those of their complete row."""
    if use.stated:
        return [use.stated] if use.stated in a.catalog.products else []
    row = a.document.capabilities.get(use.row)
    if row and use.met:
        side, products = row.on(to), a.catalog.products
        return (
            [id_ for id_ in side.products if use.kind in products[id_].kinds and products[id_].on(to)] if side else []
        )
    return list(_candidates(a, to, use.kind, use.product))


def _candidates(a: Architecture, to: str, kind: str, used: str) -> Iterator[str]:
    """The products of a cloud that may do the job of `used`, best first: those compared with it, then others of the kind."""
    equivalents = a.catalog.equivalents_of(kind) or _NONE
    order = {"equivalent": 0, "partial": 1, "gap": 2}
    pairs = sorted((p for p in equivalents.pairs if used in (p.from_, p.to)), key=lambda pair: order[pair.grade])
    compared = [pair.to if pair.from_ == used else pair.from_ for pair in pairs]
    every = (*compared, *equivalents.products.get(to, ()), *a.catalog.products_for(kind, to))
    known = a.catalog.listings
    yield from dict.fromkeys(i for i in every if i in known and known[i].on(to) and kind in known[i].kinds)


def _name(a: Architecture, cloud: str) -> str:
    """The name of a cloud, which need not be one of the model's."""
    return a.clouds[cloud].full_name if cloud in a.clouds else cloud_bases()[cloud].full_name


# -- as text ---------------------------------------------------------------------------------------------


def as_yaml(resolved: Resolved, to: str, suggestions: list[Suggestion]) -> str:
    """The proposals as a part of a model, with comments that say what they rest on and what is missing."""
    a = resolved.default
    lines = [f"# Proposals for {_name(a, to)}. They rest on archgen's catalog, and no one has reviewed them.\n"]
    if to not in resolved.clouds:
        lines += [
            f"# The model does not have {_name(a, to)} yet. State it under `clouds`, and what contains each environment there under\n",
            "# `environments`, because archgen cannot know regions, zones, accounts and address ranges.\n",
        ]
    lines += [
        "# Merge what fits into the model, then compare both sides of each row, and record that with: archgen parity review ID\n"
    ]
    others = ", ".join(cloud for cloud in resolved.clouds if cloud != to)
    rows = [line for one in suggestions for line in _row(a.coordinate.cloud, to, one)]
    parts = [line for one in suggestions for line in _parts(others, to, one)]
    lines += ["capabilities:\n", *rows] if rows else []
    lines += ["components:\n", *parts] if parts else []
    return "".join(lines)


def _quoted(text: str) -> str:
    """A text as a scalar in double quotes, which YAML and JSON write alike."""
    return json.dumps(text, ensure_ascii=False)


def _row(from_: str, to: str, one: Suggestion) -> Iterator[str]:
    if one.met:
        return
    yield f"  {one.id}:\n"
    if not one.row:
        yield f"    name: {_quoted(one.name)}\n"
        yield f"    {from_}: {{text: {_quoted(one.product.name)}, products: [{one.product.id}]}}\n"
    if one.candidate:
        others = ", ".join(visible(product.name) for product in one.others)
        yield f"    {to}: {{text: {_quoted(one.candidate.name)}, products: [{one.candidate.id}]}}"
        yield f"   # or: {others}\n" if others else "\n"
    if not one.row:
        yield f"    status: {one.status}\n    note: {_quoted(one.why)}\n"
    yield f"    proposed: [{to}]{f'   # {one.status}: {visible(one.why)}' if one.row else ''}\n"


def _parts(others: str, to: str, one: Suggestion) -> Iterator[str]:
    """For each component, the row that it provides, and its product on the other cloud."""
    settings = [] if one.row else [f"provides: [{one.id}]"]
    if not one.left_out:
        settings.append(f"when: {{{to}: {{product: {one.candidate.id}}}}}" if one.candidate else f"in: [{others}]")
    for name in one.components if settings else ():
        yield f"  {name}: {{{', '.join(settings)}}}\n"


def as_json(suggestions: list[Suggestion]) -> str:
    """The proposals for programs. Keys are added without a new version of the format, and never removed or changed."""
    data = {"format": FORMAT, "suggestions": [_plain(one) for one in suggestions]}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _plain(one: Suggestion) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "components": list(one.components),
        "product": one.product.id,
        "candidate": one.candidate.id if one.candidate else None,
        "others": [product.id for product in one.others],
        "status": one.status,
        "why": one.why,
    }
