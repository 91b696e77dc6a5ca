"""`archgen terraform modules`: the modules that stacks can name, and where each input gets its value."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from archgen.commands.shared import CLEAN, print_out, read_model, unusable, usage
from archgen.diagnostics.diagnostic import did_you_mean
from archgen.diagnostics.report import visible

if TYPE_CHECKING:
    from archgen.terraform.module_list import ListedModule


def run(options: argparse.Namespace) -> int:
    """Print all modules as a table, or one of them in detail; returns the exit code."""
    from archgen.terraform.module_list import listed_modules

    loaded = read_model(options)
    if loaded.project is None:
        return unusable(loaded)
    resolved = loaded.project.resolved
    found = [module for cloud in resolved.axes.clouds for module in listed_modules(resolved, cloud)]
    if options.module:
        known = {module.id for module in found}
        found = [module for module in found if module.id == options.module]
        if not found:
            return usage(f"unknown module '{visible(options.module)}'", did_you_mean(options.module, known))
    if options.format == "json":
        print_out(json.dumps([asdict(module) for module in found], indent=1, ensure_ascii=False) + "\n")
    else:
        print_out("".join(f"{line}\n" for line in (_details(found) if options.module else _table(found))))
    return CLEAN


def _table(modules: Iterable[ListedModule]) -> Iterator[str]:
    """The lines of a table for each cloud: the module, its newest version, what it applies to, and the stacks that list it."""
    cloud = ""
    for module in modules:
        if module.cloud != cloud:
            yield f"{chr(10) if cloud else ''}{module.cloud}"
            cloud = module.cloud
        source = f"{module.address} {module.version}" if module.address else "resources of archgen"
        stacks = ", ".join(module.stacks) or "no stack"
        yield f"  {module.id}: {module.applies_to} | {source} | {stacks}"


def _details(modules: Iterable[ListedModule]) -> Iterator[str]:
    """The lines about each of the modules, with every input."""
    for module in modules:
        yield f"{module.id} ({module.cloud}): {module.description}"
        rows = {
            "module": f"{module.address} {module.version}".strip() or "none; archgen writes the resources",
            "versions": ", ".join(f"{module.id}@{major}" for major in module.versions),
            "applies to": module.applies_to,
            "only where": module.condition,
            "stacks": ", ".join(module.stacks) or "none",
            "needs": ", ".join(module.needs),
            "offers": ", ".join(module.offers),
        }
        yield from (f"  {name}: {text}" for name, text in rows.items() if text)
        yield from (f"  input {i.name} ({i.type}, from {i.source}): {i.value}" for i in module.inputs)
        yield ""
