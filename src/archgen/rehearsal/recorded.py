"""Commands of tools that a rehearsal does not run, held against the commands and options that were recorded from the tools."""

from __future__ import annotations

import itertools
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from archgen.rehearsal.commands import Command, commands
from archgen.rehearsal.judging import Outcome
from archgen.rehearsal.tools import tool_facts
from archgen.runbooks.steps import FilledStep


@cache
def recorded_tools() -> dict[str, Any]:
    """The recorded tools by name, with their options, and their commands with the options of each."""
    return dict(json.loads(Path(__file__).with_name("commands.json").read_text(encoding="utf-8"))["tools"])


def recorded_outcome(step: FilledStep) -> Outcome:
    """The outcome of a step that is not run: parsed if all of its commands are known, otherwise reviewed."""
    facts = tool_facts()
    plain = {*facts.harmless, *facts.built_in}
    unread = sorted(
        {c.tool for c in commands(step.run or "") if c.tool not in plain and c.tool not in recorded_tools()}
    )
    problems = [problem for command in commands(step.run or "") if (problem := recorded_problem(command))]
    if problems:
        return Outcome("failed", problems[0])
    if unread:
        return Outcome("reviewed", step.reviewed or f"nothing here reads commands of {', '.join(unread)}")
    return Outcome("parsed", step.reviewed or "")


def recorded_problem(command: Command) -> str | None:
    """What is wrong with a command of a tool that was recorded; None if nothing is, or if the tool was not recorded."""
    tool = recorded_tools().get(command.tool)
    if tool is None:
        return None
    known, words = tool["commands"], command.words[1:]
    name = next((n for n in sorted(known, key=len, reverse=True) if _calls(words, n.split())), None)
    if name is None:
        return f"{command.tool} has no recorded command '{' '.join(words[:4])}'"
    allowed = {**tool["options"], **known[name]}
    # What comes before the command is checked only if the options of the tool itself were recorded.
    start = 0 if tool["options"] else words.index(name.split()[0])
    for word in itertools.takewhile(
        lambda word: word != "--", words[start:]
    ):  # after it come words for another program
        option, _, value = word.partition("=")
        if not re.fullmatch(r"--?[a-z][a-z-]*", option) or (
            command.tool != "terraform" and not option.startswith("--")
        ):
            continue
        if option not in allowed:
            return f"{command.tool} {name} has no option {option}"
        choices = {choice.lower() for choice in allowed[option]}
        if choices and value.partition("=")[0].lower() not in choices:
            return f"{command.tool} {name} {option} is one of {', '.join(sorted(choices))}, not {value}"
    return None


def _calls(words: list[str], name: list[str]) -> bool:
    """Whether words call a command: its words follow each other, with only options and their values before them."""
    for start in range(len(words) - len(name) + 1):
        if words[start : start + len(name)] == name:
            return True
        if words[start] and not words[start].startswith("-") and not (start and words[start - 1].startswith("-")):
            return False
    return False
