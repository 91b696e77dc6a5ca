"""The record of rehearsals: what each step gave, on which day, and a hash of the step, which tells whether it has changed since.

It is a template, `rehearsal/record.json`, so that a project that rehearses its own runbooks replaces archgen's record by its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, field, replace
from functools import lru_cache

from archgen.records import dataclass
from archgen.rehearsal.judging import WORST_FIRST
from archgen.rehearsal.rehearse import Rehearsed
from archgen.runbooks.steps import FilledStep
from archgen.templating.render import Templates

NAME = "rehearsal/record.json"


@dataclass(frozen=True, slots=True)
class Recorded:
    """The result of a step in all environments: the worst one. `date` is the day on which its current text first gave that result."""

    result: str
    why: str
    date: str
    digest: str
    lines: tuple[str, ...] = ()
    """Hashes of the command lines of the emulated program, without names of environments."""


@dataclass(frozen=True, slots=True)
class Record:
    """What was rehearsed: the steps by runbook and key. `keys` tells by runbook what its results depend on; projects need not have it."""

    steps: Mapping[str, Mapping[str, Recorded]]
    keys: Mapping[str, str] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """How many distinct command lines of the emulated program the steps have."""
        return len({line for recorded in self._all() for line in recorded.lines})

    @property
    def executed(self) -> int:
        """How many of them are only in steps that were executed."""
        missed = {line for recorded in self._all() if recorded.result != "executed" for line in recorded.lines}
        return self.lines - len(missed)

    def _all(self) -> Iterator[Recorded]:
        return (recorded for steps in self.steps.values() for recorded in steps.values())


def read_record(templates: Templates) -> Record:
    """The record in the templates; an empty one if there is none."""
    return _record_in(templates.source(NAME)) if templates.has(NAME) else Record({})


@lru_cache(maxsize=4)
def _record_in(text: str) -> Record:
    """The record in a text. Every runbook of a build asks for it."""
    stated = json.loads(text)
    steps = {
        runbook: {key: Recorded(**{**recorded, "lines": tuple(recorded["lines"])}) for key, recorded in steps.items()}
        for runbook, steps in stated["steps"].items()
    }
    return Record(steps, stated.get("keys", {}))


def text_of(record: Record) -> str:
    """The record as the text of its file."""
    steps = {
        runbook: {key: asdict(recorded) for key, recorded in sorted(steps.items())}
        for runbook, steps in sorted(record.steps.items())
    }
    stated = {"keys": dict(sorted(record.keys.items())), "steps": steps} if record.keys else {"steps": steps}
    return json.dumps(stated, indent=1, ensure_ascii=False) + "\n"


def record_of(found: Iterable[Rehearsed], before: Record, today: str) -> Record:
    """The record after a rehearsal of some runbooks. A step that has neither changed nor given another result keeps its date."""
    steps: dict[str, dict[str, Recorded]] = {}
    lines: dict[tuple[str, str], set[str]] = {}
    for one in found:
        outcome = one.outcome
        new = Recorded(outcome.result, outcome.why, today, digest(one.step))
        lines.setdefault((one.runbook, key_of(one.step)), set()).update(_hash(line)[:8] for line in one.lines)
        known = steps.setdefault(one.runbook, {}).setdefault(key_of(one.step), new)
        if WORST_FIRST.index(new.result) < WORST_FIRST.index(known.result):
            steps[one.runbook][key_of(one.step)] = new
    for runbook, by_key in steps.items():
        for key, new in by_key.items():
            old = before.steps.get(runbook, {}).get(key)
            same = old and (old.result, old.digest) == (new.result, new.digest)
            date = old.date if old and same else new.date
            by_key[key] = replace(new, date=date, lines=tuple(sorted(lines[runbook, key])))
    return Record({**before.steps, **steps})


def recorded(record: Record, runbook: str, step: FilledStep) -> tuple[Recorded, bool] | None:
    """What the record says of a step, and whether the step has changed since; None if it was not rehearsed."""
    known = record.steps.get(runbook, {}).get(key_of(step))
    return (known, known.digest != digest(step)) if known else None


def key_of(step: FilledStep) -> str:
    """The key of a step in the record of a runbook: its file and its ID."""
    return f"{step.source.removeprefix('runbooks/')}#{step.id}"


def digest(step: FilledStep) -> str:
    """A hash of all that the file of a step states about it."""
    return _hash(step.file.stated.steps[step.stated_as].model_dump_json())[:12]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
