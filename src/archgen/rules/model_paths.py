"""ARC-R001: paths in phases, capabilities, decisions, controls, costs, waivers and sources exist in the model at some coordinate.

The words that a phase quotes from what it brings must be in one item.
"""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.codes import DRIFT_CODES
from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.document import Document
from archgen.model.paths import exists, parse_path
from archgen.model.resolve import Resolved


def check_all(resolved: Resolved) -> Iterator[Diagnostic]:
    """A finding for each path that leads to nothing at any coordinate, and for each quotation that is not in exactly one item."""
    document = resolved.default.document
    yield from _misquoted(document)
    stated: list[tuple[Path, str]] = []
    for name, phase in document.phases.items():
        for position, link in enumerate(phase.built_by):
            stated += [(("phases", name, "built_by", position, "at", n), text) for n, text in enumerate(link.at)]
    for name, capability in document.capabilities.items():
        for cloud in resolved.axes.clouds:
            side = capability.on(cloud)
            stated += [
                (("capabilities", name, cloud, "met_by", n), text) for n, text in enumerate(side.met_by if side else ())
            ]
    for name, decision in document.decisions.items():
        stated += [(("decisions", name, "about", n), text) for n, text in enumerate(decision.about)]
    for name, control in document.controls.items():
        stated += [(("controls", name, "proven_by", n), text) for n, text in enumerate(control.proven_by)]
    for name, item in document.costs.items():
        stated += [(("costs", name, "about", n), text) for n, text in enumerate(item.about)]
    for name, source in document.sources.items():
        for section, statements in source.sections.items():
            for position, held in enumerate(statements):
                at: Path = ("sources", name, "sections", section, position, "at")
                stated += [((*at, n), text) for n, text in enumerate(held.at)]
    waivers = {n: w for a in resolved.architectures.values() for n, w in a.document.rules.waivers.items()}
    # The waiver of a difference may name a resource, which the model does not have.
    stated += [(("rules", "waivers", n, "path"), w.path) for n, w in waivers.items() if w.rule not in DRIFT_CODES]
    for place, text in stated:
        path = parse_path(text)
        if not any(exists(architecture, path) for architecture in resolved.architectures.values()):
            yield Diagnostic(
                "ARC-R001", f"the model has no '{text}'", "use archgen show to list the keys below a path", place
            )


def _misquoted(document: Document) -> Iterator[Diagnostic]:
    """A finding for each entry of `built_by` whose words are in no item of `brings`, or in several."""
    for name, phase in document.phases.items():
        for position, link in enumerate(phase.built_by):
            count = sum(link.says in text for text in phase.brings)
            if count != 1:
                items = f"{count} items of `brings` contain" if count else "no item of `brings` contains"
                message = f"{items} '{link.says}', which the phase '{name}' quotes"
                help_ = "quote words that occur in exactly one item"
                yield Diagnostic("ARC-R001", message, help_, ("phases", name, "built_by", position, "says"))
