"""Pages of the rules that can apply to a model, with their reasons and examples; in archgen's manual, of all diagnostics."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby
from typing import Any

from archgen.artifacts._explained import rules_left_out, without_other_clouds
from archgen.artifacts._families import LAST
from archgen.artifacts.addresses import diagnostics_pages, page_of
from archgen.artifacts.base import Artifact, Context, Emitted, Nav
from archgen.catalog.cloud_facts import mentions_another
from archgen.diagnostics.codes import family_of, subject_of, titles
from archgen.diagnostics.explain import Explanation, explain
from archgen.model.wording import listed

WITHOUT_PICTURES = True  # so these files can be made while pictures are drawn


def emit(context: Context) -> Emitted:
    """A list of all codes and a page for each family of them, without codes that are not rules and without what is about other clouds.

    What is about clouds that the model does not use may be whole rules, or sentences, authorities and examples.
    """
    bases = {facts.base for facts in context.resolved.clouds.values()}
    left_out = () if context.manual else rules_left_out(context)
    codes = [code for code in titles() if context.manual or not code.startswith("ARC-")]
    rows = [_about(explain(code), bases) for code in codes if code not in left_out]
    word = "Diagnostics" if context.manual else "Rules"
    groups = [
        _describe_family(name, list(inside)) for name, inside in groupby(rows, lambda row: family_of(row["code"]))
    ]
    page = context.page(
        "diagnostics",
        "diagnostics.md",
        Nav("Reference", f"All {word.lower()}", LAST + 95, word),
        (),
        families=groups,
        title=word,
        manual=context.manual,
        left_out=left_out,
        clouds=listed(facts.full_name for facts in context.resolved.clouds.values()),
    )
    pages = {address.id: page_of(address.file) for address in diagnostics_pages()}
    return [page, *(_emit_family(context, group, pages[group["name"]], word) for group in groups)], []


def _emit_family(context: Context, family: dict[str, Any], page: str, whole: str) -> Artifact:
    """The page that explains the codes of one family. Its title is its prefix: words about the subject belong to pages of the system."""
    nav = Nav("Reference", family["name"], LAST + 95, whole)
    title = f"{whole} {family['name']}"
    return context.page(
        page, "diagnostics_family.md", nav, (), family=family, rows=family["rows"], title=title, whole=whole
    )


def _describe_family(name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A family of codes for the template; `id` is the last part of its address."""
    return {"name": name, "id": name.lower(), "about": subject_of(name), "rows": rows}


def _about(explanation: Explanation, bases: Collection[str]) -> dict[str, Any]:
    """An explanation for the template, without what is about other clouds; `examples` tells whether it has examples."""
    examples = (explanation.bad, explanation.good, *filter(None, [explanation.unknown]))
    foreign = mentions_another(" ".join(example.text for example in examples), bases)
    kept = [a for a in explanation.authorities if not mentions_another(f"{a.name} {a.link}", bases)]
    return {
        "code": explanation.code,
        "title": explanation.title,
        "why": without_other_clouds(explanation.why, bases),
        "severity": explanation.severity,
        "authorities": kept,
        "bad": explanation.bad,
        "good": explanation.good,
        "unknown": explanation.unknown,
        "always": explanation.always,
        "examples": not foreign,
    }
