"""Runs archgen on mutants of real models: it must answer any model with findings, and build every model without errors.

    python tests/fuzz.py --seed 1 --validate 5000 --build 500

A seed and a number determine a mutant, on every machine; `--only NUMBER` runs that one. Failing mutants are written to a folder.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import yaml

from archgen.commands import main as cli
from archgen.diagnostics.machine_report import FORMATS, Report
from archgen.diagnostics.report import render
from archgen.pipeline import Loaded, check, load
from archgen.publishing.new_project import choices, new_project
from archgen.publishing.write import digest
from archgen.templating.render import Templates
from mutants import mutant
from mutants.places import Model

ROOT = Path(__file__).parents[1]
PICTURES = ("mermaid", "dot", "drawio")
TODAY = "2026-11-25"
CODES = (0, 1, 2, 3)  # clean, findings, unusable, stale
SECONDS = {"validate": 20.0, "build": 90.0}  # of work for one mutant; more is a hang
# The share of mutants that stay close to a working model, and of those that are built.
SOFT, SOFT_BUILD = 0.4, 0.85


# -- models --------------------------------------------------------------------------------------------


class _Plain(yaml.SafeDumper):
    """Writes YAML without anchors, which models do not have."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(model: Model) -> str:
    return yaml.dump(model, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=10_000)


@cache
def models() -> dict[str, Model]:
    """The models from which mutants are made, valid or not, as plain data by name."""
    found: dict[str, Model] = {}
    for clouds in (tuple(names.split(",")) for names in choices()):
        text = new_project(clouds, date.fromisoformat(TODAY))["architecture.yaml"]
        found["-".join(("init", *clouds))] = yaml.safe_load(text)
    tests = ROOT / "tests"
    for file in (ROOT / "architecture.yaml", *sorted((tests / "models").glob("*/architecture.yaml"))):
        tree = load(file).files.root  # with the files that it includes
        assert tree is not None
        found["reference" if file.parent == ROOT else file.parent.name] = tree.plain()
    for file in sorted((tests / "data/models").glob("*.yaml")):
        found[file.stem] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


def made(seed: int, number: int, *, build: bool) -> tuple[str, str, list[str], Random]:
    """A mutant: the name of its model, its text, the mutations, and the generator that chooses the commands to run."""
    random = Random(f"{seed}:{number}:{build}")
    # The reference model more often than others, since it is the largest.
    name = random.choice(["reference", *models()])
    while build and name.startswith("open-"):  # written for a later format, so it cannot be built
        name = random.choice(list(models()))
    made, done = mutant(models()[name], random, soft=random.random() < (SOFT_BUILD if build else SOFT))
    return name, _text(made), done, random


# -- running -------------------------------------------------------------------------------------------


class Hang(Exception):  # noqa: N818  # raised by a timer
    """A mutant took too long."""


@contextlib.contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise Hang after so many seconds of CPU time, or ten times as many seconds of real time, since the machine may be busy."""

    def stop(_signal: int, _frame: object) -> None:
        raise Hang(f"more than {seconds:g} s")

    clocks = ((signal.SIGPROF, signal.ITIMER_PROF, seconds), (signal.SIGALRM, signal.ITIMER_REAL, 10 * seconds))
    before = [signal.signal(name, stop) for name, _timer, _limit in clocks]
    for _name, timer, limit in clocks:
        signal.setitimer(timer, limit)
    try:
        yield
    finally:
        for (name, timer, _limit), old in zip(clocks, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(name, old)


class Wrong(AssertionError):  # noqa: N818  # it is what the fuzzer looks for
    """archgen gave an answer that it must not give."""


@dataclass
class Tally:
    """The results of a run: exit codes of commands, reasons of failures by number of the mutant, and the duration."""

    validated: int = 0
    clean: int = 0
    builds: Counter[int] = field(default_factory=Counter)
    commands: Counter[int] = field(default_factory=Counter)
    failures: dict[str, list[int]] = field(default_factory=dict)
    slowest: float = 0.0

    def report(self) -> str:
        """For a terminal."""
        rows = [
            f"{self.validated} validated, {self.clean} of them without an error; slowest mutant {self.slowest:.1f} s of work",
            f"{sum(self.builds.values())} built: {dict(sorted(self.builds.items()))}",
            f"{sum(self.commands.values())} other commands: {dict(sorted(self.commands.items()))}",
        ]
        rows += [f"FAILED {len(numbers)}x, such as {numbers[:5]}: {why}" for why, numbers in self.failures.items()]
        return "\n".join(rows)


def _command(*arguments: str) -> tuple[int, str]:
    """The exit code and the output of a command. Exceptions are not caught."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = cli.main(arguments)
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
    if code not in CODES:
        raise Wrong(f"{arguments[0]} ended with {code}: {err.getvalue().strip()[-200:]}")
    return code, err.getvalue()


def _validate(root: Path, tally: Tally) -> tuple[Loaded, bool]:
    """The model of a folder, and whether a build must succeed; renders every report.

    Errors that depend on the date, such as the end of a version's support, are reported and do not stop a build.
    """
    loaded = load(root / "architecture.yaml")
    findings, waived, missing = loaded.diagnostics, [], []
    lasting = findings
    if loaded.project:
        judged = check(loaded.project, TODAY)
        findings, waived, lasting = judged.findings, judged.waived, judged.lasting.findings
        missing = judged.judgment.missing
    elif not findings:
        raise Wrong("a model that cannot be used, without a reason")
    for found in findings:
        if not (found.span or found.subject):
            raise Wrong(f"no place: {found.code} {found.message}")
    render(findings, loaded.files.lines)
    for report in FORMATS.values():
        report(Report(findings, waived, missing))
    tally.validated += 1
    tally.clean += not any(found.severity == "error" for found in findings)
    return loaded, not any(found.severity == "error" for found in lasting)


def _ask(root: Path, loaded: Loaded, random: Random, tally: Tally) -> None:
    """Run some of the commands that read a model."""
    file = str(root / "architecture.yaml")
    tally.commands[_command("validate", "-m", file, "--today", TODAY)[0]] += 1
    if loaded.project is None:
        return
    axes, default = loaded.project.resolved.axes, loaded.project.resolved.default
    at = [
        ",".join(p for p in (c.cloud, c.environment, c.phase) if p)
        for c in random.sample(axes.all, min(2, len(axes.all)))
    ]
    part = random.choice(list(default.tree.value) if isinstance(default.tree.value, dict) else ["name"])
    components, runbooks = list(default.components) or ["nobody"], list(default.document.runbooks) or ["nobody"]
    asked: list[tuple[str, ...]] = [
        ("show", part),
        ("show", f"components.{random.choice(components)}.calls", "--at", at[0]),
        ("export", "--at", at[0]),
        ("compare", "--from", at[0], "--to", at[-1], "--format", random.choice(("text", "json", "markdown"))),
        ("impact", random.choice((*components, *default.zones)), "--format", random.choice(("text", "json"))),
        (
            "diagram",
            random.choice(("context", "network", *default.document.views)),
            "--format",
            random.choice(PICTURES),
        ),
        ("runbook", "list"),
        ("runbook", "show", random.choice(runbooks), "--at", at[0]),
        ("parity", "--format", random.choice(("text", "csv", "json"))),
        ("rules",),
        ("schema", "--project"),
    ]
    for command in random.sample(asked, 3):
        tally.commands[_command(*command, "-m", file)[0]] += 1


def _build(root: Path, *, clean: bool, tally: Tally) -> None:
    """Make and write all outputs, which must work for a model without errors."""
    here = Path.cwd()
    os.chdir(root)
    try:
        code, said = _command("build", "--no-site", "--today", TODAY)
    finally:
        os.chdir(here)
    tally.builds[code] += 1
    if clean != (code == 0):
        errors = [line for line in said.splitlines() if "error[" in line]
        raise Wrong(f"validate says {'clean' if clean else 'errors'}, but build ends with {code}: {' '.join(errors)}")


@contextlib.contextmanager
def _shared() -> Iterator[None]:
    """Cache what is the same for every mutant: archgen's templates. Internal errors are raised instead of printed."""
    one = Templates()

    def templates(self: Templates, _own: Path | None = None) -> None:
        vars(self).update(vars(one))

    with (
        mock.patch.object(Templates, "__init__", templates),
        mock.patch.dict(os.environ, {"ARCHGEN_DEBUG": "1"}),
    ):
        yield


# -- a run ---------------------------------------------------------------------------------------------


class Run:
    """Runs mutants of one seed, each in its own folder. Equal pictures are drawn only once."""

    def __init__(self, seed: int, failures: Path, say: Callable[[str], None] = lambda _text: None) -> None:
        self.seed, self.failures, self.say = seed, failures, say
        self.tally = Tally()
        self._drawn: dict[str, bytes] = {}

    def mutant(self, number: int, *, build: bool) -> bool:
        """Run one mutant; returns whether it passed."""
        name, text, done, random = made(self.seed, number, build=build)
        began = time.process_time()
        with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
            root = Path(folder)
            (root / "architecture.yaml").write_text(text, encoding="utf-8")
            if name == "reference":
                shutil.copytree(ROOT / "docs/design", root / "docs/design")
            try:
                with _within(SECONDS["build" if build else "validate"]):
                    self._ask(root, name, random, build=build)
            except Exception as error:  # any failure is a result
                self._failed(number, text, f"{name}, {' + '.join(done)}", error)
                return False
            finally:
                self.tally.slowest = max(self.tally.slowest, time.process_time() - began)
        return True

    def _ask(self, root: Path, name: str, random: Random, *, build: bool) -> None:
        loaded, clean = _validate(root, self.tally)
        if not build:
            if random.random() < 0.2:
                _ask(root, loaded, random, self.tally)
            return
        memory = root / ".archgen/drawings.json"
        if name in self._drawn:
            memory.parent.mkdir()
            memory.write_bytes(self._drawn[name])
            known = {"files": {".archgen/drawings.json": digest(self._drawn[name])}}
            (root / ".archgen/generated.json").write_text(json.dumps(known), encoding="utf-8")
        _build(root, clean=clean, tally=self.tally)
        if memory.is_file():
            self._drawn[name] = memory.read_bytes()

    def _failed(self, number: int, text: str, what: str, error: Exception) -> None:
        last = traceback.extract_tb(error.__traceback__)[-1]
        why = f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}: {str(error)[:200]}"
        self.tally.failures.setdefault(why, []).append(number)
        self.failures.mkdir(parents=True, exist_ok=True)
        file = self.failures / f"{self.seed}-{number}.yaml"
        file.write_text(text, encoding="utf-8")
        trace = "".join(traceback.format_exception(error)[-12:])
        (self.failures / f"{self.seed}-{number}.txt").write_text(f"{what}\n{trace}", encoding="utf-8")
        self.say(f"{number} ({what}): {why}\n  {file}")


def run(
    seed: int,
    validate: int,
    build: int,
    failures: Path,
    say: Callable[[str], None],
    seconds: float = 0,
    part: tuple[int, int] = (0, 1),
) -> Tally:
    """Validate and build the given numbers of mutants, or as many as possible in the given seconds.

    `part` is which of how many parts of them to run, for several processes.
    """
    one, began, every = Run(seed, failures, say), time.monotonic(), validate + build
    with _shared():
        for number in range(part[0], every, part[1]):
            if seconds and time.monotonic() - began > seconds:
                break
            one.mutant(number, build=number * build // every != (number + 1) * build // every)  # spread evenly
            if number // part[1] % 100 == 99:
                say(f"{number + 1} mutants, {time.monotonic() - began:.0f} s, builds {dict(one.tally.builds)}")
    return one.tally


def main() -> int:
    """The command line."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--validate", type=int, default=200, metavar="N")
    arguments.add_argument("--build", type=int, default=20, metavar="N")
    arguments.add_argument("--only", type=int, metavar="NUMBER", help="this mutant alone, validated and built")
    arguments.add_argument(
        "--part", default="1/1", metavar="K/N", help="one of N parts of the mutants, for several processes"
    )
    arguments.add_argument("--failures", type=Path, default=Path(tempfile.gettempdir()) / "archgen-fuzz")
    options = arguments.parse_args()
    if options.only is not None:
        one = Run(options.seed, options.failures, print)
        with _shared():
            fine = [one.mutant(options.only, build=build) for build in (False, True)]
        print(one.tally.report())
        return 0 if all(fine) else 1
    one, of = map(int, options.part.split("/"))
    tally = run(options.seed, options.validate, options.build, options.failures, print, part=(one - 1, of))
    print(tally.report())
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
