"""`archgen terraform order`: the stacks in the order in which they are applied, with the commands to run."""

from __future__ import annotations

import argparse

from archgen.commands.shared import UNUSABLE, project_at, show
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.diagnostics.report import visible


def run(options: argparse.Namespace) -> int:
    """Print the commands for one environment of one cloud; returns the exit code."""
    found = project_at(options)
    if found is None:
        return UNUSABLE
    loaded, project, coordinate = found
    plan = project.plans.of.get(coordinate.cloud)
    terraform = project.resolved.standing(coordinate.cloud, coordinate.environment).document.terraform
    if terraform is None:
        print("The model has no Terraform stacks.")
        return 0
    if plan is None:
        show(project.plans.problems, loaded)
        return UNUSABLE
    from archgen.terraform.applying import data_folder, makes_a_bucket, steps

    environment, region = coordinate.environment, ""
    found_steps = list(steps(plan, terraform, environment, recovery=options.recovery, first=options.first))
    if options.recovery:
        a = project.resolved.standing(coordinate.cloud, environment).in_recovery_region()
        if a is None or not found_steps:
            message = f"{environment} cannot recover in another region on {coordinate.cloud}"
            help_ = "state `recovery: true` of stacks, the recovery region, and `recovery_cidr` of the environment"
            show([Diagnostic("ARC-F042", message, help_, subject="--recovery")], loaded)
            return UNUSABLE
        region = a.elsewhere
    if makes_a_bucket(plan, terraform, environment) and not options.first:
        print(
            "# The first time, print the commands with --first, because the bucket for the states does not exist yet."
        )
    print(
        "# Each block states a separate folder for its environment and region, so that preparing one never changes another."
    )
    print("# Run a block in a terminal that is signed in to the account or project of the environment.\n")
    folder = f"export TF_DATA_DIR={data_folder(environment, region)}"
    for number, step in enumerate(found_steps, 1):
        purpose = visible(" ".join(step.purpose.split()))  # on one line, since the output is run by a shell
        print(f"# {number}. {step.stack} ({step.instance}): {purpose}")
        # In each block, because blocks are run in more than one terminal.
        if any("terraform " in command for _why, command in step.commands):
            print(folder)
        for why, command in step.commands:
            print(f"{f'#    {why}{chr(10)}' if why else ''}{command}")
        print()
    return 0
