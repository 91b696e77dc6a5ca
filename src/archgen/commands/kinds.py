"""`archgen kinds`: which kind of component to take, by the words that people use."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from archgen.commands.shared import CLEAN, FINDINGS, print_or_write, read_model, say
from archgen.diagnostics.report import visible


def run(options: argparse.Namespace) -> int:
    """Print or write the kinds that match; returns the exit code, 1 if none does.

    The kinds and products of the model are included, if there is one without errors.
    """
    from archgen.analysis.kind_search import as_json, as_text, find_kinds
    from archgen.catalog import catalog
    from archgen.catalog.cloud_facts import clouds
    from archgen.model.component import Component, all_kinds

    kinds: Mapping[str, type[Component]] = all_kinds()
    products, names = catalog(), {id_: facts.full_name for id_, facts in clouds().items()}
    if Path(options.model).exists():
        if project := read_model(options).project:
            kinds, products = project.resolved.kinds, project.resolved.default.catalog
            names |= {id_: facts.full_name for id_, facts in project.resolved.clouds.items()}
        else:  # people look for a kind while they write the model
            say("the model has errors, so its kinds and products are left out; see: archgen validate")
    words = " ".join(options.words)
    found = find_kinds(kinds, products, names, words)
    if not found:
        say(f"no kind matches '{visible(words)}'; for all kinds, run: archgen kinds")
        return FINDINGS
    print_or_write(as_json(found) if options.format == "json" else as_text(found), options.output)
    return CLEAN
