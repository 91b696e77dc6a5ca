"""Test the tests: change one place of the code at random, and see whether a test fails.

    python -m tools.mutation --number 200 --seed 16

Run it by hand, because it takes hours; CONTRIBUTING.md says how, and what the last run found. It applies the operators of mutmut,
which `make test` does not install.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators

ROOT = Path(__file__).parents[1]
PACKAGES = ("model", "analysis", "checking", "terraform")
# Tests of the package come first. Then come fast tests that notice most other changes: messages, rules, and files of the reference.
OTHERS = (
    "tests/model",
    "tests/analysis",
    "tests/checking",
    "tests/terraform",
    "tests/artifacts/test_terraform_jobs.py",
    "tests/diagnostics",
    "tests/rules",
    "tests/parity",
    "tests/comparing",
)
SKIPPED = (cst.Annotation, cst.Import, cst.ImportFrom)
SECONDS = 900  # a mutant whose tests take longer loops forever


@dataclass(frozen=True)
class Mutant:
    """One change: the file relative to the repository, the line, the new text of the file, and the difference for people."""

    file: str
    line: int
    text: str
    difference: str


def negated(node: Any) -> Iterator[Any]:
    """The node with its condition reversed."""
    condition = node.test.with_changes(
        lpar=[cst.LeftParen(), *node.test.lpar], rpar=[*node.test.rpar, cst.RightParen()]
    )
    yield node.with_changes(test=cst.UnaryOperation(cst.Not(), condition))


def never_run(node: Any) -> Iterator[Any]:
    """The loop without items."""
    yield node.with_changes(iter=cst.Tuple([], lpar=[cst.LeftParen()], rpar=[cst.RightParen()]))


def without_result(node: Any) -> Iterator[Any]:
    """The statement, returning None."""
    if node.value is not None:
        yield node.with_changes(value=cst.Name("None"))


# mutmut changes values, arguments, comparisons and keywords; these change the flow of control.
OPERATORS = (
    *mutation_operators,
    (cst.If, negated),
    (cst.While, negated),
    (cst.CompIf, negated),
    (cst.For, never_run),
    (cst.Return, without_result),
)


def changes(node: Any) -> Iterator[tuple[Any, Any]]:
    """Pairs of a node of a syntax tree and what replaces it. Leaves out annotations, docstrings and texts with spaces."""
    is_docstring = isinstance(node, cst.Expr) and isinstance(node.value, (cst.SimpleString, cst.ConcatenatedString))
    if isinstance(node, SKIPPED) or is_docstring:
        return
    if not (isinstance(node, cst.SimpleString) and " " in node.value):
        for kind, operator in OPERATORS:
            if isinstance(node, kind):
                yield from ((node, new) for new in operator(node))
    for child in node.children:
        yield from changes(child)


def draw(packages: tuple[str, ...], number: int, seed: int) -> list[Mutant]:
    """Mutants at random lines, one on each, with every line of the packages as likely as any other."""
    by_line: dict[tuple[str, int], list[tuple[Any, Any, Any]]] = {}
    for package in packages:
        for path in sorted((ROOT / "src/archgen" / package).glob("*.py")):
            wrapper = MetadataWrapper(cst.parse_module(path.read_text(encoding="utf-8")))
            positions = wrapper.resolve(PositionProvider)
            for old, new in changes(wrapper.module):
                if old in positions:
                    place = path.relative_to(ROOT).as_posix(), positions[old].start.line
                    by_line.setdefault(place, []).append((wrapper.module, old, new))
    chance = random.Random(seed)
    lines = list(by_line)
    chance.shuffle(lines)
    mutants: list[Mutant] = []
    for file, line in lines:
        if len(mutants) == number:
            break
        options = by_line[file, line]
        chance.shuffle(options)
        mutants += list(first_valid(file, line, options))[:1]
    return mutants


def first_valid(file: str, line: int, options: list[tuple[Any, Any, Any]]) -> Iterator[Mutant]:
    """The mutants of one line that are valid code and differ from it in more than layout."""
    for module, old, new in options:
        text = module.deep_replace(old, new).code
        try:
            same = ast.dump(ast.parse(text)) == ast.dump(ast.parse(module.code))
        except SyntaxError:
            continue
        if not same:
            both = module.code.splitlines(), text.splitlines()
            yield Mutant(file, line, text, "\n".join([*difflib.unified_diff(*both, lineterm="", n=0)][3:]))


def killed_by(mutant: Mutant, copy: Path) -> str:
    """The test that fails with a mutant in a copy of the repository; empty if it survives."""
    path = copy / mutant.file
    original = path.read_text(encoding="utf-8")
    path.write_text(mutant.text, encoding="utf-8")
    try:
        return failing_test(copy, f"tests/{mutant.file.split('/')[2]}")
    finally:
        path.write_text(original, encoding="utf-8")


def failing_test(copy: Path, first: str) -> str:
    """The first test that fails in a copy of the repository; empty if all pass. The tests in the folder `first` run first."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "--tb=no",
        "-p",
        "no:cacheprovider",
        "-m",
        "not slow and not browser",
    ]
    # Without bytecode, because Python does not notice a change of a file in the same second with the same size.
    env = os.environ | {"PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1", "CI": "1"}
    run = subprocess.Popen(
        [*command, first, *(folder for folder in OTHERS if folder != first)],
        cwd=copy,
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, _err = run.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(run.pid, signal.SIGKILL)
        return f"no test within {SECONDS} seconds"
    failed = [line for line in out.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return "" if run.returncode == 0 else (failed or [f"pytest ended with {run.returncode}"])[0]


def main() -> int:
    """Draw mutants, run the tests on each, and print those that survive."""
    parser = argparse.ArgumentParser(
        description="Change one place of the code at random, and see whether a test fails."
    )
    parser.add_argument("--number", type=int, default=200, help="how many mutants to draw (default: 200)")
    parser.add_argument("--seed", type=int, default=16, help="the seed of the random choice (default: 16)")
    parser.add_argument("--only", type=int, nargs="*", help="the numbers of the mutants to run (default: all)")
    parser.add_argument("packages", nargs="*", default=PACKAGES, help=f"packages (default: {' '.join(PACKAGES)})")
    options = parser.parse_args()
    mutants = draw(tuple(options.packages), options.number, options.seed)
    survivors = 0
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "archgen"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv", "node_modules", "site", "__pycache__"))
        if test := failing_test(copy, OTHERS[0]):
            print(f"without any change: {test}", file=sys.stderr)
            return 2
        for number, mutant in enumerate(mutants):
            if options.only and number not in options.only:
                continue
            test = killed_by(mutant, copy)
            survivors += not test
            print(f"{number} {mutant.file}:{mutant.line} {test or 'SURVIVED'}", flush=True)
            if not test:
                print(mutant.difference, flush=True)
    print(f"{survivors} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
