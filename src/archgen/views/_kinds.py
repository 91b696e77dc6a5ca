"""Which kinds a component counts as: its own, and those that the model declares it to be like."""

from __future__ import annotations

from collections.abc import Collection

from archgen.model.architecture import Architecture
from archgen.model.own import ancestors


def kinds_of(a: Architecture, name: str) -> tuple[str, ...]:
    """The ID of the kind of a component, followed by those that it is like, directly or indirectly.

    An ID of archgen's that the model gave to another kind is left out.
    """
    kind, declared = a.components[name].kind, a.document.kinds
    if kind not in declared:
        return (kind,)
    line = [kind, *(id_ for id_ in ancestors(kind, declared) if id_ != kind)]
    last = declared[line[-1]].like
    if last and last not in line:
        line.append(last)
    return tuple(id_ for id_ in line if id_ not in a.catalog.replaced_kinds)


def is_like(a: Architecture, name: str, kinds: Collection[str]) -> bool:
    """Whether the kind of a component is one of `kinds`, or is declared to be like one of them."""
    return any(kind in kinds for kind in kinds_of(a, name))
