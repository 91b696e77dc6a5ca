"""Which runbooks have templates for a component, whether or not the model uses them."""

from __future__ import annotations

from functools import cache

from archgen.model.architecture import Architecture
from archgen.runbooks.procedures import FOLDER, known, read
from archgen.templating.render import TemplateFailure, Templates


def fitting_runbooks(architecture: Architecture, component: str) -> list[str]:
    """The IDs of archgen's and installed packages' runbooks with steps for a component at a coordinate, sorted.

    Steps may need other components, too, which the model does not have.
    """
    facts = architecture.components[component]
    if facts.kind in architecture.catalog.replaced_kinds:
        return []
    names = {facts.product, architecture.coordinate.cloud} - {*architecture.catalog.replaced_products}
    return [id_ for id_, files in _by_kind().get(facts.kind, ()) if names & files]


@cache
def _by_kind() -> dict[str, tuple[tuple[str, frozenset[str]], ...]]:
    """For each kind, its runbooks with the products and clouds that they have steps for."""
    templates = Templates()
    found: dict[str, tuple[tuple[str, frozenset[str]], ...]] = {}
    for id_ in known(templates):
        files = (name.rsplit("/", 1)[1].removesuffix(".yaml") for name in templates.names(f"{FOLDER}/{id_}"))
        try:
            kinds = read(templates, id_).front.component
        except TemplateFailure:  # of an installed package; a build reports it where the model uses it
            continue
        steps = frozenset(files)
        for kind in kinds:
            found[kind] = (*found.get(kind, ()), (id_, steps))
    return found
