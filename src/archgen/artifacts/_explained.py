"""Which explanations of diagnostics a site leaves out: rules about products of clouds that the model does not have."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from archgen.artifacts.base import Context
from archgen.catalog.cloud_facts import cloud_bases, mentions_another
from archgen.checking.coverage import NOTHING
from archgen.diagnostics.codes import RuleModule, rules

_BETWEEN_SENTENCES = re.compile(r"(?<=\.) (?=\S)")


def rules_left_out(context: Context) -> tuple[str, ...]:
    """The codes of the rules that cannot apply to a model: none of its clouds offers the products that they are about.

    A rule is not left out if it has looked at anything, or if the model names it. Kinds that the model declares may need no product,
    and rules about products apply to their components, too.
    """
    resolved, declared = context.resolved, context.document.kinds
    if any(not resolved.kinds[id_].needs_product for id_ in declared if id_ in resolved.kinds):
        return ()
    judged = context.judgment
    asked = {finding.code for finding in (*judged.findings, *(waived.finding for waived in judged.waived))}
    for architecture in resolved.architectures.values():
        stated = architecture.document
        asked |= {*stated.rules.severities, *(waiver.rule for waiver in stated.rules.waivers.values())}
        asked |= {code for control in stated.controls.values() for code in control.checked_by}
    return tuple(
        code
        for code, rule in sorted(rules().items())
        if code not in asked and judged.covered(code) == NOTHING and _is_about_other_clouds(context, rule)
    )


def _is_about_other_clouds(context: Context, rule: RuleModule) -> bool:
    known = context.catalog.products
    products = [known[id_] for id_ in rule.products if id_ in known]
    return bool(products) and not any(product.on(cloud) for product in products for cloud in context.axes.clouds)


def without_other_clouds(text: str, bases: Collection[str]) -> str:
    """A text without the sentences that mention only clouds that are not in `bases`; the text as it is if none would be left.

    A sentence that says what a rule applies to stays, because it may name products without their cloud.
    """
    kept = [sentence for sentence in _BETWEEN_SENTENCES.split(text) if not _is_elsewhere(sentence, frozenset(bases))]
    return " ".join(kept) or text


@cache
def _is_elsewhere(sentence: str, bases: frozenset[str]) -> bool:
    if sentence.startswith("Applies to "):
        return False
    return mentions_another(sentence, bases) and not mentions_another(sentence, cloud_bases().keys() - bases)
