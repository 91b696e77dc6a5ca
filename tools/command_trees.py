"""What command-line tools say about their own commands: each reader finds a command and its options in one tool's help or documentation."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Options = dict[str, list[str]]  # an option, and the values that it accepts; an empty list accepts any
Ask = Callable[[Sequence[str]], str]  # runs a tool with arguments and returns what it prints

_CHOICES = re.compile(r"[Oo]ne of:? *(?:\[([^]]+)\]|\(([^)]+)\)|([\w=-]+(?:\|[\w=-]+)+))")
_LONG = re.compile(r"^ +(?:-\w, )?(--[a-z][\w-]*)")
_LISTED = re.compile(r"^ +([a-z][\w-]*) {2,}\S")


class UnknownCommandError(Exception):
    """Words that are not a command of the tool; the text is the part that is not known."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a tool, such as `sql instances failover`, with its options."""

    name: str
    options: Options


def gcloud_command(tree: Mapping[str, Any], words: Sequence[str]) -> Command:
    """The command that these words begin with, in gcloud's static completion tree. Raises UnknownCommandError."""
    node, taken = tree, 0
    while node["commands"]:
        if taken == len(words) or words[taken] not in node["commands"]:
            raise UnknownCommandError(" ".join(words[: taken + 1]))
        node, taken = node["commands"][words[taken]], taken + 1
    return Command(" ".join(words[:taken]), gcloud_options(node))


def gcloud_tree(text: str) -> dict[str, Any]:
    """The tree in the text of `gcloud_completions.py`, which assigns it to its only name."""
    assigned = next(node for node in ast.parse(text).body if isinstance(node, ast.Assign))
    return dict(ast.literal_eval(assigned.value))


def gcloud_options(node: Mapping[str, Any]) -> Options:
    """The options of a node. gcloud adds an inverse, `--no-async`, to every one without a value."""
    found: Options = {}
    for option, kind in node["flags"].items():
        found[option] = list(kind) if isinstance(kind, list) else []
        if kind == "bool" and not option.startswith("--no-"):
            found[f"--no-{option.removeprefix('--')}"] = []
    return dict(sorted(found.items()))


def kubectl_command(ask: Ask, words: Sequence[str]) -> Command:
    """The command that these words begin with, by kubectl's help. Raises UnknownCommandError."""
    taken, help_ = 0, ask(["--help"])
    while known := _listed(help_, "Commands"):
        word = words[taken] if taken < len(words) else ""
        # `kubectl apply` has subcommands and can also be run without one; only then does its usage name options.
        if taken and (not word or word.startswith("-")) and re.search(r"(?m)^Usage:\n  kubectl .*\[options\]$", help_):
            break
        asked = ask([*words[: taken + 1], "--help"]) if word else ""
        if word not in known and word not in _aliases(asked):
            raise UnknownCommandError(" ".join(words[: taken + 1]))
        taken, help_ = taken + 1, asked
    return Command(" ".join(words[:taken]), _long_options(help_))


def kubectl_global_options(ask: Ask) -> Options:
    """The options that every command of kubectl takes."""
    return _long_options(ask(["options"]))


def argocd_command(pages: Collection[str], read: Callable[[str], str], words: Sequence[str]) -> Command:
    """The command that these words begin with, by the names of Argo CD's reference pages and what reads one. Raises UnknownCommandError."""
    taken = 0
    while taken < len(words) and _argocd_page(words[: taken + 1]) in pages:
        taken += 1
    inner = f"{_argocd_page(words[:taken]).removesuffix('.md')}_"
    if not taken or any(page.startswith(inner) for page in pages):
        raise UnknownCommandError(" ".join(words[: taken + 1]))
    return Command(" ".join(words[:taken]), _long_options(read(_argocd_page(words[:taken]))))


def _argocd_page(words: Sequence[str]) -> str:
    return "_".join(["argocd", *words]) + ".md"


def terraform_command(ask: Ask, words: Sequence[str]) -> Command:
    """The command that these words begin with, by Terraform's help. Raises UnknownCommandError."""
    taken, help_ = 0, ask(["-help"])
    while known := _listed(help_, "ommands"):
        if taken == len(words) or words[taken] not in known:
            raise UnknownCommandError(" ".join(words[: taken + 1]))
        taken += 1
        help_ = ask([*words[:taken], "-help"])
    options = re.findall(r"(?m)^ +(-[a-z][\w-]*)", help_)
    return Command(" ".join(words[:taken]), {option: [] for option in sorted(options)})


_WITHOUT_HELPER = [["rev-parse"]]


def git_command(ask: Ask, words: Sequence[str]) -> Command:
    """The command of Git that the first word is, by its completion helper. Raises UnknownCommandError.

    A few commands, such as `rev-parse`, have no such helper; they are recorded without options.
    """
    printed = ask([words[0], "--git-completion-helper-all"]) if words else ""
    helper = "--git-completion-helper-all"
    options = {
        word.removesuffix("=") for word in printed.split() if word.startswith("--") and word not in ("--", helper)
    }
    if not options and list(words[:1]) not in _WITHOUT_HELPER:
        raise UnknownCommandError(" ".join(words[:1]))
    return Command(words[0], {option: [] for option in sorted(options)})


def _listed(help_: str, heading: str) -> set[str]:
    """The commands under every heading of a help text that ends with this word and a colon."""
    found, inside = set(), False
    for line in help_.splitlines():
        if line and not line.startswith(" "):
            inside = re.search(rf"{heading}(?: \([^)]*\))?:$", line) is not None
        elif inside and (match := _LISTED.match(line)):
            found.add(match[1])
    return found


def _aliases(help_: str) -> set[str]:
    match = re.search(r"(?m)^Aliases:\n(.+)$", help_)
    return set(match[1].split(", ")) if match else set()


def _long_options(text: str) -> Options:
    """The options of a help text or a reference page, with the values that its description lists."""
    found: Options = {}
    latest = ""
    for line in text.splitlines():
        if match := _LONG.match(line):
            latest = match[1]
            found.setdefault(latest, [])
        if latest and not found[latest] and (choices := _CHOICES.search(line)):
            listed = next(group for group in choices.groups() if group)
            found[latest] = sorted({value for value in re.split(r"[,|\s]+", listed) if value})
    return dict(sorted(found.items()))
