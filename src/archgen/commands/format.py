"""`archgen format`: bring the files of a model into the canonical layout."""

from __future__ import annotations

import argparse
import difflib
from pathlib import Path

from archgen.commands.shared import CLEAN, STALE, UNUSABLE, print_out, say, show
from archgen.diagnostics.places import for_people
from archgen.diagnostics.report import visible
from archgen.model.wording import counted
from archgen.project import Loaded
from archgen.reading.edits import ModelFiles
from archgen.reading.formatting import FormatError, formatted
from archgen.reading.include import read_files


def run(options: argparse.Namespace) -> int:
    """Format all files of a model, or none if one of them cannot be read; returns the exit code."""
    model = Path(options.model)
    files, problems = read_files(model)
    if problems or files.root is None:
        show(problems, Loaded(files, None, problems, model.parent))
        return UNUSABLE
    texts = ModelFiles(model.parent, [source.file for source in files.sources])
    try:
        before = texts.replace_all(lambda text, name: formatted(text, name)[0])
    except FormatError as error:
        say(f"archgen: {visible(str(error))}\n  help: report this, with the file if you can")
        return UNUSABLE
    names = for_people(model.parent)
    if options.diff:
        for name, text in texts.changed.items():
            print_out(_difference(names.of(name), before[name], text))
    if options.check:
        for name in texts.changed:
            say(f"not formatted: {visible(names.of(name))}")
        return STALE if texts.changed else CLEAN
    if not options.diff:
        texts.write()
        for name in texts.changed:
            print(visible(names.of(name)))
        if not texts.changed:
            say(f"already formatted: {counted(len(files.sources), 'file')}")
    return CLEAN


def _difference(name: str, before: str, after: str) -> str:
    """A unified difference of two texts."""
    lines = difflib.unified_diff(
        _lines(before), _lines(after), f"{name} (as it is)", f"{name} (formatted)", lineterm=""
    )
    return "".join(f"{visible(line)}\n" for line in lines)


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
