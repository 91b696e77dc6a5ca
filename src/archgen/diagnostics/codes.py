"""All codes of diagnostics: those listed here, and those that the modules in rules/ define.

A code is never reused for something else. Codes listed here that begin with `ARC-` report that something cannot be used or done, so
that a project cannot change their severity; those that begin with `DRF` are differences that `archgen drift` finds.
The code of a rule is an area followed by three digits (`NET101`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from archgen.diagnostics.diagnostic import OWN, SEVERITIES, Severity
from archgen.records import dataclass
from archgen.registry import Part, extensions, parts

# The areas of archgen's rules, which are the prefixes of their codes. Rules of a package must have another prefix.
AREAS = {
    "NET": "networks and access from the internet",
    "HA": "availability",
    "DR": "recovery from disasters",
    "DATA": "databases and other data",
    "SEC": "identities, secrets and accounts",
    "K8S": "Kubernetes",
    "CI": "delivery and images",
    "PAR": "parity between clouds",
    "OPS": "operation",
    "REF": "names and references",
    "TF": "Terraform stacks",
}
DRIFT = "DRF"  # prefix of the codes of differences between a model and Terraform, which only waivers name
# What the diagnostics are about whose codes begin with a prefix that is not an area of rules.
SUBJECTS = {
    DRIFT: "differences between a model and Terraform",
    "ARC-C": "conditions, coordinates and defaults",
    "ARC-D": "design documents",
    "ARC-E": "hand-written pages and addresses of pages",
    "ARC-F": "Terraform",
    "ARC-I": "states and plans of Terraform",
    "ARC-M": "keys and values of a model",
    "ARC-P": "public sites",
    "ARC-R": "references",
    "ARC-S": "the site",
    "ARC-T": "templates and runbooks",
    "ARC-V": "views, pictures and fonts",
    "ARC-W": "writing and serving files",
    "ARC-X": "waivers, rules and packages",
    "ARC-Y": "files and YAML",
}
_CODE = re.compile(r"([A-Z][A-Z0-9]{1,11})[0-9]{3}")
_CHECKS = ("check", "check_all", "check_on", "check_project")

_ARCHGEN = {
    "ARC-C001": "A condition refers to an unknown cloud, environment or phase",
    "ARC-C002": "`when` or `in` is used where it is not allowed",
    "ARC-C003": "Two conditions set a value differently",
    "ARC-C004": "The coordinate does not exist",
    "ARC-C005": "The condition never applies here",
    "ARC-C006": "The model has no such path",
    "ARC-C007": "A revision of the model cannot be read",
    "ARC-C008": "Two defaults set a value differently",
    "ARC-D001": "A statement of a design document is not in the model",
    "ARC-D002": "The quoted words do not identify one statement of a design document",
    "ARC-D003": "A design document cannot be read",
    "ARC-E001": "An embed in a hand-written page cannot be filled in",
    "ARC-E002": "A hand-written page has the address of a generated page",
    "ARC-E003": "Two pages, pictures or files would have the same address",
    "ARC-F001": "A stack lists a module that archgen has no binding for",
    "ARC-F002": "A Terraform module needs a value that is missing from the model",
    "ARC-F003": "A stack needs something that no earlier stack provides",
    "ARC-F004": "An expression in the model has no value",
    "ARC-F005": "A stack sets an input that a module does not have, or a value of another type",
    "ARC-F021": "A budget has no readers",
    "ARC-F022": "Nothing rotates a secret",
    "ARC-F023": "No security group lets anything connect to a component",
    "ARC-F025": "No stack makes what a component delivers",
    "ARC-F026": "A stack does not state what only it can state",
    "ARC-F027": "No stack applies a setting of a component",
    "ARC-F040": "Terraform would destroy what a module created",
    "ARC-F042": "A stack cannot be applied in the recovery region",
    "ARC-F041": "No stack calls a module whose outputs others need",
    "ARC-F006": "It is not known which of several modules an input refers to",
    "ARC-F013": "The folder of a stack's existing Terraform code cannot be used",
    "ARC-F101": "A value for a variable that is not declared",
    "ARC-F102": "A variable has no value",
    "ARC-F103": "The value does not have the type of its variable",
    "ARC-F104": "A validation rejects the value",
    "ARC-F105": "The object type has no such attribute",
    "ARC-F106": "Terraform converts the value to a different type",
    "ARC-F107": "A file contains the value of a sensitive variable",
    "ARC-F108": "The type of the variable checks nothing",
    "ARC-F109": "The folder declares no variables",
    "ARC-F110": "Terraform is missing, too old, or does not answer",
    "ARC-F111": "Git ignores a generated file",
    "ARC-F112": "A validation was not checked, because Terraform needs providers for it",
    "ARC-I001": "A file is neither a state nor a plan that archgen can read",
    "ARC-I002": "A state or plan contains no resources",
    "ARC-I003": "Two files are of one stack",
    "ARC-I004": "The files contradict what the model states for their environment",
    "ARC-I005": "The model does not have the cloud of the files",
    "ARC-I006": "The record of comparisons cannot be read",
    "ARC-I007": "A table of resource types cannot be used",
    "ARC-M001": "A required key is missing",
    "ARC-M002": "Unknown key",
    "ARC-M003": "The value is not one of the choices",
    "ARC-M004": "The value has the wrong type",
    "ARC-M005": "The value is out of range, or has the wrong form",
    "ARC-M006": "Clouds, environments and phases share an ID",
    "ARC-M007": "An included file cannot be part of the model",
    "ARC-M008": "The model declares a cloud that archgen already has",
    "ARC-M009": "A review cannot be read",
    "ARC-M010": "The model uses a word of an earlier version",
    "ARC-M011": "The model uses a cloud whose facts are not known",
    "ARC-M012": "A kind or product of the model replaces archgen's of the same ID",
    "ARC-M013": "The backends of a load balancer do not determine where each request goes",
    "ARC-P001": "The public site reveals something that is withheld",
    "ARC-R001": "A reference to something that does not exist",
    "ARC-R002": "A reference to something that does not exist at this coordinate",
    "ARC-R003": "The product does not fit this kind of component, or belongs to a different cloud",
    "ARC-R006": "The product does not have this setting",
    "ARC-R007": "An earlier ID of a component is in use",
    "ARC-S001": "The site builder reported a problem",
    "ARC-S002": "A dead link, or a page that loads something from a different site",
    "ARC-T001": "A template cannot be rendered",
    "ARC-T002": "The head or the steps of a runbook are missing or wrong",
    "ARC-T003": "A runbook has no procedure for the product in use",
    "ARC-T004": "The steps of a runbook may take longer than its recovery time objective",
    "ARC-V001": "The view does not exist",
    "ARC-V002": "A view shows nothing, or too much",
    "ARC-V003": "A picture could not be laid out in time",
    "ARC-V004": "A label is too long for pictures",
    "ARC-V005": "The diagrams package has no such icon",
    "ARC-V006": "No font has these characters",
    "ARC-V007": "A font cannot be used",
    "ARC-V008": "An icon cannot be used",
    "ARC-W001": "The file was not written by archgen, or was edited by hand",
    "ARC-W002": "An output cannot be written",
    "ARC-W003": "The manifest cannot be read",
    "ARC-W004": "Another build is running in this project",
    "ARC-W005": "The port cannot be used",
    "ARC-X001": "A waiver has expired",
    "ARC-X002": "A waiver does not match any finding",
    "ARC-X003": "A rule of the project failed",
    "ARC-X004": "An installed package adds something that cannot be used",
    "ARC-X005": "Rules could not be checked, because a fact is not stated",
    "ARC-Y001": "The file cannot be read",
    "ARC-Y002": "The text is not UTF-8, or contains invisible characters",
    "ARC-Y003": "The YAML is not valid",
    "ARC-Y004": "The file is empty, or is not a mapping",
    "ARC-Y005": "A key occurs twice",
    "ARC-Y006": "YAML features that archgen does not accept: anchors, aliases, merge keys, tags, several documents",
    "ARC-Y007": "An unquoted value that YAML readers interpret differently",
    "ARC-Y008": "A null value, or a key without a value",
    "ARC-Y009": "The file is larger, or nested deeper, than archgen reads",
    "DRF101": "A component of the model is not in the states or plans",
    "DRF102": "A resource is not in the model",
    "DRF103": "The model and a resource state different values",
    "DRF104": "Resources declare or permit a connection that is not in the model",
}
DRIFT_CODES = tuple(code for code in _ARCHGEN if code.startswith(DRIFT))


@dataclass(frozen=True, slots=True)
class RuleModule:
    """A rule: its code, a title for its findings, their highest severity, and its module."""

    code: str
    title: str
    severity: Severity
    part: Part

    @property
    def products(self) -> tuple[str, ...]:
        """The IDs of the only products that the rule is about, which it states as PRODUCTS; empty if it is about others, too."""
        stated = () if self.part.package else getattr(self.part.module, "PRODUCTS", ())
        return stated if isinstance(stated, tuple) else ()

    @property
    def absence(self) -> Mapping[str, str] | None:
        """What it means if the model does not state an optional value that the rule reads, by the name of the value.

        The rule states it as ABSENCE if it always finds something or passes; None for a rule that may lack a fact.
        """
        stated = None if self.part.package else getattr(self.part.module, "ABSENCE", None)
        return stated if isinstance(stated, Mapping) else None

    @property
    def explanation(self) -> Path:
        """The file with its explanation, in the folder `explanations` next to its module."""
        return Path(self.part.file).parent / "explanations" / f"{self.code}.md"


@cache
def rules() -> Mapping[str, RuleModule]:
    """The rules of archgen and of installed packages by code. Raises ExtensionError for a module that is not a valid rule."""
    by_code: dict[str, RuleModule] = {}
    for part in parts("rules"):
        if part.package or hasattr(part.module, "CODE"):
            rule = _rule(part)
            other = by_code.setdefault(rule.code, rule)
            if other is not rule:
                raise part.error(
                    f"the code '{rule.code}' is already used by {other.part.place}", "choose a different code"
                )
    return MappingProxyType(by_code)


@cache
def titles() -> Mapping[str, str]:
    """The title of each code, sorted by code."""
    return MappingProxyType(dict(sorted({**_ARCHGEN, **{rule.code: rule.title for rule in rules().values()}}.items())))


def title_of(code: str) -> str | None:
    """The title of a code; None for the rules of a project and for unknown codes."""
    return _ARCHGEN[code] if code in _ARCHGEN else titles().get(code)


def _rule(part: Part) -> RuleModule:
    """The rule that a module defines. Raises ExtensionError."""
    code = part.constant("CODE", str)
    area = _CODE.fullmatch(code)
    if not area or code.startswith(OWN):
        help_ = "use 2 to 12 capital letters and digits, followed by three digits, such as ACME101"
        raise part.error(f"CODE '{code}' is not a valid code", help_)
    if (area.group(1) in (*AREAS, DRIFT)) == bool(part.package):
        raise part.error(
            f"CODE '{code}' begins with '{area.group(1)}'",
            f"only archgen's codes may begin with {', '.join((*AREAS, DRIFT))}",
        )
    severity = part.constant("SEVERITY", str)
    if severity not in SEVERITIES:
        raise part.error(f"SEVERITY cannot be '{severity}'", f"use one of: {', '.join(SEVERITIES)}")
    if not any(callable(getattr(part.module, name, None)) for name in _CHECKS):
        raise part.error("the rule has no check function", "add check(architecture), which yields Diagnostics")
    rule = RuleModule(code, part.constant("TITLE", str), severity, part)
    if part.package and not rule.explanation.is_file():
        raise part.error(
            f"explanations/{code}.md is missing", "add it next to the module, with a bad and a good example"
        )
    return rule


def family_of(code: str) -> str:
    """The prefix that a code shares with others about the same subject: `NET` for NET101, `ARC-C` for ARC-C001."""
    return code.rstrip("0123456789")


def families() -> list[str]:
    """The prefixes of all codes, in the order of the codes. Does not load archgen's rules, of which each area has at least one."""
    added = {family_of(_rule(part).code) for part in extensions("rules")}
    known = {*map(family_of, _ARCHGEN), *AREAS, *added}
    return sorted(known, key=lambda family: f"{family}0")  # as codes: a digit follows, which sorts before letters


def subject_of(family: str) -> str:
    """What the diagnostics with a prefix are about; empty for those of packages, whose prefixes say nothing."""
    return AREAS.get(family) or SUBJECTS.get(family, "")
