"""The files of bindings and of recorded modules, archgen's and those of installed packages: where they are, and what is wrong with them.

An installed package adds a folder like `bindings/` under the entry point group `archgen.bindings`. The modules that it has recorded
are in the folder `modules/` inside of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import StringConstraints, ValidationError, model_validator

from archgen.catalog import catalog
from archgen.diagnostics.diagnostic import did_you_mean
from archgen.expressions.evaluate import parse
from archgen.expressions.values import ExpressionError
from archgen.model.base import Entity, Id, Line, Listed
from archgen.registry import ExtensionError, folders
from archgen.terraform.types import TypeSyntaxError
from archgen.terraform.types import parse as parse_type

_HERE = Path(__file__).parent
CLOUDS = ("aws", "gcp")
Variable = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]


class NeedEntry(Entity):
    """An input that another module's output gives."""

    module: Id
    output: Variable


class ValidationEntry(Entity):
    """A validation block of the variable."""

    condition: Line
    message: Line


class BindingFile(Entity):
    """What a binding's file may say; `Binding` in bindings.py tells what it means."""

    id: Line
    cloud: Literal["aws", "gcp"]
    binds: Literal["network", "environment", "components"] | Listed[Id]
    variable: Variable
    description: Line
    module: Line | None = None
    inputs: dict[str, Any] = {}
    kinds: Listed[Id] = ()
    when: Line | None = None
    types: dict[str, Line] = {}
    type: str | None = None
    value: Any = None
    needs: dict[str, NeedEntry] = {}
    offers: Listed[Variable] = ()
    validations: Listed[ValidationEntry] = ()

    @model_validator(mode="after")
    def _whole(self) -> BindingFile:
        if self.module is None and (self.type is None or self.value is None):
            raise ValueError("without `module`, a binding has a `type` and a `value`")
        if self.module is not None and (self.type is not None or self.value is not None):
            raise ValueError("`type` and `value` are for a binding without `module`, which has `inputs` instead")
        return self


class ModuleFile(Entity, extra="ignore"):
    """What archgen reads of a recorded module."""

    source: Annotated[str, StringConstraints(pattern=r"^[\w-]+/terraform-[a-z0-9]+-[\w-]+$")]
    path: str
    version: Line
    commit: str
    date: str = ""
    inputs: dict[str, dict[str, Any]]
    outputs: dict[str, dict[str, Any]] = {}
    required_version: str = ""
    providers: dict[str, dict[str, str]] = {}


# -- finding them ----------------------------------------------------------------------------------------


def binding_files(cloud: str) -> Iterator[tuple[Path, str]]:
    """The files of a cloud's bindings, each with the installed package that brings it; archgen's first, with an empty name.

    Raises ExtensionError for a file of a package that is of no cloud, since it would never be read.
    """
    yield from ((file, "") for file in sorted((_HERE / "bindings").glob(f"{cloud}-*.yaml")))
    for folder in folders("bindings"):
        for file in sorted(folder.path.glob("*.y*ml")):
            of = file.name.partition("-")[0]
            if of not in CLOUDS or file.suffix != ".yaml":
                help_ = "call it <cloud>-<module>-<major>.yaml, such as aws-sqs-5.yaml"
                raise ExtensionError(f"the binding '{file.name}' is of no cloud", help_, str(file))
            if of == cloud:
                yield file, folder.package


def module_file(id_: str, beside: Path) -> Path:
    """The file of a recorded module: beside a binding's file, or archgen's. Raises ExtensionError where there is none."""
    places = [folder / "modules" / f"{id_}.json" for folder in (beside.parent, _HERE)]
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        known = {file.stem for place in places for file in place.parent.glob("*.json")}
        message = f"the module '{id_}' is not recorded"
        raise ExtensionError(message, did_you_mean(id_, known), str(beside), _line_of(beside, "module"))
    return found


# -- reading them ----------------------------------------------------------------------------------------


def read_binding(file: Path) -> dict[str, Any]:
    """What a binding's file says, by key. Raises ExtensionError for one that is not as it should be."""
    try:
        with file.open(encoding="utf-8") as stream:
            entry = yaml.load(stream, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, ValueError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or error
        raise ExtensionError(
            f"the binding is not YAML: {problem}", "", str(file), mark.line + 1 if mark else 1
        ) from None
    _fits(BindingFile, entry, file, "the binding")
    if entry["cloud"] != file.name.partition("-")[0]:
        message = f"the binding is for {entry['cloud']}, but its file is called {file.name}"
        raise ExtensionError(message, f"call it {entry['cloud']}-….yaml", str(file), _line_of(file, "cloud"))
    found: dict[str, Any] = entry
    return found


def read_module(file: Path) -> dict[str, Any]:
    """A recorded module, by key. Raises ExtensionError for a file that is not one."""
    try:
        entry = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ExtensionError(f"the module is not JSON: {error}", "", str(file), getattr(error, "lineno", 1)) from None
    _fits(ModuleFile, entry, file, "the module")
    for name, facts in entry["inputs"].items():
        if not isinstance(facts.get("type"), str):
            message, help_ = (
                f"the input '{name}' has no type",
                'add "type": "string", as its variable block declares it',
            )
            raise ExtensionError(message, help_, str(file), _line_of(file, f'"{name}"'))
    return {key: entry.get(key, field.default) for key, field in ModuleFile.model_fields.items()}


def _fits(shape: type[Entity], entry: object, file: Path, what: str) -> None:
    try:
        shape.model_validate(entry)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = str(first["loc"][0]) if first["loc"] else ""
        line = _line_of(file, key)
        if first["type"] == "extra_forbidden" and len(first["loc"]) == 1:
            message, help_ = f"{what} has the unknown key `{key}`", did_you_mean(key, shape.model_fields)
            raise ExtensionError(message, help_, str(file), line) from None
        if first["type"] == "missing" and len(first["loc"]) == 1:
            raise ExtensionError(f"{what} has no `{key}`", f"add {key}:", str(file), line) from None
        said = first["msg"].removeprefix("Value error, ")
        message = f"{what}: `{'.'.join(map(str, first['loc']))}`: {said}" if key else f"{what}: {said}"
        raise ExtensionError(message, "the guide shows a binding under Extending archgen", str(file), line) from None


def _line_of(file: Path, key: str) -> int:
    """The line of a key, 1 where it is not found."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if key and line.strip().startswith(f"{key}:")), 1)


# -- checking what they name -----------------------------------------------------------------------------


def check_inputs(entry: Mapping[str, Any], inputs: Mapping[str, Any], file: Path) -> None:
    """Raise ExtensionError for an input that the module does not have."""
    for key in ("inputs", "types", "needs"):
        for name in entry.get(key) or ():
            if name not in inputs:
                message = f"the module {entry['module']} has no input '{name}'"
                raise ExtensionError(message, did_you_mean(name, inputs), str(file), _line_of(file, name))


def check_contents(entry: Mapping[str, Any], inputs: Mapping[str, Any], file: Path) -> None:
    """Raise ExtensionError for a product, expression or type that is wrong, and for a required input without a value.

    Bindings of installed packages are checked every time they are loaded; those of archgen are checked by a test.
    """
    for product in entry["binds"] if isinstance(entry["binds"], list) else ():
        if product not in catalog().products:
            help_ = did_you_mean(product, catalog().products)
            raise ExtensionError(f"there is no product '{product}'", help_, str(file), _line_of(file, "binds"))
    for key in ("when", "value"):
        if entry.get(key) is not None:
            _check_expression(key, entry[key], file)
    for name, expression in (entry.get("inputs") or {}).items():
        _check_expression(name, expression, file)
    for name, type_ in {**(entry.get("types") or {}), **({"type": entry["type"]} if entry.get("type") else {})}.items():
        try:
            parse_type(type_)
        except TypeSyntaxError as error:
            raise ExtensionError(f"the type of '{name}': {error}", "", str(file), _line_of(file, name)) from None
    given = {*(entry.get("inputs") or ()), *(entry.get("needs") or ())}
    lacking = [name for name, facts in inputs.items() if facts.get("required") and name not in given]
    if lacking:
        message = f"the module {entry['module']} requires the input '{lacking[0]}'"
        raise ExtensionError(message, f"add {lacking[0]} to inputs or needs", str(file), _line_of(file, "inputs"))


def _check_expression(name: str, expression: Any, file: Path) -> None:
    for inner in (
        expression.values() if isinstance(expression, dict) else expression if isinstance(expression, list) else ()
    ):
        _check_expression(name, inner, file)
    if isinstance(expression, (dict, list)):
        return
    try:
        parse(str(expression))
    except ExpressionError as error:
        line = _line_of(file, name)
        raise ExtensionError(f"the expression of '{name}' ({expression}): {error}", "", str(file), line) from None
