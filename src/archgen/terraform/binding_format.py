"""The format of the files of bindings and of recorded modules, as classes, and the message for a file that does not have it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError, model_validator

from archgen.diagnostics.diagnostic import did_you_mean
from archgen.model.base import Entity, Id, Line, Listed
from archgen.model.places import TierRole

Variable = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]


class NeedEntry(Entity):
    """The source of an input: an output of another module."""

    module: Id
    output: Variable


class ValidationEntry(Entity):
    """A validation block of the variable."""

    condition: Line
    message: Line
    with_: Annotated[Variable | None, Field(alias="with")] = None
    """Only if this optional input is used."""
    without: Variable | None = None
    """Only if this optional input is not used."""


class OutputEntry(Entity):
    """An output of a binding without a module: its type, and the Terraform expression of its value."""

    type: str
    value: str


class HandEntry(Entity):
    """What a person does by hand: why, and the command to run. `{name}` in it is the variable's value `name`; `{a.b}` is in a value."""

    why: Line
    run: Line


class BindingFile(Entity):
    """The format of a binding's file; `Binding` in bindings.py describes its keys."""

    id: Line
    cloud: Id
    binds: Literal["network", "environment", "components"] | Listed[Id]
    variable: Variable
    description: Line
    module: Line | None = None
    inputs: dict[str, Any] = {}
    optional: dict[str, Any] = {}
    kinds: Listed[Id] = ()
    when: Line | None = None
    types: dict[str, Line] = {}
    type: str | None = None
    value: Any = None
    needs: dict[str, NeedEntry] = {}
    wired: dict[str, str] = {}
    extra: dict[Variable, Any] = {}
    offers: Listed[Variable] | dict[Variable, Line] = ()
    outputs: dict[Variable, OutputEntry] = {}
    resources: str | Listed[str] = ()
    uses: Listed[Id] = ()
    manifests: Literal["namespaces", "network-policies", "node-pools", "workloads"] | None = None
    provider: Variable | None = None
    provider_when: Line | None = None
    depends_on: Listed[Id] = ()
    placed_in: TierRole | None = None
    once: bool = False
    asks: Variable | None = None
    supplied: Listed[Variable] = ()
    versions: dict[Variable, Line] = {}
    beforehand: HandEntry | None = None
    afterwards: HandEntry | None = None
    copies: Listed[Id] = ()
    validations: Listed[ValidationEntry] = ()

    @model_validator(mode="after")
    def _check_keys(self) -> BindingFile:
        if self.manifests and (self.module or self.type or self.value or self.resources):
            raise ValueError("a binding with `manifests` has no `module`, `type`, `value` or `resources`")
        if self.module is None and not self.manifests and (self.type is None or self.value is None):
            raise ValueError("a binding without `module` needs `type` and `value`, or `manifests`")
        if self.module is not None and (self.type is not None or self.value is not None):
            raise ValueError("a binding with `module` has `inputs` instead of `type` and `value`")
        if self.module is not None and self.supplied:
            raise ValueError("a binding with `module` has no `supplied`")
        if untyped := next((name for name in self.extra if name not in self.types), None):
            raise ValueError(f"the attribute `{untyped}` under `extra` needs a type under `types`")
        return self


class ModuleFile(Entity, extra="ignore"):
    """The keys of a recorded module that archgen reads."""

    source: Annotated[str, StringConstraints(pattern=r"^[\w-]+/terraform-[a-z0-9]+-[\w-]+$")]
    path: str
    version: Line
    commit: str
    date: str = ""
    inputs: dict[str, dict[str, Any]]
    outputs: dict[str, dict[str, Any]] = {}
    required_version: str = ""
    providers: dict[str, dict[str, str]] = {}


_SHAPES: dict[str, type[Entity]] = {"the binding": BindingFile, "the module": ModuleFile}


def problem_in(what: str, entry: object) -> tuple[str, str, str] | None:
    """The first error of an entry, as a message, a help text and the key that it is about; None if the entry has the right format.

    `what` is `the binding` or `the module`.
    """
    shape = _SHAPES[what]
    try:
        shape.model_validate(entry)
    except ValidationError as error:
        details = error.errors(include_url=False)
        # A misspelled key that is required is also missing; the misspelling has the line and a suggestion.
        first = next((detail for detail in details if detail["type"] == "extra_forbidden"), details[0])
        key = str(first["loc"][0]) if first["loc"] else ""
        if first["type"] == "extra_forbidden" and len(first["loc"]) == 1:
            return f"{what} has the unknown key `{key}`", did_you_mean(key, shape.model_fields), key
        if first["type"] == "missing" and len(first["loc"]) == 1:
            return f"{what} has no `{key}`", f"add {key}:", key
        reason = first["msg"].removeprefix("Value error, ")
        message = f"{what}: `{'.'.join(map(str, first['loc']))}`: {reason}" if key else f"{what}: {reason}"
        return message, "the page Extending archgen in the guide shows an example", key
    return None
