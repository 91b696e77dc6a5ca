"""The options of `archgen drift`."""

from __future__ import annotations

from typing import Any

from archgen.commands.options import add_at, add_command, add_model, add_output, add_today

_EXAMPLES = """\
examples:
  terraform show -json > state.json                       what Terraform knows of a stack
  archgen drift state.json --at aws,prod                  how it differs from the model
  archgen drift plan.json state.json --at aws,prod        also whether model, plan or state is ahead
  archgen drift state.json --at aws,prod --record         also record for the site when it was compared
  archgen drift state.json --at aws,prod --write-baseline drift.json
  archgen drift state.json --at aws,prod --baseline drift.json   only what is new since then
"""
KINDS = ("missing", "not-modeled", "different", "connection")


def add_drift(commands: Any) -> None:
    """Add `archgen drift`."""
    command = add_command(
        commands,
        "drift",
        "compare the model with states and plans of Terraform",
        "Prints how much was compared, then each difference with the line of the model and the address of the resource. "
        "Values that the files do not state are never differences. Exits with 1 if there are differences, or if nothing was compared.",
        _EXAMPLES,
    )
    files = (
        "a state or plan as `terraform show -json` prints it, or a raw state; one for each stack, or a state and a plan; "
        "also Kubernetes objects, as `kubectl get -o json`, `kustomize build` or `helm template` prints them"
    )
    command.add_argument("files", nargs="+", metavar="FILE", help=files)
    add_model(command)
    add_at(command)
    only = "report only differences of this kind; can be repeated"
    command.add_argument("--only", action="append", choices=KINDS, default=[], help=only)
    partial = "the files are only some of the stacks: nothing counts as missing (default if the model has more stacks than there are files)"
    command.add_argument("--partial", action="store_true", help=partial)
    command.add_argument("--baseline", metavar="FILE", help="leave out the differences that this file contains")
    written = "write all differences that no waiver accepts to this file, and exit with 0"
    command.add_argument("--write-baseline", metavar="FILE", help=written)
    recorded = "write the day and how much was compared to comparisons.json next to the model, for pages of the site"
    command.add_argument("--record", action="store_true", help=recorded)
    formats = "the format (default: text)"
    command.add_argument("--format", choices=("text", "json", "markdown", "sarif"), default="text", help=formats)
    add_today(command)
    add_output(command, "write to this file (default: standard output)")
