"""Rehearses runbooks: every step of every environment, and each of them again where it must not succeed."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

from archgen.model.architecture import Architecture
from archgen.model.coordinate import Coordinate
from archgen.model.resolve import Resolved
from archgen.records import dataclass
from archgen.rehearsal.judging import Outcome, asks_who, calls_real_tools, emulated_lines, is_run, judged
from archgen.rehearsal.recorded import recorded_outcome
from archgen.rehearsal.seeds import UNKNOWN, accounts, elsewhere, preparation, seeds
from archgen.rehearsal.shell import Reply, Shell, Visit
from archgen.rehearsal.tools import tool_facts
from archgen.rehearsal.workshop import Server, UnavailableError, Workshop, World
from archgen.runbooks.procedures import procedures, read, runbooks_of
from archgen.runbooks.steps import FilledStep
from archgen.templating.render import Templates

PATIENCE = 3  # pauses in a trial that must not succeed
WORKERS = 3


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """The outcome of a step of a runbook at a coordinate. `line` has each AWS command line without the names of the environment."""

    runbook: str
    coordinate: Coordinate
    step: FilledStep
    outcome: Outcome
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """The steps of a runbook at a coordinate."""

    runbook: str
    architecture: Architecture
    steps: tuple[FilledStep, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """The worlds in which an environment's steps are run: with its resources, without any, and with those of others only."""

    full: World
    empty: World
    foreign: World
    accounts: tuple[str, ...]


def acts(templates: Templates, resolved: Resolved, wanted: Iterable[str] = ()) -> list[Act]:
    """The steps of runbooks at all coordinates; of all runbooks if none is wanted. Raises TemplateFailure."""
    names = list(wanted) or list(runbooks_of(resolved))
    found = []
    for name in names:
        template = read(templates, name)
        for cloud in resolved.axes.clouds:
            for architecture, procedure in procedures(templates, template, resolved, cloud):
                found.append(Act(name, architecture, procedure.steps))
    return found


def rehearse(
    templates: Templates, resolved: Resolved, wanted: Iterable[str] = (), at: Coordinate | None = None
) -> list[Rehearsed]:
    """The outcome of every step with commands, at all coordinates or one. Raises TemplateFailure and UnavailableError."""
    every = [act for act in acts(templates, resolved, wanted) if at in (None, act.architecture.coordinate)]
    run = [act for act in every if any(is_run(step) for step in act.steps)]
    outcomes: dict[tuple[str, Coordinate], dict[str, Outcome]] = {}
    if run:
        outcomes = _on_stage(templates, resolved, run)
    return [
        Rehearsed(
            act.runbook,
            act.architecture.coordinate,
            step,
            outcomes.get((act.runbook, act.architecture.coordinate), {}).get(step.id) or recorded_outcome(step),
            tuple(_neutral(line.text, act.architecture) for line in emulated_lines(step)),
        )
        for act in every
        for step in act.steps
        if step.run
    ]


def _on_stage(
    templates: Templates, resolved: Resolved, run: list[Act]
) -> dict[tuple[str, Coordinate], dict[str, Outcome]]:
    """The outcomes of the steps that are run, by runbook and coordinate. Runs that differ only in names are run once."""
    different: dict[str, Act] = {}
    same: dict[tuple[str, Coordinate], str] = {}
    for act in run:
        script = "\n".join(f"{step.id}\n{_neutral(step.run or '', act.architecture)}" for step in act.steps)
        different.setdefault(script, act)
        same[act.runbook, act.architecture.coordinate] = script
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as name:
        folder = Path(name)
        services = {line.words[1] for act in run for step in act.steps for line in emulated_lines(step)}
        with Workshop(folder, services - tool_facts().composed) as workshop, ThreadPoolExecutor(WORKERS) as pool:
            stages = _stages(templates, resolved, workshop, [act.architecture for act in different.values()], pool)
            tried: set[str] = set()

            def play(act: Act) -> dict[str, Outcome]:
                return _played(templates, act, workshop, stages[act.architecture.coordinate], tried)

            # Environment by environment, so that what is tried for the first one need not be tried for the next one.
            order = sorted(
                different, key=lambda script: -resolved.axes.environments.index(_environment(different[script]))
            )
            results = dict(zip(order, pool.map(play, (different[script] for script in order)), strict=True))
    return {place: results[script] for place, script in same.items()}


def _stages(
    templates: Templates, resolved: Resolved, workshop: Workshop, architectures: list[Architecture], pool: Executor
) -> dict[Coordinate, Stage]:
    """The worlds for the steps of each environment."""
    seeded = {
        a.coordinate: seeds(templates, a)
        for cloud in {a.coordinate.cloud for a in architectures}
        for a in (resolved.standing(cloud, environment) for environment in resolved.axes.environments)
    }
    workshop.prepare(call for calls in seeded.values() for call in calls)
    stages = {}
    for cloud in sorted({a.coordinate.cloud for a in architectures}):
        numbers = tuple(accounts(resolved, cloud))
        by_place = {place: calls for place, calls in seeded.items() if place.cloud == cloud}
        distinct = {repr(call): call for calls in by_place.values() for call in calls}
        wanted = {a.coordinate: a for a in architectures if a.coordinate.cloud == cloud}
        contents = {"full": list(distinct.values()), "empty": []}
        for place, a in wanted.items():
            others = [call for other, calls in by_place.items() if other != place for call in calls]
            contents[place.environment] = elsewhere(others, by_place[place], a.home_number or UNKNOWN)
        make = [pool.submit(workshop.world, f"{cloud}-{name}", calls, numbers) for name, calls in contents.items()]
        worlds = dict(zip(contents, (future.result() for future in make), strict=True))
        if problems := worlds["full"].failures:
            raise UnavailableError(f"a resource could not be made in the emulator: {problems[0]}")
        for place in wanted:
            stages[place] = Stage(worlds["full"], worlds["empty"], worlds[place.environment], numbers)
    return stages


def _played(templates: Templates, act: Act, workshop: Workshop, stage: Stage, tried: set[str]) -> dict[str, Outcome]:
    """The outcomes of the steps of a runbook that are run, in order, in one session.

    A step that equals one of another environment except for names is tried only once where it must not succeed: `tried` has those.
    """
    at = act.architecture.coordinate
    folder = workshop.folder / f"{act.runbook}-{at.cloud}-{at.environment}"
    folder.mkdir()
    shell = Shell(folder, workshop)
    outcomes: dict[str, Outcome] = {}
    with Server(stage.full) as server:
        if script := preparation(templates, act.runbook, act.architecture):
            first = act.steps[0]
            shell.run(script, {}, Visit(stage.full, server, first.home.number or UNKNOWN, first.region))
        for number, step in enumerate(act.steps):
            visit = Visit(stage.full, server, step.home.number or UNKNOWN, step.region)
            if not is_run(step):
                if step.asks:  # a later step may use what the person sets here
                    shell.run(":", _values(act, step, stage), visit)
                continue
            before = shell.copy(f"{number}")
            values = _values(act, step, stage)
            reply = shell.run(step.run or "", values, visit)
            counter: list[tuple[str, Reply]] = []
            same = f"{step.source} {step.id} {_neutral(step.run or '', act.architecture)}"
            if same not in tried and judged(step, reply, ()).result == "executed":
                tried.add(same)
                counter = list(_counter_trials(step, values, before, stage))
            outcomes[step.id] = judged(step, reply, counter)
            before.remove()
    return outcomes


def _values(act: Act, step: FilledStep, stage: Stage) -> dict[str, str]:
    """What a person sets before a step: values of resources that exist, or else the examples."""
    known, at = stage.full.values, act.architecture.coordinate
    return {
        a.name: known.get(f"{at}/{act.runbook}.{a.name}") or known.get(f"{at}/{a.name}") or a.example for a in step.asks
    }


def _counter_trials(
    step: FilledStep, values: Mapping[str, str], before: Shell, stage: Stage
) -> Iterator[tuple[str, Reply]]:
    """The answers of a step where it must not succeed."""
    own = step.home.number or UNKNOWN
    worlds: Mapping[str, tuple[World, str]] = {}
    if asks_who(step):
        other = next(account for account in stage.accounts if account != own)
        worlds = {"in another account": (stage.full, other)}
    elif emulated_lines(step):
        worlds = {
            "if nothing of it exists": (stage.empty, own),
            "if only resources of other environments exist": (stage.foreign, own),
        }
    elif calls_real_tools(step):
        worlds = {"without the files of the steps before": (stage.full, own)}
    for name, (world, account) in worlds.items():
        trial = before.copy("trial")
        if not emulated_lines(step):
            trial.empty()
        with Server(world) as server:
            yield name, trial.run(step.run or "", values, Visit(world, server, account, step.region, PATIENCE))
        trial.remove()


def _environment(act: Act) -> str:
    return act.architecture.coordinate.environment


def _neutral(text: str, a: Architecture) -> str:
    """A text of an environment without what differs only because of its name."""
    if a.home_number:
        text = text.replace(a.home_number, "{account}")
    text = text.replace(a.environment.name, "{Environment}")
    return re.sub(rf"(?<![a-z0-9]){re.escape(a.coordinate.environment)}(?![a-z0-9])", "{environment}", text)


def covered(found: Iterable[Rehearsed]) -> tuple[set[str], set[str]]:
    """The distinct AWS command lines in steps that were executed everywhere, and all of them.

    Lines of environments that differ only in their names count once.
    """
    every: set[str] = set()
    missed: set[str] = set()
    for one in found:
        every.update(one.lines)
        if one.outcome.result != "executed":
            missed.update(one.lines)
    return every - missed, every
