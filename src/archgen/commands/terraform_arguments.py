"""The command line's parser: the commands of `archgen terraform` with their options and help texts."""

from __future__ import annotations

from typing import Any

from archgen.commands.options import add_at, add_command, add_model

_TERRAFORM_EXAMPLES = """\
examples:
  archgen terraform check                                  all stacks in all environments, in their current phases
  archgen terraform check 05-data --at aws,prod,growth     one stack at one coordinate
  archgen terraform check path/to/stack                    the variable files in any folder against its variables
  archgen terraform order --at aws,prod                    the commands that apply all stacks of one environment
  archgen terraform modules rds                            what a module applies to, and where its inputs get their values
  archgen terraform adopt path/to/stack                    a stack of the model for existing code
  archgen terraform record path/to/module                  a module for a binding of the project
"""


def add_terraform(commands: Any) -> None:
    """Add `terraform` with its commands."""
    command = add_command(
        commands,
        "terraform",
        "check variable files, print the order of stacks, adopt existing code and record modules",
        "",
        _TERRAFORM_EXAMPLES,
    )
    actions = command.add_subparsers(dest="action", metavar="ACTION", required=True)
    _terraform_check(actions)
    _terraform_order(actions)
    _terraform_adopt(actions)
    _terraform_record(actions)
    _terraform_modules(actions)


def _terraform_modules(actions: Any) -> None:
    command = add_command(
        actions, "modules", "list the modules that stacks can name, and where each of their inputs gets its value"
    )
    command.add_argument("module", nargs="?", metavar="MODULE", help="show this module in detail (default: list all)")
    add_model(command)
    command.add_argument("--format", choices=("text", "json"), default="text", help="the format (default: text)")


def _terraform_check(actions: Any) -> None:
    command = add_command(
        actions,
        "check",
        "check variable files against the variables of their stack, using Terraform itself",
        "Requires neither terraform init nor providers nor credentials.",
    )
    command.add_argument(
        "what", nargs="?", metavar="DIR|STACK", help="a folder, or a stack of the model (default: all stacks)"
    )
    add_model(command)
    add_at(command)
    command.add_argument("--partial", action="store_true", help="allow required variables without a value")
    command.add_argument(
        "--format",
        choices=("text", "json", "sarif", "github"),
        default="text",
        help="text (default) goes to standard error; the other, machine-readable formats go to standard output",
    )


def _terraform_order(actions: Any) -> None:
    command = add_command(
        actions, "order", "print the stacks in the order in which they are applied, with the commands to run"
    )
    add_model(command)
    add_at(command)
    command.add_argument("--recovery", action="store_true", help="the stacks of the environment in its recovery region")
    first = "for the first apply: keep states in files until the bucket for them exists, then move them into it"
    command.add_argument("--first", action="store_true", help=first)


def _terraform_adopt(actions: Any) -> None:
    command = add_command(
        actions,
        "adopt",
        "propose a stack for a folder of existing Terraform code, with expressions for values that the model knows",
        "Prints YAML for architecture.yaml on standard output, and what could not be matched on standard error. Writes nothing.",
    )
    command.add_argument("folder", metavar="DIR", help="the folder with the code and its variable files")
    add_model(command)
    add_at(command)


def _terraform_record(actions: Any) -> None:
    command = add_command(
        actions,
        "record",
        "record the inputs and outputs of a Terraform module in the project's folder bindings/modules",
        "Prints a first binding for the module. Git says where the module comes from, unless options do.",
    )
    command.add_argument("folder", metavar="DIR", help="the folder of the module on this machine")
    command.add_argument("--source", metavar="REPOSITORY", help="owner/terraform-provider-name (default: Git's remote)")
    command.add_argument("--path", metavar="FOLDER", help="its folder in the repository (default: from Git)")
    command.add_argument("--version", metavar="VERSION", help="the version, such as v1.4.0 (default: the tag in Git)")
    add_model(command)
