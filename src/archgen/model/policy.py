"""The part of the model about checking it: severities, waivers, and rules that the project declares."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from archgen.model.base import Date, Entity, Id, Line, Listed, TeamId, Text
from archgen.model.patterns import matching
from archgen.model.views import Selection
from archgen.model.wording import value_text

RuleCode = Annotated[
    str,
    matching(r"^([A-Z][A-Z0-9]*[0-9]{3}|OWN-[a-z0-9]+(-[a-z0-9]+)*)$", "the code of a rule such as HA201"),
    Field(json_schema_extra={"x-refers-to": "rule"}),
]
# Not `off`, which YAML 1.1 reads as a boolean.
Level = Literal["error", "warning", "info", "ignore"]
Scalar = str | int | float | bool
SettingPath = Annotated[
    str, matching(r"^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*$", "the path of a setting such as backup.retention_days")
]


class Waiver(Entity):
    """A finding that is known and accepted until a date."""

    rule: RuleCode
    """The rule that is waived, or the code of a difference that `archgen drift` finds."""
    path: Line
    """The path of the part of the model where it is waived, including everything below it: components.cdn. For a resource that is not
    in the model, its address in Terraform."""
    reason: Text | None = None
    """Why it is accepted; not needed if `decision` is given."""
    decision: Id | None = None
    """The decision that accepts it; an ID from `decisions`."""
    owner: TeamId
    """The team that is responsible for it; an ID from `teams`."""
    until: Date
    """The last day on which it applies, in quotes; after that, the finding is reported again."""

    @model_validator(mode="after")
    def _says_why(self) -> "Waiver":
        if self.reason is None and self.decision is None:
            raise ValueError("a waiver needs a `reason` or a `decision`")
        return self


class Check(Entity):
    """Conditions on the value of a setting, all of which must be met."""

    equals: Scalar | None = None
    one_of: Listed[Scalar] = ()
    none_of: Listed[Scalar] = ()
    at_least: float | int | None = None
    at_most: float | int | None = None
    matches: Line | None = None
    """A pattern with `*` for anything and `?` for one character."""
    contains: Scalar | None = None
    """An item that a list must contain."""
    set: bool | None = None
    """True if a value is required, false if there must be none."""


class OwnRule(Entity):
    """A rule that the project declares: settings that the selected components must have."""

    statement: Text
    """What must be true, in a sentence."""
    select: Selection
    """The components that it applies to."""
    assert_: Annotated[dict[SettingPath, Scalar | Check], Field(alias="assert", min_length=1)]
    """The settings that they must have: a value, or conditions on the value."""
    message: Text | None = None
    """The message if it is violated; archgen adds what is wrong."""
    help: Text | None = None
    """How to fix a violation."""
    severity: Literal["error", "warning", "info"] = "warning"


class RulesFacts(Entity):
    """How this model is checked."""

    severities: dict[RuleCode, Level] = {}
    """Severities that replace the default of a rule; `ignore` turns a rule off."""
    waivers: dict[Id, Waiver] = {}
    own: dict[Id, OwnRule] = {}


def value_problem(value: Any, wanted: Scalar | Check) -> str | None:
    """What is wrong with a value, as the predicate of a sentence; None if it meets `wanted`. `value` is None if it is not set."""
    from fnmatch import fnmatchcase

    if not isinstance(wanted, Check):
        return None if _same(value, wanted) else f"is {_shown(value)}, not {_shown(wanted)}"
    if wanted.set is not None and (value is not None) != wanted.set:
        return "is not set" if wanted.set else f"is {_shown(value)}, but must not be set"
    if wanted.equals is not None and not _same(value, wanted.equals):
        return f"is {_shown(value)}, not {_shown(wanted.equals)}"
    if wanted.one_of and not any(_same(value, choice) for choice in wanted.one_of):
        return f"is {_shown(value)}, not one of {', '.join(_shown(choice) for choice in wanted.one_of)}"
    if any(_same(value, choice) for choice in wanted.none_of):
        return f"must not be {_shown(value)}"
    if wanted.contains is not None:
        there = value if isinstance(value, (tuple, list)) else ()
        if not any(_same(item, wanted.contains) for item in there):
            return f"does not contain {_shown(wanted.contains)}"
    number = value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    if wanted.at_least is not None and (number is None or number < wanted.at_least):
        return (
            f"is {_shown(value)}, less than {wanted.at_least}"
            if number is not None
            else f"is {_shown(value)}, which is not a number"
        )
    if wanted.at_most is not None and (number is None or number > wanted.at_most):
        return (
            f"is {_shown(value)}, more than {wanted.at_most}"
            if number is not None
            else f"is {_shown(value)}, which is not a number"
        )
    if wanted.matches is not None and not (isinstance(value, str) and fnmatchcase(value, wanted.matches)):
        return f"is {_shown(value)}, which does not match {wanted.matches}"
    return None


def _same(value: Any, wanted: Scalar) -> bool:
    return isinstance(value, bool) == isinstance(wanted, bool) and bool(value == wanted)


def _shown(value: Any) -> str:
    return "not set" if value is None else value_text(value)
