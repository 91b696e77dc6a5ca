"""The type with which every stage reports problems: a Diagnostic has a code, a message, a help, and a place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Path = tuple[str | int, ...]
Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")  # most severe first
OWN = "OWN-"  # prefix of the codes of rules that a project defines; the id of the rule follows

# Every code there is, with what it is about. A code is never reused for something else.
CODES: dict[str, str] = {
    "ARC-Y001": "the file cannot be read",
    "ARC-Y002": "the text is not UTF-8, or holds characters that no one can see",
    "ARC-Y003": "the YAML is broken",
    "ARC-Y004": "the file is empty, or not a mapping",
    "ARC-Y005": "a key stands twice",
    "ARC-Y006": "YAML beyond the subset: anchors, aliases, merge keys, tags, further documents",
    "ARC-Y007": "a plain value that YAML readers understand differently",
    "ARC-Y008": "null, or a key without a value",
    "ARC-Y009": "larger or deeper than archgen reads",
    "ARC-M001": "a required key is missing",
    "ARC-M002": "an unknown key",
    "ARC-M003": "a value that is not one of the choices",
    "ARC-M004": "a value of the wrong type",
    "ARC-M005": "a value out of its range, or of the wrong form",
    "ARC-M006": "ids of clouds, environments and phases that are not distinct",
    "ARC-M007": "an included file that cannot be part of the model",
    "ARC-M009": "a review that cannot be read",
    "ARC-M008": "a kind or product of the model's own that archgen has already",
    "ARC-C001": "a condition that names no axis value",
    "ARC-C002": "`when` or `in` where it cannot stand",
    "ARC-C003": "two conditions that set one value differently",
    "ARC-C004": "a coordinate that does not exist",
    "ARC-C005": "a condition that can never hold where it stands",
    "ARC-C006": "a path that does not exist in the model",
    "ARC-C007": "a revision of the model that cannot be read",
    "ARC-R001": "a reference to something that does not exist",
    "ARC-R002": "a reference to something that does not exist at this coordinate",
    "ARC-R003": "a product that this kind of component cannot be, or that belongs to another cloud",
    "ARC-D001": "a statement of a design document that has no place in the model",
    "ARC-D002": "words that do not lead to one statement of a design document",
    "ARC-D003": "a design document that cannot be read",
    "ARC-V001": "a view that does not exist",
    "ARC-V002": "a view that shows nothing, or too much",
    "ARC-V003": "a picture that could not be laid out in time",
    "ARC-V004": "a label that is too long for pictures",
    "ARC-V005": "an icon that the diagrams package does not have",
    "ARC-V006": "letters that no font has",
    "ARC-V007": "a font that cannot be used",
    "ARC-T001": "a template that cannot be rendered",
    "ARC-T002": "front matter of a template that is missing or wrong",
    "ARC-T003": "a runbook without a procedure for the product in use",
    "ARC-F001": "a stack names a module that archgen has no binding for",
    "ARC-F002": "a binding needs a fact that the model does not state",
    "ARC-F003": "a stack that needs something which no earlier stack offers",
    "ARC-F004": "an expression of the model that has no value",
    "ARC-F101": "a value for a variable that nothing declares",
    "ARC-F102": "a variable without a value",
    "ARC-F103": "a value of another type than its variable's",
    "ARC-F104": "a value that a validation refuses",
    "ARC-F105": "an attribute that an object type does not have",
    "ARC-F106": "a value that Terraform turns into another type",
    "ARC-F107": "a value of a sensitive variable in a file",
    "ARC-F108": "a variable whose type checks nothing",
    "ARC-F109": "a folder without variables",
    "ARC-F110": "Terraform that is missing, too old, or does not answer",
    "ARC-F111": "a generated file that Git would keep out of the repository",
    "ARC-W001": "a file that archgen did not write, or that a person edited",
    "ARC-W002": "an output that cannot be written",
    "ARC-W003": "the manifest cannot be read",
    "ARC-W004": "another build is running in the project",
    "ARC-W005": "a port that cannot be listened on",
    "ARC-E001": "an embed of a hand-written page that cannot be filled in",
    "ARC-E002": "a hand-written page with the address of a generated one",
    "ARC-E003": "two things of one address: pages, pictures or files of stacks",
    "ARC-P001": "a public site that tells what is withheld",
    "ARC-S001": "the site builder complained",
    "ARC-S002": "a dead link, or something that a page would load from elsewhere",
    "ARC-X001": "a waiver that has expired",
    "ARC-X002": "a waiver that waives nothing",
    "ARC-X003": "a rule of the project's own that failed",
    "CI701": "a pipeline with keys, or whose identity others can take",
    "CI702": "an image registry that does not scan, or whose tags move",
    "CI703": "images without signature, bill of materials or verification",
    "DATA401": "backups kept for too short, or longer than the product can",
    "DATA402": "a database that cannot be restored to a moment",
    "DATA403": "data at rest without a key of our own",
    "DATA404": "a data store that takes connections without encryption",
    "DATA405": "a production database that one command deletes",
    "DATA406": "more connections than the database takes",
    "DATA407": "logs that can be changed, or that lie beside what they are about",
    "DR301": "a recovery region that is the region itself",
    "DR302": "production data without recovery objectives",
    "DR303": "production data that one region holds alone",
    "DR304": "a recovery that nobody has practised",
    "HA201": "production data in one zone only",
    "HA202": "a single copy of what a flow cannot do without",
    "HA203": "a production cluster whose nodes can all be taken away",
    "HA204": "a production service in fewer than two pods, or without scaling",
    "HA205": "a production service without a disruption budget",
    "HA206": "an image that no node can run",
    "HA207": "a disruption budget that stops every drain",
    "HA208": "an objective above what the products promise",
    "K8S601": "a production API server that everyone reaches",
    "K8S602": "a Kubernetes version without support",
    "K8S603": "pods that reach each other without permission",
    "K8S604": "pods without requests, or a namespace without limits",
    "K8S605": "a namespace whose pods may take over their node",
    "NET101": "address ranges that overlap",
    "NET102": "a subnet outside its network, or over its neighbour",
    "NET103": "a range that is no private address space",
    "NET104": "production in fewer than three zones",
    "NET105": "production behind one NAT gateway",
    "NET106": "data in a tier that the internet reaches",
    "NET107": "a public entrance without a web application firewall",
    "NET108": "a way from the internet around the firewall",
    "NET109": "requests from the internet without TLS",
    "NET110": "calls to the cloud's services that leave through NAT",
    "NET111": "a connection that no firewall rule can allow, or that leads outwards",
    "NET112": "an entrance for the internet beside 80 and 443",
    "NET113": "a network without flow logs",
    "OPS901": "a stateful or public component without a runbook",
    "OPS902": "an alert without a runbook, or an objective without an alert",
    "OPS903": "something that nobody owns",
    "OPS904": "something that leans on a later phase",
    "OPS905": "a model without production",
    "PAR801": "a capability without one side",
    "PAR802": "a parity row that does not say what its components use",
    "PAR803": "a capability whose review is missing or out of date",
    "PAR804": "a component without a capability or a reason",
    "REF002": "two components that people cannot tell apart",
    "REF003": "a component that nothing speaks of",
    "REF004": "one thing with two names",
    "SEC501": "credentials that are not rotated",
    "SEC502": "a secret in the model",
    "SEC503": "production in an account or project with others",
    "SEC504": "an environment in an account without workloads",
    "SEC505": "an account that nobody watches",
    "SEC506": "a sign-on without a second factor, or without a way in when it is down",
    "SEC701": "a control without one side",
}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A range of text in a file. Lines and columns are 1-based, and columns count code points; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem.

    `path` is its place in the model (keys and list positions) and `span` its place in a file, which is filled in last. `related`
    has other places, each with a note. `where` lists the coordinates at which the problem occurs; empty means all of them.
    """

    code: str
    message: str
    help: str = ""
    path: Path = ()
    severity: Severity = "error"
    span: Span | None = None
    related: tuple[tuple[str, Span], ...] = ()
    where: tuple[str, ...] = ()
    subject: str = ""  # the file that it is about, if it has no span
    fix: str | None = None  # the text with which `--fix` replaces the value at the span, if that is safe

    def __post_init__(self) -> None:
        assert self.code in CODES or self.code.startswith(OWN), self.code
        object.__setattr__(self, "message", _readable(self.message))
        object.__setattr__(self, "help", _readable(self.help))

    @property
    def title(self) -> str:
        """What the code means; the message itself for a project's own rules."""
        return CODES.get(self.code, self.message)


def dotted(path: Path) -> str:
    """A path as people write it: `zones[0].name` for `("zones", 0, "name")`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


LONG, LONG_WORD, LONG_SENTENCE = 60, 160, 1000


def shortened(text: object, limit: int = LONG) -> str:
    """The text of a value, cut to `limit` characters and ending with `…` if it is longer."""
    shown = str(text)
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"


def _readable(sentence: str) -> str:
    """A message with long words and long quotations from files cut, so that it stays readable."""
    if len(sentence) <= LONG_WORD:
        return sentence
    words = re.sub(rf"\S{{{LONG_WORD + 1},}}", lambda word: shortened(word.group(), LONG_WORD), sentence)
    return shortened(words, LONG_SENTENCE)


def did_you_mean(wrong: object, choices: Iterable[str], *, otherwise: str = "") -> str:
    """A help text that suggests the closest of `choices`; if none is close, `otherwise`, or else the list of choices."""
    known = sorted({str(choice) for choice in choices})
    close = difflib.get_close_matches(str(wrong).casefold(), [k.casefold() for k in known], n=1, cutoff=0.6)
    if close:
        best = next(k for k in known if k.casefold() == close[0])
        return f"did you mean '{best}'?"
    if otherwise:
        return otherwise
    if not known:
        return ""
    shown = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
    return f"use one of: {shown}"


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics sorted by place and code, without duplicates."""
    merged: dict[tuple[object, ...], Diagnostic] = {}
    for diagnostic in diagnostics:
        place = diagnostic.path if diagnostic.span is None else ()
        key = (diagnostic.code, diagnostic.message, diagnostic.span, place, diagnostic.subject)
        merged.setdefault(key, diagnostic)
    nowhere = Span("", 0, 0, 0, 0)
    return sorted(
        merged.values(), key=lambda d: (d.span or nowhere, d.subject, d.code, [str(step) for step in d.path], d.message)
    )
