"""Writes how far the generated roots of the reference are checked: runs the tests of roots, and writes the table of `docs/guide/roots.md`.

The tests say with `record_property` which stack and step they are about: `checks` is `CLOUD STACK STEP`, and `how` is `run` or `read`,
followed by what exactly was done. With `--cloud`, only rows of one cloud are written, from the tests that are about it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from tools.recorded import ROOT

PAGE = ROOT / "docs/guide/roots.md"
OF_GOOGLE = (
    "tests/terraform/test_google_balancing.py",
    "tests/terraform/test_google_data.py",
    "tests/terraform/test_google_machines.py",
    "tests/terraform/test_google_roots.py",
    "tests/terraform/test_google_run.py",
    "tests/terraform/test_google_serverless.py",
    "tests/terraform/test_google_vpn.py",
    "tests/kubernetes",
)
TESTS = (
    "tests/terraform/test_roots.py",
    "tests/terraform/test_example_roots.py",
    "tests/terraform/test_kind_roots.py",
    "tests/terraform/test_balanced_roots.py",
    "tests/terraform/test_transit_on_aws.py",
    *OF_GOOGLE,
)
# The stacks of examples and of a model with further kinds that tests are about; their folders are not in the repository.
OF_EXAMPLES = (
    ("aws", "serverless/data"),
    ("aws", "serverless/functions"),
    ("aws", "serverless/events"),
    ("gcp", "serverless/data"),
    ("gcp", "serverless/run"),
    ("gcp", "serverless/pushes"),
    ("gcp", "kinds/data"),
    ("gcp", "kinds/run"),
    ("gcp", "kinds/balancing"),
    ("gcp", "kinds/machines"),
    ("gcp", "kinds/serverless"),
    ("gcp", "kinds/vpn"),
    ("aws", "kinds/apis"),
    ("aws", "kinds/streams"),
    ("aws", "kinds/files"),
    ("aws", "kinds/databases"),
    ("aws", "balanced/balancing"),
    ("aws", "balanced/services"),
    ("aws", "balanced/machines"),
    ("aws", "transit/hub"),
    ("aws", "transit/joining"),
)
STEPS = ("init", "plan", "apply")
# Why a step that no test takes is not verified.
REASONS = {
    ("aws", "init"): "the providers of its modules are not on the machine",
    ("aws", "plan"): "a provider that its modules need is not on the machine",
    ("aws", "apply"): "no AWS account; moto does not have all of its services",
    ("gcp", "init"): "Google's provider is not on the machine",
    ("gcp", "plan"): "Google's provider is not on the machine",
    ("gcp", "apply"): "no Google Cloud project",
}
START, END = "<!-- table -->", "<!-- end of the table -->"


@dataclass(frozen=True, slots=True)
class RootCheck:
    """One check of a step of a stack: `how` says what was done, `test` is the name of the test."""

    cloud: str
    stack: str
    step: str
    how: str
    test: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the tests and writes the page; returns 0, or 1 if a test fails or none says what it checks."""
    parser = argparse.ArgumentParser(prog="python -m tools.write_roots", description=__doc__)
    parser.add_argument("--results", type=Path, help="a JUnit file of these tests, instead of running them")
    parser.add_argument(
        "--cloud", choices=sorted({cloud for cloud, _step in REASONS}), help="keep the rows of the others"
    )
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        results = options.results or Path(folder) / "results.xml"
        if options.results is None:
            command = [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-n0",
                "-o",
                "junit_family=xunit1",
                f"--junitxml={results}",
                *(OF_GOOGLE if options.cloud == "gcp" else TESTS),
            ]
            if subprocess.run(command, cwd=ROOT, check=False).returncode:
                return 1
        checks = list(checks_in(results))
    if not checks:
        print("no test says which stack it checks", file=sys.stderr)
        return 1
    today = datetime.now().astimezone().date().isoformat()
    page = PAGE.read_text(encoding="utf-8")
    kept = rows_of(page, options.cloud) if options.cloud else {}
    PAGE.write_text(with_table(page, table(checks, stacks(), kept), today), encoding="utf-8")
    return 0


def checks_in(results: Path) -> Iterator[RootCheck]:
    """The checks of all tests that passed, from a JUnit file that pytest wrote."""
    for case in ET.parse(results).iter("testcase"):  # the file is from pytest
        if any(case.find(kind) is not None for kind in ("failure", "error", "skipped")):
            continue
        found = [(p.get("name"), p.get("value") or "") for p in case.iter("property")]
        how = next((value for name, value in found if name == "how"), "")
        for name, value in found:
            if name == "checks":
                cloud, stack, step = value.split(" ")
                yield RootCheck(cloud, stack, step, how, (case.get("name") or "").partition("[")[0])


def stacks() -> list[tuple[str, str]]:
    """The generated stacks of the reference and of examples, each with its cloud."""
    made = sorted((folder.parent.name, folder.name) for folder in (ROOT / "infra").glob("*/*") if folder.is_dir())
    return [*made, *OF_EXAMPLES]


def rows_of(page: str, other: str) -> dict[tuple[str, str], str]:
    """The rows of a page by cloud and stack, without those of one cloud."""
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    by_stack = {(cells[1].strip(), cells[2].strip()): row for row in rows if len(cells := row.split("|")) > 3}
    return {(cloud, stack): row for (cloud, stack), row in by_stack.items() if cloud != other}


def table(
    checks: Sequence[RootCheck],
    known: Sequence[tuple[str, str]],
    kept: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> str:
    """The table as Markdown: a row for each stack, with what was done for each step, or why it is not verified; some are kept."""
    rows = ["| Cloud | Stack | init | plan | apply |", "| --- | --- | --- | --- | --- |"]
    for cloud, stack in known:
        if (cloud, stack) in kept:
            rows.append(kept[cloud, stack])
            continue
        cells = [_cell(checks, cloud, stack, step) for step in STEPS]
        rows.append(f"| {cloud} | {stack} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _cell(checks: Sequence[RootCheck], cloud: str, stack: str, step: str) -> str:
    found = [c for c in checks if (c.cloud, c.stack, c.step) == (cloud, stack, step)]
    if not found:
        return f"*not verified*: {_why_not(cloud, stack, step)}"
    kind, _colon, what = found[0].how.partition(": ")
    return f"*{kind}*{f': {what}' if what else ''} (`{found[0].test}`)"


def _why_not(cloud: str, stack: str, step: str) -> str:
    """Why a step of a stack that no test takes is not verified."""
    if (cloud, stack) in OF_EXAMPLES or (ROOT / "infra" / cloud / stack / "main.tf").is_file():
        return REASONS[cloud, step]
    return "there is no cluster" if step == "apply" else "Kubernetes manifests have no such step"


def with_table(page: str, rows: str, today: str) -> str:
    """The page with another table and its date."""
    before, _start, rest = page.partition(START)
    _old, _end, after = rest.partition(END)
    return f"{before}{START}\n\nAs of {today}:\n\n{rows}\n\n{END}{after}"


if __name__ == "__main__":
    sys.exit(main())
