"""Facts that a rule needs and that the model may not state.

A setting that only archgen's default makes right says nothing about a system that archgen does not set up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from archgen.diagnostics.diagnostic import Path, dotted
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.component import OUTSIDE
from archgen.model.outcome import Passed, Unsaid
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


def own_data(a: Architecture) -> Iterator[tuple[str, bool | Lack]]:
    """The ids of components of declared kinds that keep data in the cloud, and of those of which that is not known, with the answer."""
    for name, component in a.components.items():
        own = component.kind in a.document.kinds and a.place(component) != OUTSIDE
        if own and (keeps_data := trait_of(a, name, "keeps_data")):
            yield name, keeps_data


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
