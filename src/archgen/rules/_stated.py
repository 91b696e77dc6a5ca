"""Facts that a rule needs and that the model may not state.

A setting that only archgen's default makes right says nothing about a system that archgen does not set up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Literal

from archgen.diagnostics.diagnostic import Diagnostic, Path, dotted
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.component import OUTSIDE, Component
from archgen.model.derived import once
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.model.traits import is_whole_number, setting_of
from archgen.terraform.managed import managed


def passed_if_stated(a: Architecture, *path: str | int) -> Passed | Unsaid:
    """Passed if the model states the setting at `path`, or if archgen's Terraform sets its default; otherwise Unsaid."""
    said = passed_if_written(a, *path)
    if isinstance(said, Passed):
        return said
    set_by_archgen = path[1] in managed(a) if path[0] == "components" else a.document.terraform is not None
    return Passed(path) if set_by_archgen else said


def passed_if_written(a: Architecture, *path: str | int) -> Passed | Unsaid:
    """Passed if the model states the setting at `path`; otherwise Unsaid, even in a model with Terraform."""
    return Passed(path) if a.tree.get(path) is not None else Unsaid(path, _lack(path))


def found_if_stated(a: Architecture, finding: Diagnostic, *path: str | int) -> Diagnostic | Unsaid:
    """The finding if the model states the setting at `path`, or if archgen's Terraform sets its default; otherwise Unsaid."""
    said = passed_if_stated(a, *path)
    return said if isinstance(said, Unsaid) else finding


# Databases have settings that rules about recovery ask for. Caches, clusters, images and sites are made again from other things, and
# the content of object stores and of stores of secrets is not asked about.
_NOT_ASKED = frozenset(
    {
        "cache",
        "kubernetes-cluster",
        "object-store",
        "postgresql",
        "registry",
        "relational-database",
        "secret-store",
        "static-site",
    }
)


def other_data(a: Architecture) -> Iterator[tuple[str, bool | Lack]]:
    """The ids of components other than databases that keep data in the cloud, and of those of which that is not known, with the answer.

    Data that can be rebuilt from other data is not among them. Of archgen's kinds, only those that always keep data are.
    """
    for name, component in a.components.items():
        not_asked = component.kind in _NOT_ASKED and component.kind not in a.catalog.replaced_kinds
        if not_asked or a.place(component) == OUTSIDE:
            continue
        keeps_data = trait_of(a, name, "keeps_data")
        if isinstance(keeps_data, Lack) and component.kind not in a.document.kinds:
            continue
        if keeps_data and (rebuilt := is_rebuilt(a, name)) is not True:
            yield name, rebuilt or keeps_data


def is_rebuilt(a: Architecture, name: str) -> bool | Lack:
    """Whether the data of a component can be rebuilt from other data, which has to be recoverable instead; what is missing to know that."""
    sources = a.components[name].rebuilt_from
    kept = [trait_of(a, source, "keeps_data") for source in sources if source in a.components]
    if not kept or False in kept:
        return False
    return next((answer for answer in kept if isinstance(answer, Lack)), True)


def with_setting(a: Architecture, setting: str) -> Iterator[tuple[str, Any]]:
    """Pairs of id and value for each component whose kind has a setting such as `backup.retention_days`; None if it is not stated.

    A declared kind has the settings of the kind that it is like, and need not state them.
    """
    first = setting.partition(".")[0]
    for name, component in a.components.items():
        if first in type(component).model_fields and is_whole_number(type(component), setting):
            yield name, setting_of(component, setting)


def with_key(a: Architecture, key: str) -> Iterator[tuple[str, Any]]:
    """Pairs of ID and value for each component whose kind and product have a setting of any type; None if it is not stated.

    What partners and vendors run is left out, because its settings are theirs.
    """
    for name, component, settings, of_product in _settings_of_ours(a):
        if key in settings and (of_product is None or key in of_product):
            yield name, getattr(component, key)


@once
def _settings_of_ours(a: Architecture) -> tuple[tuple[str, Component, Collection[str], Collection[str] | None], ...]:
    """Each component that is ours: its ID, the component, the settings of its kind, and those of its product (None: all of them)."""
    ours = ((name, c, a.product(c)) for name, c in a.components.items() if not is_run_by_others(a, c))
    return tuple((name, c, type(c).model_fields, product.settings if product else None) for name, c, product in ours)


def is_run_by_others(a: Architecture, component: Component) -> bool:
    """Whether a component is outside of the clouds, and not at a site of ours."""
    return a.place(component) == OUTSIDE and not a.is_on_premises(component)


def has_product(a: Architecture, name: str, *products: str) -> bool:
    """Whether a component uses one of these products, or none at all, as those of kinds that a model declares may."""
    product = a.product(a.components[name])
    return product is None or product.id in products


def judge(a: Architecture, name: str, key: str, value: Any, problem: Diagnostic | None) -> Outcome:
    """What a rule says about a setting of a component: that it is not stated, the problem with its value, or that it passed."""
    if value is None:
        return unsaid("components", name, key)
    return problem or passed_if_stated(a, "components", name, key)


def unsaid(*path: str | int) -> Unsaid:
    """What is missing where the model does not state the setting at `path`, and no default can be assumed."""
    help_ = f"state `{dotted(path[2:])}`"
    return Unsaid(path[:2], Lack(path[:2], f"`{dotted(path[2:])}` of '{path[1]}'", help_))


def faces_internet(component: Component) -> bool:
    """Whether a load balancer, or what is like one, is stated to be open to the internet."""
    return getattr(component, "scheme", None) == "internet-facing"


def _lack(path: Path) -> Lack:
    key = path[-1]
    subject = f"'{path[1]}'" if path[0] == "components" else f"the section '{path[0]}'"
    help_ = f"state `{dotted(path[2:] if path[0] == 'components' else path[1:])}`; until then, `{key}` is only a default of archgen"
    return Lack(path, f"`{key}` of {subject}", help_)


def trait_of(a: Architecture, name: str, trait: Literal["stateful", "keeps_data"]) -> bool | Lack:
    """Whether a component has a trait; what is missing if neither it nor its kind says so."""
    component, known = a.components[name], a.traits(name)
    stated = known.stateful if trait == "stateful" else known.keeps_data
    if stated is not None:
        return stated
    does = {"stateful": "lose state if they are lost", "keeps_data": "keep data"}[trait]
    what = f"whether components of the kind '{component.kind}' {does}"
    if component.kind not in a.document.kinds:
        return Lack(("components", name), what, f"state `traits: {{{trait}: …}}` of the component")
    return Lack(("kinds", component.kind, "traits", trait), what, f"state `traits: {{{trait}: …}}` of the kind")
