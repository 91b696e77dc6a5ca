"""Records the commands that runbooks call, with their options, from the tools that are installed here and the documentation of Argo CD.

A tool that is not there keeps what was recorded of it before. A runbook that calls an unknown command is reported with its line.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import command_trees as trees
from tools.command_trees import Ask, Command, Options, UnknownCommandError
from tools.recorded import COMMANDS, ROOT, read_recorded, update
from tools.repositories import Repository, RepositoryError, find_repository

SCRIPT = "record_commands"
ARGO_CD = "argoproj/argo-cd"
ARGO_CD_PAGES = "docs/user-guide/commands"
TOOLS = ("argocd", "gcloud", "git", "kubectl", "terraform")

_CODE = re.compile(r"```bash\n(.*?)```|(?<!`)`([^`\n]+)`", re.DOTALL)
_CODE_OF_STEPS = re.compile(r"^ +(?:run|undo_run): \|\n((?: {6}.*\n|\n)+)|(?<!`)`([^`\n]+)`", re.MULTILINE)
_GLOBAL_OPTIONS = r"(?:(?: |\\\n)+--?[a-z][a-z-]*(?:[= ](?:\{\{.*?\}\}|\"[^\"\n]*\"))?)*"
_CALL = re.compile(
    rf"(?m)(?<![\w./-])(?<!archgen )({'|'.join(TOOLS)}){_GLOBAL_OPTIONS}((?:(?: |\\\n)+[a-z][a-z0-9-]*(?![^\s)|;]))+)"
)


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool as it is here: its source, its revision, the day of that revision ("" if it does not say), and how a command is found."""

    source: str
    revision: str
    date: str
    options: Options
    find: Callable[[Sequence[str]], Command]


@dataclass(frozen=True, slots=True)
class Call:
    """A command in a runbook: the words that follow the name of the tool, up to the first that is not plain."""

    place: str
    tool: str
    words: tuple[str, ...]


class ToolError(Exception):
    """A tool that is not here; the text says which, and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Records commands; returns 0, or 1 if a runbook calls an unknown command or, with `--check`, the record would change."""
    options = _parser().parse_args(arguments)
    before = read_recorded(options.into).get("tools", {})
    calls = list(calls_in(options.runbooks))
    problems: list[str] = []
    after: dict[str, Any] = {}
    for name in TOOLS:
        used = [call for call in calls if call.tool == name]
        try:
            tool = installed(name, options, before.get(name, {}))
        except (ToolError, RepositoryError) as error:
            print(f"{name}: kept as recorded: {error}", file=sys.stderr)
            after |= {name: before[name]} if name in before else {}
            continue
        commands, unknown = _commands(tool, used)
        problems += unknown
        after[name] = _record(tool, commands, before.get(name, {}), options.today)
    for problem in problems:
        print(problem, file=sys.stderr)
    for line in _changes(before, after):
        print(line)
    changed = update(options.into, {"tools": after}, SCRIPT, check=options.check or bool(problems))
    return int(bool(problems) or (changed and options.check))


def _parser() -> argparse.ArgumentParser:
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    parser = argparse.ArgumentParser(prog="python -m tools.record_commands", description=__doc__)
    parser.add_argument("--checkouts", type=Path, help=f"folder with a checkout or bare repository of {ARGO_CD}")
    parser.add_argument("--clone", action="store_true", help="clone the repository if it is missing")
    parser.add_argument(
        "--latest", action="store_true", help="read the newest release of Argo CD, not the recorded one"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the record would change")
    parser.add_argument("--today", default=today, help="day to record for a tool that does not tell its own")
    parser.add_argument(
        "--runbooks", type=Path, default=ROOT / "templates/runbooks", help="folder of runbook templates"
    )
    parser.add_argument("--into", type=Path, default=COMMANDS, help=argparse.SUPPRESS)
    return parser


def calls_in(folder: Path) -> Iterator[Call]:
    """Every command of the tools in the commands and the inline code of a folder's runbooks."""
    for file in sorted([*folder.rglob("*.md"), *folder.rglob("*.yaml")]):
        text = file.read_text(encoding="utf-8")
        for code in (_CODE if file.suffix == ".md" else _CODE_OF_STEPS).finditer(text):
            for call in _CALL.finditer(text, *code.span(1 if code[1] is not None else 2)):
                line = text.count("\n", 0, call.start()) + 1
                words = tuple(call[2].replace("\\\n", " ").split())
                yield Call(f"{file.relative_to(folder).as_posix()}:{line}", call[1], words)


def _commands(tool: Tool, calls: Sequence[Call]) -> tuple[dict[str, Options], list[str]]:
    """The commands that are called, by name, and a sentence about each call of an unknown one."""
    found: dict[str, Options] = {}
    unknown = []
    for call in calls:
        if any(call.words[: len(name.split())] == tuple(name.split()) for name in found):
            continue
        try:
            command = tool.find(call.words)
        except UnknownCommandError as error:
            unknown.append(f"{call.place}: {call.tool} {tool.revision} has no command '{error}'")
        else:
            found[command.name] = command.options
    return dict(sorted(found.items())), unknown


def _record(tool: Tool, commands: dict[str, Options], before: dict[str, Any], today: str) -> dict[str, Any]:
    """The record of one tool. One that does not tell its date keeps the day on which its revision was first recorded."""
    known = before.get("date") if before.get("revision") == tool.revision else None
    return {
        "source": tool.source,
        "revision": tool.revision,
        "date": tool.date or known or today,
        "options": tool.options,
        "commands": commands,
    }


def installed(name: str, options: argparse.Namespace, before: dict[str, Any]) -> Tool:
    """The tool as it is here. Raises ToolError and RepositoryError."""
    return _argocd(options, before) if name == "argocd" else _PROGRAMS[name](_asker(name))


def _asker(program: str) -> Ask:
    """What runs a program. Raises ToolError if it is not installed."""
    if not shutil.which(program):
        raise ToolError("it is not installed here")

    def ask(arguments: Sequence[str]) -> str:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=60)
        return done.stdout

    return ask


def _gcloud(ask: Ask) -> Tool:
    versions = json.loads(ask(["version", "--format=json"]))
    root = Path(ask(["info", "--format=value(installation.sdk_root)"]).strip())
    tree = trees.gcloud_tree((root / "data/cli/gcloud_completions.py").read_text(encoding="utf-8"))
    return Tool(
        "Google Cloud SDK, data/cli/gcloud_completions.py",
        versions["Google Cloud SDK"],
        versions["core"].replace(".", "-"),
        trees.gcloud_options(tree),
        lambda words: trees.gcloud_command(tree, words),
    )


def _kubectl(ask: Ask) -> Tool:
    version = json.loads(ask(["version", "--client", "--output=json"]))["clientVersion"]
    return Tool(
        "kubectl --help",
        version["gitVersion"],
        version["buildDate"][:10],
        trees.kubectl_global_options(ask),
        lambda words: trees.kubectl_command(ask, words),
    )


def _terraform(ask: Ask) -> Tool:
    version = json.loads(ask(["version", "-json"]))["terraform_version"]
    return Tool("terraform -help", version, "", {}, lambda words: trees.terraform_command(ask, words))


def _git(ask: Ask) -> Tool:
    version = ask(["--version"]).split()[2]
    return Tool("git --git-completion-helper-all", version, "", {}, lambda words: trees.git_command(ask, words))


_PROGRAMS: dict[str, Callable[[Ask], Tool]] = {
    "gcloud": _gcloud,
    "git": _git,
    "kubectl": _kubectl,
    "terraform": _terraform,
}


def _argocd(options: argparse.Namespace, before: dict[str, Any]) -> Tool:
    """Argo CD by the reference pages in its repository, at the recorded release or the newest one."""
    if not options.checkouts:
        raise ToolError(f"--checkouts has to name a folder with {ARGO_CD}")
    repository: Repository = find_repository(options.checkouts, ARGO_CD, clone=options.clone)
    release = None if options.latest else before.get("revision")
    release = release or next(iter(reversed(repository.releases(""))), "HEAD")
    commit = repository.commit(release)
    pages = repository.names(commit, ARGO_CD_PAGES)
    return Tool(
        f"{ARGO_CD}, {ARGO_CD_PAGES}",
        release,
        repository.date(commit),
        {},
        lambda words: trees.argocd_command(pages, lambda page: repository.text(commit, ARGO_CD_PAGES, page), words),
    )


def _changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for name, tool in after.items():
        old = before.get(name, {})
        if old.get("revision") != tool["revision"]:
            yield f"{name}: {old.get('revision', 'not recorded')} became {tool['revision']}"
        for command in sorted({*old.get("commands", {}), *tool["commands"]}):
            was, now = old.get("commands", {}).get(command), tool["commands"].get(command)
            if was is None or now is None:
                yield f"{name} {command}: {'recorded' if was is None else 'no longer called'}"
            elif was != now:
                gone, new = ", ".join(was.keys() - now.keys()), ", ".join(now.keys() - was.keys())
                yield f"{name} {command}: options removed: {gone or 'none'}; added: {new or 'none'}"


if __name__ == "__main__":
    sys.exit(main())
