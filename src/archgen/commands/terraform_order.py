"""`archgen terraform order`: the stacks in the order in which they are applied, with the commands to run."""

from __future__ import annotations

import argparse

from archgen.commands.shared import UNUSABLE, project_at, say
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.diagnostics.report import render


def run(options: argparse.Namespace) -> int:
    """Print the commands for one environment of one cloud; returns the exit code."""
    found = project_at(options)
    if found is None:
        return UNUSABLE
    _loaded, project, coordinate = found
    plan = project.plans.of.get(coordinate.cloud)
    terraform = project.resolved.standing(coordinate.cloud, coordinate.environment).document.terraform
    if terraform is None:
        print("The model has no Terraform stacks.")
        return 0
    if plan is None:
        say(render([Diagnostic("ARC-F002", p.message, p.help, span=p.span) for p in project.plans.problems], {}))
        return UNUSABLE
    from archgen.terraform.applying import steps

    for number, step in enumerate(steps(plan, terraform, coordinate.environment), 1):
        print(f"# {number}. {step.stack} ({step.instance}): {step.purpose}")
        for why, command in step.commands:
            print(f"{f'#    {why}{chr(10)}' if why else ''}{command}")
        print()
    return 0
