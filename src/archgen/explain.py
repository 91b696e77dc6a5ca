"""A code in; out comes what it means, why it matters, and an example that has it and one that has not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from archgen.diagnostic import CODES

_FOLDER = Path(__file__).parent / "explanations"


@dataclass(frozen=True, slots=True)
class Example:
    """A piece of a model, or a command: its language (`yaml`, `yaml whole` for a whole file, `text`) and its text."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What there is to say about a code."""

    code: str
    title: str
    why: str
    bad: Example
    good: Example


def explain(code: str) -> Explanation:
    """The explanation of a code. Raises KeyError for one that there is not."""
    title = CODES[code]
    text = (_FOLDER / f"{code}.md").read_text(encoding="utf-8")
    why, bad, good = (part.strip() for part in text.replace("## Good", "## Bad").split("## Bad"))
    return Explanation(code, title, why, _example(bad), _example(good))


def _example(fenced: str) -> Example:
    first, *lines = fenced.splitlines()
    return Example(first.removeprefix("```"), "\n".join(lines[:-1]))


def as_text(explanation: Explanation) -> str:
    """For a terminal."""
    e = explanation
    bad, good = ("\n".join(f"    {line}" for line in example.text.splitlines()) for example in (e.bad, e.good))
    return f"{e.code}: {e.title}\n\n{e.why}\n\nBad:\n\n{bad}\n\nGood:\n\n{good}\n"
