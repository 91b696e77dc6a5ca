"""ARC-M012: kinds and products of the model that replace archgen's of the same ID."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archgen.catalog import catalog
from archgen.catalog.product import Product
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.component import Component, all_kinds
from archgen.model.resolve import Resolved

MOST = 5  # names in one list


def check_all(resolved: Resolved) -> Iterator[Diagnostic]:
    """A hint for each kind and product that the model declares although archgen has it, with what archgen's would change."""
    declared, known = resolved.default.document, all_kinds()
    for name in declared.kinds:
        if name in known:
            differing = _kinds_differing(resolved, name, resolved.kinds[name], known[name])
            yield _hint("kind", name, differing)
    sold = catalog().sold_on([facts.base for facts in resolved.clouds.values()])
    for name in declared.products:
        if name in sold.products:
            differing = _products_differing(resolved.default.catalog.products[name], sold.products[name])
            yield _hint("product", name, differing)


def _hint(what: str, name: str, differing: Iterator[str]) -> Diagnostic:
    message = f"the {what} '{name}' of the model replaces archgen's {what} of the same ID"
    changes = "; ".join(differing) or "nothing that archgen can compare would change"
    help_ = f"to use archgen's, remove the declaration. What would change: {changes}"
    return Diagnostic("ARC-M012", message, help_, (f"{what}s", name), severity="info")


def _kinds_differing(resolved: Resolved, name: str, own: type[Component], known: type[Component]) -> Iterator[str]:
    """What differs between a declared kind and archgen's, as parts of a sentence."""
    mine, theirs = _settings(own), _settings(known)
    used = {
        key
        for a in resolved.architectures.values()
        for c in a.components.values()
        if c.kind == name
        for key in c.model_fields_set
    }
    yield from _listed(
        "components state settings that it does not have:", [k for k in mine if k in used and k not in theirs]
    )
    yield from _listed(
        "it requires the settings:", [k for k, field in theirs.items() if field.is_required() and k not in used]
    )
    yield from _listed("it has further settings:", [key for key in theirs if key not in mine])
    before, after = own.inherent.model_dump(exclude_none=True), known.inherent.model_dump(exclude_none=True)
    yield from _listed(
        "these traits differ:", [key for key in {**before, **after} if before.get(key) != after.get(key)]
    )
    if own.usual_placement != known.usual_placement:
        yield f"its usual place is `{known.usual_placement}` instead of `{own.usual_placement}`"
    products = [
        id_ for cloud in resolved.axes.clouds for id_ in catalog().products_for(name, resolved.clouds[cloud].base)
    ]
    yield from _listed("it can use the products:", [*dict.fromkeys(products)])


def _settings(kind: type[Component]) -> dict[str, Any]:
    return {key: field for key, field in kind.model_fields.items() if key not in Component.model_fields}


def _products_differing(own: Product, known: Product) -> Iterator[str]:
    """What differs between a declared product and archgen's, as parts of a sentence."""
    if own.cloud != known.cloud:
        yield f"it is a product of {known.cloud} instead of {own.cloud}"
    if own.name != known.name:
        yield f"its name is {known.name}"
    yield from _listed(
        "it can no longer be used for the kinds:", [kind for kind in own.kinds if kind not in known.kinds]
    )
    yield from _listed("it can be used for the kinds:", [kind for kind in known.kinds if kind not in own.kinds])
    yield from _listed(
        "archgen states", [word for key, word in _FACTS.items() if getattr(own, key) != getattr(known, key)]
    )


_FACTS = {
    "settings": "its settings",
    "redundancy": "its redundancy",
    "sla": "its service level",
    "limits": "its limits",
}


def _listed(what: str, names: list[str]) -> Iterator[str]:
    """A part of a sentence that lists names; nothing if there are none."""
    if names:
        more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
        yield f"{what} {', '.join(names[:MOST])}{more}"
