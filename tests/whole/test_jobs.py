"""`archgen validate` prints the same with one process and with two."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import archgen

# What is added to a small model, with a part of what is then printed: by rules alone, or also by what would stop a build.
CHANGES = {
    "nothing": ("", "ARC-|findings|valid|error|warning|info"),
    "a runbook that does not exist": (
        "teams: {platform: {name: Platform}}\nrunbooks: {no-such-runbook: {component: orders, owner: platform}}\n",
        "the runbook 'no-such-runbook' does not exist",
    ),
    "a stack in a reserved folder": (
        "terraform: {path: '.github/{stack}', stacks: {network: {purpose: The network, modules: [vpc]}}}\n",
        "ARC-W002",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("format_", ["text", "json"])
@pytest.mark.parametrize("change", CHANGES)
def test_the_output_does_not_depend_on_the_number_of_processes(change: str, format_: str, minimal: Path) -> None:
    added, part = CHANGES[change]
    with (minimal / "architecture.yaml").open("a", encoding="utf-8") as model:
        model.write(added)
    options = ("validate", "--format", format_, "--today", "2026-11-27", "--fail-on", "info,unknown")
    one, two = (archgen(*options, "--jobs", jobs, cwd=minimal) for jobs in ("1", "2"))
    assert (one.code, one.out, one.err) == (two.code, two.out, two.err)
    assert re.search(part, one.out + one.err)


def test_rules_of_the_project_run_in_the_only_process(minimal: Path) -> None:
    rules = minimal / "rules"
    rules.mkdir()
    (rules / "own.py").write_text(
        '"""Processes are written down."""\n\nimport os\n\n'
        "def check(architecture):\n"
        "    with open('processes', 'a') as file:\n"
        "        file.write(f'{os.getpid()}\\n')\n"
        "    return []\n",
        encoding="utf-8",
    )
    for jobs in ("1", "2"):
        archgen("validate", "--jobs", jobs, cwd=minimal)
    processes = (minimal / "processes").read_text(encoding="utf-8").split()
    assert len(set(processes)) == 2


@pytest.mark.parametrize("number", ["0", "-1", "two", "1000"])
def test_a_number_of_cores_is_checked(number: str, minimal: Path) -> None:
    wrong = archgen("validate", f"--jobs={number}", cwd=minimal)
    assert wrong.code == 2
    assert f"'{number}' is not a number of processor cores" in wrong.err
