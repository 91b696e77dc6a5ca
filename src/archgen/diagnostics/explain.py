"""The explanation of a code: what it means, why it matters, who else recommends it, and a bad and a good example."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from archgen.diagnostics.diagnostic import CODES

_FOLDER = Path(__file__).parent / "explanations"
OURS = "ours"
# The name and the address of authorities by the pattern of their ids; the first match is used.
_AUTHORITIES = (
    (r"CKV_K8S_\d+", "checkov", "https://www.checkov.io/5.Policy%20Index/kubernetes.html"),
    (r"CKV2?_(AWS|GCP)_\d+", "checkov", "https://www.checkov.io/5.Policy%20Index/terraform.html"),
    (r"REL\d+-BP\d+", "AWS Well-Architected", "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/"),
    (r"SEC\d+-BP\d+", "AWS Well-Architected", "https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/"),
    (
        r"OPS\d+-BP\d+",
        "AWS Well-Architected",
        "https://docs.aws.amazon.com/wellarchitected/latest/operational-excellence-pillar/",
    ),
)


@dataclass(frozen=True, slots=True)
class Example:
    """A part of a model, or a command: its language (`yaml`, `yaml whole` for a complete file, or `text`) and its text."""

    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Authority:
    """A source that requires the same as a rule: its name and a link; without a link for a rule that only archgen has."""

    name: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The explanation of a code. Only rules about architectures have `severity` and `authorities`."""

    code: str
    title: str
    why: str
    bad: Example
    good: Example
    severity: str = ""
    authorities: tuple[Authority, ...] = ()


def is_rule(code: str) -> bool:
    """Whether a code is of a rule about architectures, rather than of a problem that makes a model unusable."""
    return not code.startswith("ARC-")


def explain(code: str) -> Explanation:
    """The explanation of a code. Raises KeyError if the code does not exist."""
    title = CODES[code]
    text = (_FOLDER / f"{code}.md").read_text(encoding="utf-8")
    severity, authorities = "", ""
    if is_rule(code):
        head, _, text = text.partition("\n\n")
        severity, authorities = (line.partition(": ")[2] for line in head.splitlines())
    why, bad, good = (part.strip() for part in text.replace("## Good", "## Bad").split("## Bad"))
    found = tuple(_authority(item) for item in authorities.split(", ")) if authorities else ()
    return Explanation(code, title, why, _example(bad), _example(good), severity, found)


def _authority(item: str) -> Authority:
    if item == OURS:
        return Authority(OURS)
    if item.startswith("https://"):
        return Authority(re.sub(r"^https://(www\.)?|/$", "", item), item)
    for form, name, link in _AUTHORITIES:
        if re.fullmatch(form, item):
            return Authority(f"{name} {item}", link)
    raise ValueError(f"no authority is known by the form of '{item}'")


def _example(fenced: str) -> Example:
    first, *lines = fenced.splitlines()
    return Example(first.removeprefix("```"), "\n".join(lines[:-1]))


def as_text(explanation: Explanation) -> str:
    """The explanation as text for a terminal."""
    e = explanation
    bad, good = ("\n".join(f"    {line}" for line in example.text.splitlines()) for example in (e.bad, e.good))
    said = "".join(f"  {a.name}{f'  {a.link}' if a.link else ''}\n" for a in e.authorities)
    rule = f"Severity: {e.severity}\nAuthority:\n{said}\n" if e.severity else ""
    return f"{e.code}: {e.title}\n\n{e.why}\n\n{rule}Bad:\n\n{bad}\n\nGood:\n\n{good}\n"
