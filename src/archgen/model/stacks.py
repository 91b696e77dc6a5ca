"""The Terraform stacks of a model: what each calls, where it is applied, and where its files are written."""

import math
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, model_validator

from archgen.model.base import (
    ComponentId,
    Entity,
    HomeId,
    Id,
    Listed,
    OwnFolder,
    StackFolder,
    StackId,
    Text,
    VariableFile,
)
from archgen.model.patterns import matching

VariableName = Annotated[
    str, matching(r"^[A-Za-z_][A-Za-z0-9_-]*$", "the name of a Terraform variable such as instance_class")
]


def _json_value(value: Any) -> Any:
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _json_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json_value(item) for item in value]
    if value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise ValueError(
        f"a value for Terraform cannot contain {value}; use text, numbers, booleans, null, lists and mappings"
    )


# Text, a number, a boolean, null, a list or a mapping.
JsonValue = Annotated[Any, AfterValidator(_json_value)]


class StackInput(Entity):
    """The value of a variable that a team's Terraform code declares: either an expression over the model or a fixed value."""

    expression: Text | None = None
    """A Jinja expression over the same facts as bindings, such as `cidr` or `components.database.backup.retention_days`."""
    value: JsonValue = None
    """A value of any shape. Keys in it, such as `in` and `when`, have no meaning for archgen."""

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if len(self.model_fields_set & {"expression", "value"}) != 1:
            raise ValueError("an input must have either an `expression` or a `value`")
        return self


ModuleName = Annotated[
    str,
    matching(
        r"^[a-z][a-z0-9]*(-[a-z0-9]+)*(@[0-9]+(\.[0-9]+)?)?$",
        "the ID of a module such as vpc, or with a major version such as vpc@5",
    ),
]


class Stack(Entity):
    """One Terraform root module."""

    purpose: Text
    scope: Literal["environment", "account", "organization"] = "environment"
    """What it is applied once for: each environment, each account (or project, or subscription) that environments are in, or everything."""
    recovery: bool = False
    """Whether it is applied in the recovery region, too, with a separate state; a network needs `recovery_cidr` of the environment."""
    home: HomeId | None = None
    """The account, project or subscription that it is applied in, if that is not the environment's."""
    modules: Listed[ModuleName] = ()
    """The modules that it calls; IDs of archgen's Terraform bindings, with a major version if it is not the newest: `vpc@5`."""
    set: dict[Id, dict[VariableName, StackInput]] = {}
    """Further inputs of its modules, by the ID of the module: what archgen does not derive from the model."""
    contents: Listed[Text] = ()
    """What it creates, in words."""
    after: Listed[StackId] = ()
    """The stacks that must be applied before it."""
    directory: OwnFolder | None = None
    """The folder of Terraform code that a team maintains itself, with {cloud} and {environment}; archgen writes only the values."""
    outside: Literal[True] | None = None
    """Confirms that the directory is outside of the project; it then begins with `../`."""
    file: VariableFile | None = None
    """The variable file in the directory, with {cloud} and {environment}; by default, {environment}.tfvars.json."""
    inputs: dict[VariableName, StackInput] = {}
    """The values of that code's variables."""
    supplied: Listed[VariableName] = ()
    """Variables whose values come from elsewhere: from the environment (`TF_VAR_…`), a secret store or another file."""

    @model_validator(mode="after")
    def _fits_directory(self) -> Self:
        if self.directory is None:
            given = next((n for n in ("inputs", "supplied", "file", "outside") if n in self.model_fields_set), None)
            if given and getattr(self, given):
                raise ValueError(f"`{given}` is for stacks with a `directory`; use `set` for further inputs of modules")
            return self
        if self.modules:
            raise ValueError("a stack has either `modules`, which archgen calls, or the `directory` of existing code")
        if self.directory.startswith("../") and not self.outside:
            raise ValueError(
                f"the directory {self.directory} is outside of the project; confirm it with `outside: true`"
            )
        if self.outside and not self.directory.startswith("../"):
            raise ValueError("`outside` is only for a directory that begins with `../`")
        if twice := next((name for name in self.supplied if name in self.inputs), None):
            raise ValueError(f"'{twice}' has a value under `inputs` and is also under `supplied`")
        return self


RoleName = Annotated[
    str,
    matching(
        r"^([A-Za-z0-9+=,.@_/-]|\{project\}|\{environment\})+$",
        "the name of a role or service account, in which {project} and {environment} are replaced",
    ),
]


class Terraform(Entity):
    """The Terraform stacks, and where their files are written."""

    path: StackFolder = "infra/{cloud}/{stack}"
    """The folder of a stack; it must contain {cloud} and {stack}."""
    state: ComponentId | None = None
    """The component that stores the states of all stacks; by default, the only bucket that is not an archive, if a stack makes one."""
    assume: RoleName | None = None
    """The role or service account that Terraform acts as, with {project} and {environment}; by default, the caller."""
    format: Literal["json", "hcl"] = "json"
    """The format of variable files. Terraform evaluates nothing in JSON; HCL has the line of the model next to each value."""
    stacks: dict[StackId, Stack]

    def folder(self, cloud: str, stack: str) -> str:
        """The path of the folder of a stack."""
        return self.path.replace("{cloud}", cloud).replace("{stack}", stack)

    def own_folder(self, cloud: str, environment: str, stack: str) -> str | None:
        """The folder of the code of a team for one environment; None for a stack that archgen generates."""
        own = self.stacks[stack].directory if stack in self.stacks else None
        return None if own is None else _filled(own, cloud, environment)

    def variable_file(self, cloud: str, environment: str, stack: str) -> str:
        """The path of the file with the values of one environment."""
        own = self.own_folder(cloud, environment, stack)
        if own is None:
            return f"{self.folder(cloud, stack)}/{self.values_file(environment)}"
        file = self.stacks[stack].file
        return f"{own}/{_filled(file, cloud, environment) if file else self.values_file(environment)}"

    def values_file(self, environment: str) -> str:
        """The name of the file with the values of one environment, in a folder that archgen writes."""
        return f"{environment}.tfvars{'.json' if self.format == 'json' else ''}"


def _filled(path: str, cloud: str, environment: str) -> str:
    return path.replace("{cloud}", cloud).replace("{environment}", environment)
