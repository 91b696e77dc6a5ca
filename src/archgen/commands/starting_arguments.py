"""The options of the commands that begin a project: `archgen init` and `archgen import`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from archgen.commands.options import add_command, date, one_line


class _Beginnings:
    """The clouds of new models, or the examples, looked up only when needed, since other commands would have to wait for it."""

    def __init__(self, function: str) -> None:
        self._function = function

    def __iter__(self) -> Iterator[str]:
        from archgen.publishing import new_project

        return iter(getattr(new_project, self._function)())

    def __contains__(self, name: object) -> bool:
        return name in list(self)


_INIT_EXAMPLES = """\
examples:
  archgen init shop                        a model on AWS in the new folder shop
  archgen init --cloud gcp                 a model on Google Cloud in the current folder
  archgen init shop --cloud aws,gcp        a model on AWS with its equivalent on Google Cloud
  archgen init --example brownfield        a complete system: azure, boutique, brownfield or serverless
  archgen init --ci github                 workflows for GitHub, also for a project that exists
"""


def add_init(commands: Any) -> None:
    """Add `archgen init`."""
    command = add_command(
        commands,
        "init",
        "create a new project with a commented model that is ready to build",
        "Asks no questions and overwrites no files.",
        _INIT_EXAMPLES,
    )
    command.add_argument(
        "folder", nargs="?", default=".", metavar="FOLDER", help="the project's folder (default: the current folder)"
    )
    clouds = "the clouds of the model: aws (default), gcp, or aws,gcp with AWS as the primary cloud"
    beginning = command.add_mutually_exclusive_group()
    beginning.add_argument("--cloud", choices=_Beginnings("choices"), metavar="CLOUDS", help=clouds)
    example = "start from a complete system: azure, boutique, brownfield or serverless"
    beginning.add_argument("--example", choices=_Beginnings("examples"), metavar="NAME", help=example)
    ci = "also write the workflows for github or gitlab: checks, a review of each change, and the site; if the model exists, only these"
    command.add_argument("--ci", choices=("github", "gitlab"), metavar="SYSTEM", help=ci)
    command.add_argument(
        "--today", metavar="DATE", type=date, help="the date from which to plan the first drill (default: today)"
    )


_IMPORT_EXAMPLES = """\
examples:
  terraform show -json > state.json                                      what Terraform knows of a stack
  archgen import state.json --at aws,prod                                what a model would contain, and what not
  archgen import network.json shop.json --at aws,prod --into shop/architecture.yaml
  archgen import dev.json --at aws,dev --into shop/architecture.yaml     add an environment to the model
  archgen import --at aws,dev dev.json --at aws,prod prod.json --into shop/architecture.yaml
  archgen import plan.json --at aws,prod --accept permitted              also write what security groups and IAM permit
"""


def add_import(commands: Any) -> None:
    """Add `archgen import`."""
    command = add_command(
        commands,
        "import",
        "make a model from states and plans of Terraform, or add an environment to one",
        "Prints what the files cover, and exits with 1 if a resource has no place. Attributes that are marked as sensitive are never read.",
        _IMPORT_EXAMPLES,
    )
    files = "a state or plan as `terraform show -json` prints it, or a raw state; one for each stack"
    command.add_argument("files", nargs="*", metavar="FILE", help=files)
    at = "the cloud and the environment that the files are of, such as aws,prod; repeat it, with its files, for several environments"
    command.add_argument(
        "--at", action="append", nargs="+", required=True, metavar=("CLOUD,ENVIRONMENT", "FILE"), help=at
    )
    into = (
        "write a new project with this model, or add the environment to the one that exists: FOLDER/architecture.yaml"
    )
    command.add_argument("--into", metavar="MODEL", help=into)
    name = "the name of a new system (default: what the names of its resources begin with)"
    command.add_argument("--name", metavar="NAME", type=one_line, help=name)
    accept = "also write these proposals: permitted, configured, or the ID of one; can be repeated"
    command.add_argument("--accept", action="append", default=[], metavar="PROPOSAL", help=accept)
    unknown = "exit with 0 although resources have no place in the model"
    command.add_argument("--allow-unknown", action="store_true", help=unknown)
    formats = "the format of the report on standard output (default: text)"
    command.add_argument("--format", choices=("text", "json"), default="text", help=formats)
    today = "the date on which the model is checked for rules that it has as warnings, such as those about versions (default: today)"
    command.add_argument("--today", metavar="DATE", type=date, help=today)
