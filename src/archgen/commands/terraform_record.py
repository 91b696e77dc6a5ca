"""`archgen terraform record`: record the inputs and outputs of a module for a binding of the project."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from archgen.commands.shared import CLEAN, UNUSABLE, say, usage
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.diagnostics.report import render
from archgen.system.git import GitError, ask


def run(options: argparse.Namespace) -> int:
    """Write the recorded file into the project's folder `bindings/modules`; returns the exit code."""
    from archgen.system.outfile import UnwritableError, write_one
    from archgen.terraform.module_source import read_interface
    from archgen.terraform.own_folders import FolderError, read_code
    from archgen.terraform.recording import Origin, OriginError, first_binding, missing_origin, module_text

    folder = Path(options.folder)
    known = {**_checkout(folder), **{k: v for k in ("source", "path", "version") if (v := getattr(options, k))}}
    try:
        code = read_code(folder, options.folder)
        if name := missing_origin(known):
            return usage(f"the {name} of the module in {options.folder} is not known", f"add --{name}; see --help")
        origin = Origin(**{"path": "", **known})
        target = Path(options.model).parent / "bindings" / "modules" / f"{origin.id}.json"
        found = read_interface(code.texts)
        write_one(target, module_text(origin, found).encode(), folder=True)
    except FolderError as error:
        say(render([Diagnostic(error.code, str(error), error.help, subject=options.folder)], {}))
        return UNUSABLE
    except OriginError as error:
        return usage(str(error), "state it with --source or --version")
    except UnwritableError as error:
        return usage(str(error), "choose a project with --model")
    required = sum(entry.required for entry in found.inputs.values())
    say(f"{target}: {len(found.inputs)} inputs ({required} required), {len(found.outputs)} outputs")
    if not (binding := target.parents[1] / f"{origin.id}.yaml").exists():
        say(f"It needs a binding. Fill in the expressions, and save this as {binding}:")
        print(first_binding(origin.id, found), end="")
    return CLEAN


def _checkout(folder: Path) -> dict[str, str]:
    """What Git knows about a folder: repository, folder in it, tag, commit and date; empty if it is not in a repository."""
    asked = {
        "source": ("remote", "get-url", "origin"),
        "path": ("rev-parse", "--show-prefix"),
        "version": ("describe", "--tags", "--exact-match"),
        "commit": ("rev-parse", "HEAD"),
        "date": ("log", "-1", "--format=%cs"),
    }
    found: dict[str, str] = {}
    try:
        for name, arguments in asked.items() if folder.is_dir() else ():
            answer = ask(folder, *arguments)
            found |= {name: answer.text} if answer.ok and answer.text else {}
    except GitError:
        return {}
    if "source" in found:
        found["source"] = "/".join(re.split(r"[/:]", found["source"].removesuffix("/").removesuffix(".git"))[-2:])
    return found | {"path": found.get("path", "").removesuffix("/")}
