"""The explanation of a code: what it means, why it matters, who else recommends it, and a bad and a good example."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from archgen.diagnostics.codes import rules, titles
from archgen.records import dataclass
from archgen.registry import ExtensionError

_HERE = Path(__file__).parent
_FOLDER = _HERE / "explanations"
OURS = "ours"
# Checks and practices that only rules of packages cite are not recorded: these pages list all of them.
_CHECKS = "https://www.checkov.io/5.Policy%20Index/all.html"
_APPENDIX = "appendix"
_PRACTICES = "https://docs.aws.amazon.com/wellarchitected/{edition}/framework/{page}.html"


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
    """The explanation of a code. Only rules about architectures have the last four.

    `unknown` is an example that the rule cannot check. A rule that can always be checked has `absence` instead: what it means if the
    model does not state an optional value, by its name. Rules of packages may have neither.
    """

    code: str
    title: str
    why: str
    bad: Example
    good: Example
    severity: str = ""
    authorities: tuple[Authority, ...] = ()
    unknown: Example | None = None
    absence: Mapping[str, str] | None = None

    @property
    def always(self) -> str:
        """Why the rule can always be checked, in sentences; empty if that is not so, or not known."""
        if self.absence is None:
            return ""
        return (
            " ".join(dict.fromkeys(self.absence.values()))
            or "Everything that it reads is in every model that can be read."
        )


def explain(code: str) -> Explanation:
    """The explanation of a code. Raises KeyError if the code does not exist, ExtensionError for a file that is not an explanation."""
    title = titles()[code]
    rule = rules().get(code)
    file = rule.explanation if rule else _FOLDER / f"{code}.md"
    severity, authorities = "", ""
    try:
        text = file.read_text(encoding="utf-8")
        if rule:
            severity = rule.severity
            authorities, text = _without_head(text)
        text, _, unknown = text.partition("## Unknown")
        why, bad, good = (part.strip() for part in text.replace("## Good", "## Bad").split("## Bad"))
        sources = tuple(_authority(item) for item in authorities.split(", ")) if authorities else ()
        third = _example(unknown.strip()) if unknown else None
        absence = rule.absence if rule else None
        return Explanation(code, title, why, _example(bad), _example(good), severity, sources, third, absence)
    except (OSError, ValueError) as error:
        raise ExtensionError(f"the explanation of {code} cannot be used: {error}", _SHAPE, str(file)) from None


_SHAPE = (
    "an explanation is a paragraph, then `## Bad` and `## Good`, each with one fenced block; a line `authority: …` may come first, and "
    "`## Unknown` with what the rule cannot check last"
)


def _without_head(text: str) -> tuple[str, str]:
    """The authorities of a rule as text, or OURS if it names none, and its text without that line."""
    if not text.startswith("authority:"):
        return OURS, text
    head, _, rest = text.partition("\n\n")
    return head.removeprefix("authority:").strip(), rest


def _authority(item: str) -> Authority:
    if item == OURS:
        return Authority(OURS)
    if item.startswith("https://"):
        return Authority(re.sub(r"^https://(www\.)?|/$", "", item), item)
    if check := _checks().get(item):
        return Authority(f"Checkov {item}: {check['name']}", check["url"])
    if item in (known := _practices())["practices"]:
        practice, edition = known["practices"][item], known["edition"]
        name = f"AWS Well-Architected ({edition}) {item}: {practice['name']}"
        return Authority(name, _PRACTICES.format(edition=edition, page=practice["page"]))
    if re.fullmatch(r"CKV2?_[A-Z0-9]+_\d+", item):
        return Authority(f"Checkov {item}", _CHECKS)
    if re.fullmatch(r"[A-Z]+\d+-BP\d+", item):
        edition = known["edition"]
        return Authority(f"AWS Well-Architected ({edition}) {item}", _PRACTICES.format(edition=edition, page=_APPENDIX))
    raise ValueError(f"'{item}' is not the ID of a known authority")


@cache
def _checks() -> dict[str, dict[str, str]]:
    """What each cited check of Checkov is about, and the address of its code, as tools/record_checks.py recorded them."""
    checks: dict[str, dict[str, str]] = json.loads((_HERE / "checks.json").read_text(encoding="utf-8"))["checks"]
    return checks


@cache
def _practices() -> dict[str, Any]:
    """The edition of the AWS Well-Architected Framework, and its best practices by ID."""
    return tomllib.loads((_HERE / "practices.toml").read_text(encoding="utf-8"))


def _example(fenced: str) -> Example:
    """The example of a fenced block. Raises ValueError for anything else."""
    first, *lines = fenced.splitlines() or [""]
    if not first.startswith("```") or lines[-1:] != ["```"]:
        raise ValueError("an example must be a fenced block")
    return Example(first.removeprefix("```"), "\n".join(lines[:-1]))


# How a finding of a rule is accepted; the date is in quotes, as the model requires.
_WAIVER = """To accept a finding of this rule until a day, add a waiver to the model. PATH is what it is about, such as components.cdn:

    rules:
      waivers:
        NAME: {{rule: {code}, path: PATH, owner: TEAM, reason: Why it is accepted., until: "YYYY-MM-DD"}}
"""


def as_text(explanation: Explanation) -> str:
    """The explanation as text for a terminal; for a rule, also how to accept a finding of it."""
    e = explanation
    bad, good = _indented(e.bad), _indented(e.good)
    sources = "".join(f"  {a.name}{f'  {a.link}' if a.link else ''}\n" for a in e.authorities)
    rule = f"Severity: {e.severity}\nAuthority:\n{sources}\n" if e.severity else ""
    waiver = f"\n{_WAIVER.format(code=e.code)}" if e.severity else ""
    third = f"\nCannot be checked:\n\n{_indented(e.unknown)}\n" if e.unknown else ""
    always = f"\nIt can always be checked. {e.always}\n" if e.always else ""
    return f"{e.code}: {e.title}\n\n{e.why}\n\n{rule}Bad:\n\n{bad}\n\nGood:\n\n{good}\n{third}{always}{waiver}"


def _indented(example: Example) -> str:
    return "\n".join(f"    {line}" for line in example.text.splitlines())
