"""`archgen parity suggest`: propose rows and products of another cloud, as YAML or JSON, or in the files of the model."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from archgen.commands.shared import CLEAN, UNUSABLE, print_or_write, say, show, unusable, usage
from archgen.diagnostics.diagnostic import Diagnostic, dotted
from archgen.diagnostics.places import for_people
from archgen.diagnostics.report import visible
from archgen.model.wording import counted
from archgen.pipeline import check
from archgen.project import Loaded, load, resolved_without

if TYPE_CHECKING:
    from archgen.model.resolve import Resolved
    from archgen.parity.proposing import ModelProposal
    from archgen.parity.suggesting import Suggestion
    from archgen.reading.edits import ModelFiles


def run(options: argparse.Namespace, loaded: Loaded) -> int:
    """Print or write proposals; returns the exit code."""
    from archgen.catalog.cloud_facts import clouds
    from archgen.parity.suggesting import as_json, as_yaml

    resolved = loaded.project.resolved if loaded.project else resolved_without(loaded, options.to or "")
    if resolved is None:
        return unusable(loaded)
    others = sorted({*clouds(), *resolved.clouds} - {resolved.axes.primary})
    if wrong := _misuse(options, [*others, options.to] if loaded.project is None else others):
        return wrong
    found = _suggestions(options.to, loaded, resolved)
    if not found and loaded.project is None:
        return unusable(loaded)
    if not found:
        what = f"the model says how {options.to} meets each need, or that cloud offers the same products"
        say(f"nothing to propose: {what}")
    if loaded.project is None:
        say(f"the model is not valid on {options.to} yet, so the proposals are made from its other clouds")
    if options.write:
        return _write(options, loaded, resolved, found) if found else CLEAN
    text = as_json(found) if options.format == "json" else as_yaml(resolved, options.to, found) if found else ""
    print_or_write(text, options.output)
    return CLEAN


def _misuse(options: argparse.Namespace, clouds: list[str]) -> int:
    """The exit code after printing what is wrong with the options; 0 if nothing is."""
    if options.to not in clouds:
        what = f"unknown cloud '{visible(options.to)}'" if options.to else "proposals need a cloud"
        return usage(what, f"add --to with one of: {', '.join(clouds)}")
    if options.write and (options.output or options.format != "text"):
        return usage(
            "--write changes the files of the model, so it has no format and no output file", "omit --format and -o"
        )
    if options.format not in ("text", "json"):
        return usage(f"proposals have no format {options.format}", "use text (YAML) or json")
    return 0


def _suggestions(to: str, loaded: Loaded, resolved: Resolved) -> list[Suggestion]:
    from archgen.parity.suggesting import products_there, suggest

    if loaded.project is not None:
        return suggest(resolved, to)
    assert loaded.files.root is not None
    return suggest(resolved, to, products_there(loaded.files.root, resolved.kinds, to))


def _write(options: argparse.Namespace, loaded: Loaded, resolved: Resolved, found: list[Suggestion]) -> int:
    """Write proposals into the files of the model, unless they add errors; returns the exit code."""
    from archgen.parity.proposing import Clouds, proposals
    from archgen.reading.changes import ChangeError
    from archgen.reading.edits import ModelFiles

    every = tuple(dict.fromkeys((*resolved.axes.clouds, *(() if loaded.project else (options.to,)))))
    parts = resolved.horizon(resolved.default.coordinate).components
    written = proposals(loaded.files, parts, found, Clouds(resolved.axes.primary, options.to, every))
    try:
        files = ModelFiles(loaded.root, [source.file for source in loaded.files.sources])
        lines = [_line(loaded, files, proposal) for proposal in written]
        if new := _new_errors(options, loaded, files):
            say("nothing is written, because the model would have errors that it does not have now:\n")
            show(new, load(Path(options.model), trusted=not options.no_project_code, texts=files.changed))
            return UNUSABLE
        files.write()
    except ChangeError as error:
        say(f"archgen: nothing is written, because the model cannot be changed: {visible(str(error))}")
        return UNUSABLE
    except OSError as error:
        say(f"archgen: the model cannot be written: {visible(str(error))}")
        return UNUSABLE
    print("".join(lines), end="")
    say(
        f"{counted(len(found), 'proposal')} for {options.to}: compare both sides of each row, correct it, and remove `proposed`;"
    )
    say("then record that with: archgen parity review ID")
    if options.to not in every:
        say(
            f"the model does not have {options.to} yet: state it under `clouds` and `environments`, then run this again"
        )
        say("to write the products of the components")
    return CLEAN


def _line(loaded: Loaded, files: ModelFiles, proposal: ModelProposal) -> str:
    """A line about a proposal, after changing the texts of the files: where it is written, and what. Raises ChangeError."""
    names = dict.fromkeys(files.change(proposal.changes)) or dict.fromkeys(list(files.changed)[:1])
    where = ", ".join(for_people(loaded.root).of(name) for name in names)
    return f"{where}: {visible(dotted(proposal.path))}: {visible(proposal.what)}\n"


def _new_errors(options: argparse.Namespace, loaded: Loaded, files: ModelFiles) -> list[Diagnostic]:
    """The errors that the model would have with the changed files, and does not have now.

    If it is not valid yet, no rule has checked it, so that only errors in the parity table come from the proposals.
    """
    after = load(Path(options.model), trusted=not options.no_project_code, texts=files.changed)
    before = Counter((d.code, d.message) for d in _errors(loaded))
    new = []
    for error in _errors(after):
        if before[error.code, error.message]:
            before[error.code, error.message] -= 1
        elif loaded.project or not after.project or error.code.startswith("PAR"):
            new.append(error)
    return new


def _errors(loaded: Loaded) -> list[Diagnostic]:
    found = loaded.diagnostics if loaded.project is None else check(loaded.project).findings
    return [diagnostic for diagnostic in found if diagnostic.severity == "error"]
