"""Rehearses archgen's runbooks on the reference model and on further models, and records the results in `templates/rehearsal/record.json`.

python -m tools.rehearse            # write the record
python -m tools.rehearse --check    # write nothing; exit with 1 if a result would change, or too little is executed

Both rehearse the runbooks that have changed since they were recorded, and a tenth of the others (see rehearsal_keys.py).
With `--all`, they rehearse all of them.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from archgen.model.resolve import Resolved
from archgen.pipeline import load
from archgen.project import Project
from archgen.rehearsal.record import NAME, Record, read_record, record_of, text_of
from archgen.rehearsal.rehearse import Rehearsed, acts, rehearse
from archgen.rehearsal.workshop import UnavailableError
from archgen.runbooks.procedures import runbooks_of
from archgen.templating.render import Templates
from tools.rehearsal_keys import due, keys_of

ROOT = Path(__file__).parents[1]
# Each of these rehearses the runbooks that the models before it do not have.
MODELS = ("architecture.yaml", "tests/data/models/runbooks.yaml")
LEAST = 0.7  # of the distinct AWS command lines


def main() -> int:
    """Rehearse, and write or check the record; returns the exit code."""
    options = _parser().parse_args()
    templates = Templates()  # those of archgen, which are also those of the reference
    before = read_record(templates)

    def choose(keys: Mapping[str, str]) -> set[str]:
        if options.only or options.all:
            return {runbook for runbook in keys if options.all or runbook in options.only}
        return due(keys, before.keys)

    try:
        found, keys = _rehearsed(templates, choose)
    except UnavailableError as error:
        print(f"nothing was rehearsed: {error}", file=sys.stderr)
        return 1
    record = replace(record_of(found, before, options.today), keys={**before.keys, **keys})
    _report(found, record)
    print(f"{len(keys)} runbooks were rehearsed{'' if options.only else '; the others have not changed'}")
    enough = record.executed >= LEAST * record.lines
    file = ROOT / "templates" / NAME
    if not options.check:
        file.write_text(text_of(record), encoding="utf-8")
        return 0 if enough else 1
    same = file.is_file() and text_of(replace(record, keys=before.keys)) == file.read_text(encoding="utf-8")
    if not same:
        print(f"{file.relative_to(ROOT)} is out of date: run make rehearse, and look at what changed", file=sys.stderr)
    return 0 if same and enough else 1


def _rehearsed(
    templates: Templates, choose: Callable[[Mapping[str, str]], set[str]]
) -> tuple[list[Rehearsed], dict[str, str]]:
    """The outcomes of all steps of the chosen runbooks, each on the first model that has it, and the keys of these runbooks.

    Raises UnavailableError.
    """
    models: dict[str, Resolved] = {}
    homes: dict[str, str] = {}  # the model of each runbook
    keys: dict[str, str] = {}
    for name in MODELS:
        models[name] = resolved = _loaded(ROOT / name).resolved
        new = [id_ for id_ in runbooks_of(resolved) if id_ not in homes]
        homes |= dict.fromkeys(new, name)
        keys |= keys_of(templates, resolved, acts(templates, resolved, new)) if new else {}
    chosen = choose(keys)
    found: list[Rehearsed] = []
    for name, resolved in models.items():
        if wanted := [id_ for id_, home in homes.items() if home == name and id_ in chosen]:
            found += rehearse(templates, resolved, wanted)
    return found, {id_: keys[id_] for id_ in chosen}


def _loaded(model: Path) -> Project:
    loaded = load(model)
    assert loaded.project is not None, f"{model.name} cannot be loaded: {[str(one) for one in loaded.diagnostics]}"
    return loaded.project


def _report(found: list[Rehearsed], record: Record) -> None:
    """Print what failed, what was not executed, and the coverage."""
    told: set[str] = set()
    for one in found:
        text = f"{one.outcome.result:9} {one.runbook} {one.step.source} {one.step.id}: {one.outcome.why}"
        if one.outcome.result != "executed" and text not in told:
            told.add(text)
            print(text)
            if one.outcome.result == "failed":
                print(
                    "".join(f"          {one.coordinate} > {line}\n" for line in one.outcome.answer.splitlines()),
                    end="",
                )
    print(
        ", ".join(f"{number} {result}" for result, number in sorted(Counter(o.outcome.result for o in found).items()))
    )
    print(f"{record.executed} of {record.lines} distinct AWS command lines were executed")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.rehearse", description="Rehearse the runbooks of archgen.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a result would change")
    parser.add_argument("--all", action="store_true", help="also rehearse what has not changed")
    parser.add_argument("--only", nargs="+", default=(), metavar="RUNBOOK", help="rehearse only these")
    today = datetime.now().astimezone().date().isoformat()
    parser.add_argument("--today", default=today, help="the date for results that are new (default: today)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
