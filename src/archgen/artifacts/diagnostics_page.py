"""The page of the rules that can apply to a model, with their reasons and examples; in archgen's manual, of all diagnostics."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from archgen.artifacts._explained import rules_left_out, without_other_clouds
from archgen.artifacts._families import LAST
from archgen.artifacts.base import Context, Emitted, Nav
from archgen.catalog.cloud_facts import mentions_another
from archgen.diagnostics.codes import titles
from archgen.diagnostics.explain import Explanation, explain
from archgen.model.wording import listed


def emit(context: Context) -> Emitted:
    """One page without codes that are not rules, and without what is about clouds that the model does not use.

    That may be whole rules, or sentences, authorities and examples.
    """
    bases = {facts.base for facts in context.resolved.clouds.values()}
    left_out = () if context.manual else rules_left_out(context)
    codes = [code for code in titles() if context.manual or not code.startswith("ARC-")]
    title = "Diagnostics" if context.manual else "Rules"
    page = context.page(
        "diagnostics",
        "diagnostics.md",
        Nav("Reference", title, LAST + 95),
        (),
        rows=[_about(explain(code), bases) for code in codes if code not in left_out],
        title=title,
        manual=context.manual,
        left_out=left_out,
        clouds=listed(facts.full_name for facts in context.resolved.clouds.values()),
    )
    return [page], []


def _about(explanation: Explanation, bases: Collection[str]) -> dict[str, Any]:
    """An explanation for the template, without what is about other clouds; `examples` tells whether it has examples."""
    foreign = mentions_another(f"{explanation.bad.text} {explanation.good.text}", bases)
    kept = [a for a in explanation.authorities if not mentions_another(f"{a.name} {a.link}", bases)]
    return {
        "code": explanation.code,
        "title": explanation.title,
        "why": without_other_clouds(explanation.why, bases),
        "severity": explanation.severity,
        "authorities": kept,
        "bad": explanation.bad,
        "good": explanation.good,
        "examples": not foreign,
    }
