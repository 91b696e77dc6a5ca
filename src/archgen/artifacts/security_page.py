"""The security page: every control, how each cloud implements it, which settings of the model state it, and whether it is met."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archgen.artifacts._families import LAST
from archgen.artifacts._tables import subject
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.checking.controls import verdict
from archgen.checking.python_rules import python_rules
from archgen.checking.rulebook import Rule, rulebook
from archgen.model.document import Control
from archgen.model.wording import MISSING

AREAS = {
    "identity": "Identity",
    "perimeter": "Perimeter",
    "secrets": "Secrets",
    "encryption": "Encryption",
    "kubernetes": "Kubernetes",
    "audit": "Audit and logging",
    "data": "Data protection",
}


def emit(context: Context) -> Emitted:
    """One page; nothing if the model has no controls."""
    controls = context.document.controls
    if not controls:
        return [], []
    rules = rulebook(context.resolved, python_rules(context.project.rules_folder)[0], context.judgment)
    book = {rule.code: rule for rule in rules}
    rows = [(control.area, _row(context, name, control, book)) for name, control in controls.items()]
    groups = [(title, [row for of, row in rows if of == area]) for area, title in AREAS.items()]
    nav = Nav("Operate", "Security and compliance", LAST + 20)
    heads = [context.resolved.clouds[cloud].name for cloud in context.axes.clouds]
    shown = [group for group in groups if group[1]]
    last = context.document.environments[context.axes.environments[-1]].name
    return [context.page("security", "security.md", nav, ("controls",), groups=shown, heads=heads, at=last)], []


def _row(context: Context, name: str, control: Control, book: Mapping[str, Rule]) -> dict[str, Any]:
    place = context.default.stated_at("controls", name)
    last = [context.resolved.standing(cloud, context.axes.environments[-1]) for cloud in context.axes.clouds]
    sides = [control.on(cloud) for cloud in context.axes.clouds]
    return {
        "id": name,
        "c": control,
        "sides": [
            {"text": side.text, "products": [context.catalog.products[id_] for id_ in side.products]}
            if side
            else {"text": MISSING, "products": []}
            for side in sides
        ],
        "proven_by": [subject(text) for text in control.proven_by],
        "verdicts": [(a.facts.name, verdict(control, book, context.judgment, str(a.coordinate))) for a in last],
        "line": place.line,
        "edit": context.edit_link(place),
    }
