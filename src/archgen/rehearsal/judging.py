"""Whether a step did what it says: what it says to expect occurs in the answer, and not if its resources are missing or foreign."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from archgen.records import dataclass
from archgen.rehearsal.commands import Command, commands
from archgen.rehearsal.shell import Reply
from archgen.rehearsal.tools import tool_facts
from archgen.runbooks.steps import FilledStep

Result = Literal["executed", "parsed", "reviewed", "failed"]
WORST_FIRST = ("failed", "reviewed", "parsed", "executed")
# What the AWS CLI says of a command that it does not accept.
_NOT_ACCEPTED = (
    "Parameter validation failed",
    "Unknown options:",
    "usage: aws",
    "Error parsing parameter",
    "Unknown parameter",
)
# What the emulator says if it does not know a call, or fails itself.
_NOT_EMULATED = (
    "NotImplementedError",
    "not been implemented",
    "Not yet implemented",
    "NotYetImplemented",
    "(501)",
    "(404) when calling",
    "500 Internal Server Error",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a step with its reason, and the AWS command lines in it that were executed with success."""

    result: Result
    why: str = ""
    answer: str = ""


def emulated_lines(step: FilledStep) -> list[Command]:
    """The AWS command lines of a step."""
    return [
        command
        for command in commands(step.run or "")
        if command.tool == tool_facts().emulated and len(command.words) > 2
    ]


def calls_real_tools(step: FilledStep) -> bool:
    """Whether a step calls one of the programs that are run for real on files, such as Git."""
    return any(command.tool in tool_facts().real for command in commands(step.run or ""))


def is_run(step: FilledStep) -> bool:
    """Whether a rehearsal runs the commands of a step: if one of them is a program that it runs for real, or all are harmless."""
    tools = {command.tool for command in commands(step.run or "")}
    return bool(step.run) and (
        bool(tools & {tool_facts().emulated, *tool_facts().real}) or step.acts_on == "workstation"
    )


def shows(step: FilledStep, answer: Reply) -> bool:
    """Whether all that the step says to expect is in an answer."""
    return bool(step.expect) and all(expected.shows in answer.text for expected in step.expect)


def missing_texts(step: FilledStep, answer: Reply) -> str:
    """What the step says to expect but is not in the answer."""
    return ", ".join(repr(expected.shows) for expected in step.expect if expected.shows not in answer.text)


def asks_who(step: FilledStep) -> bool:
    """Whether all that a step asks the cloud is who is signed in."""
    lines = emulated_lines(step)
    return bool(lines) and all(line.words[1] in tool_facts().identity for line in lines)


def not_emulated(answer: Reply) -> str | None:
    """The calls that the emulator does not implement, for people; None if it knows all of them."""
    if not any(mark in answer.text for mark in _NOT_EMULATED):
        return None
    failed = sorted({" ".join(words[:2]) for words, code in answer.calls if code})
    return f"the emulator does not implement {', '.join(failed)}"


def accepted(step: FilledStep, answer: Reply) -> bool:
    """Whether the AWS CLI was called with each AWS command line of a step, and accepted the arguments."""
    called = {words[:2] for words, code in answer.calls if code != 2}
    wanted = {tuple(line.words[1:3]) for line in emulated_lines(step)}
    return wanted <= called and not any(mark in answer.text for mark in _NOT_ACCEPTED)


def judged(step: FilledStep, answer: Reply, counter: Sequence[tuple[str, Reply]]) -> Outcome:
    """The outcome of a step that was run, and run again in worlds in which it must not succeed, each with its name."""
    text = _end_of(answer.text)
    if step.reviewed:
        return Outcome("parsed" if emulated_lines(step) and accepted(step, answer) else "reviewed", step.reviewed, text)
    if answer.refused:
        why = f"it needs {', '.join(answer.refused)}, which a rehearsal does not have"
        return Outcome("parsed" if accepted(step, answer) else "reviewed", why, text)
    if unknown := not_emulated(answer):
        return Outcome("parsed" if accepted(step, answer) else "reviewed", unknown, text)
    if not shows(step, answer):
        return Outcome("failed", f"its answer does not show {missing_texts(step, answer)}", text)
    for name, other in counter:
        if shows(step, other):
            return Outcome("failed", f"the same answer is given {name}", _end_of(other.text))
    return Outcome("executed", "", text)


def _end_of(text: str) -> str:
    return "\n".join(text.strip().splitlines()[-12:])[-1500:]
