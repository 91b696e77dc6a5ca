"""Proposals for the parity table: which products of another cloud could do the job of those that a model uses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from archgen.catalog.cloud_facts import cloud_bases
from archgen.catalog.equivalents import Equivalents
from archgen.catalog.product import Product
from archgen.diagnostics.report import visible
from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.model.resolve import Resolved

FORMAT = "archgen-suggestions/1"
NOT_COMPARED = "archgen's catalog has not compared these products; it knows only that both serve as: {kind}."
_NONE = Equivalents("", {}, (), ())
NOTHING = "archgen's catalog has no product of {cloud} for: {kind}."


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One row of the table: what the model uses, and the product of the other cloud that fits best.

    `components` are the IDs of those that use `product`; `candidate` is None if the catalog has none; `others` are further products that
    may fit. `status` is that of a row, and `why` says what it rests on. `source` is the day on which the products were compared.
    """

    id: str
    name: str
    components: tuple[str, ...]
    product: Product
    candidate: Product | None
    others: tuple[Product, ...]
    status: str
    why: str


def suggest(resolved: Resolved, to: str) -> list[Suggestion]:
    """Proposals for the cloud `to`, for each product of the primary cloud that components use and that the cloud does not offer.

    Components whose capability already says what meets it on that cloud are left out, and those that the model says need none.
    Where the model states a product on that cloud, that one is proposed for the row.
    """
    used: dict[tuple[str, str, str | None], list[str]] = {}
    last = resolved.horizon(resolved.default.coordinate)
    for name, component in last.components.items():
        product = last.product(component)
        asked = component.compared and component.no_capability is None
        if product and asked and not product.on(to) and not _is_met(last, component, to):
            used.setdefault((component.kind, product.id, _stated(resolved, name, to)), []).append(name)
    kinds = [kind for kind, _product, _stated in used]
    return [
        _suggestion(last, to, kind, (product, stated), tuple(names), several=kinds.count(kind) > 1)
        for (kind, product, stated), names in used.items()
    ]


def _stated(resolved: Resolved, name: str, to: str) -> str | None:
    """The product that the model states for a component on another cloud; None if it states none that the cloud offers."""
    if to not in resolved.clouds:
        return None
    there = resolved.horizon(replace(resolved.default.coordinate, cloud=to))
    component = there.components.get(name)
    product = there.product(component) if component else None
    return product.id if product and product.on(to) else None


def _is_met(a: Architecture, component: Component, cloud: str) -> bool:
    """Whether the model says how the cloud meets what the component provides."""
    stated = (a.document.capabilities.get(id_) for id_ in component.provides)
    return cloud in a.clouds and any(capability and capability.on(cloud) for capability in stated)


def _suggestion(
    a: Architecture, to: str, kind: str, known: tuple[str, str | None], names: tuple[str, ...], *, several: bool
) -> Suggestion:
    used, stated = known
    products, label = a.catalog.products, type(a.components[names[0]]).label
    product = products[used]
    possible = [products[id_] for id_ in ([stated] if stated else _candidates(a, to, kind, used))]
    pair = (a.catalog.equivalents_of(kind) or _NONE).grade(used, possible[0].id) if possible else None
    status = pair.grade if pair else "partial" if possible else "gap"
    why = pair.why if pair else (NOT_COMPARED if possible else NOTHING).format(kind=label, cloud=_name(a, to))
    return Suggestion(
        id=f"{kind}-{used}"[:40].rstrip("-") if several else kind,
        name=f"{label}: {product.short}" if several else label,
        components=names,
        product=product,
        candidate=possible[0] if possible else None,
        others=tuple(possible[1:]),
        status=status,
        why=why,
    )


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
    lines += ["capabilities:\n", *(line for one in suggestions for line in _row(a.coordinate.cloud, to, one))]
    lines += ["components:\n", *(line for one in suggestions for line in _parts(a.coordinate.cloud, to, one))]
    return "".join(lines)


def _quoted(text: str) -> str:
    """A text as a scalar in double quotes, which YAML and JSON write alike."""
    return json.dumps(text, ensure_ascii=False)


def _row(from_: str, to: str, one: Suggestion) -> Iterator[str]:
    yield f"  {one.id}:\n    name: {_quoted(one.name)}\n"
    yield f"    {from_}: {{text: {_quoted(one.product.name)}, products: [{one.product.id}]}}\n"
    if one.candidate:
        others = ", ".join(visible(product.name) for product in one.others)
        yield f"    {to}: {{text: {_quoted(one.candidate.name)}, products: [{one.candidate.id}]}}"
        yield f"   # or: {others}\n" if others else "\n"
    yield f"    status: {one.status}\n    note: {_quoted(one.why)}\n"


def _parts(from_: str, to: str, one: Suggestion) -> Iterator[str]:
    """For each component, the row that it provides, and its product on the other cloud."""
    for name in one.components:
        on_cloud = f"when: {{{to}: {{product: {one.candidate.id}}}}}" if one.candidate else f"in: [{from_}]"
        yield f"  {name}: {{provides: [{one.id}], {on_cloud}}}\n"


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
