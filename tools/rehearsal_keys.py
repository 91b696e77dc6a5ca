"""What decides the results of a runbook's rehearsal, as a key: a runbook whose key has not changed since need not be rehearsed again.

A key has all that goes into a rehearsal: the filled-in steps of all environments with what comes before them, the resources in the
emulator, the code that runs and judges the steps, and the versions of the emulator and of the AWS CLI. Programs of the operating
system, such as `jq`, are not in it; for their sake, some runbooks are rehearsed every time.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from archgen.model.resolve import Resolved
from archgen.rehearsal.record import digest
from archgen.rehearsal.rehearse import Act
from archgen.rehearsal.seeds import preparation, seeds
from archgen.runbooks.steps import FilledStep
from archgen.templating.render import Templates

ROOT = Path(__file__).parents[1]
CODE = ROOT / "src" / "archgen" / "rehearsal"
LOCK = ROOT / "requirements" / "test.txt"
PACKAGES = (
    "awscli",
    "boto3",
    "botocore",
    "flask",
    "flask-cors",
    "jmespath",
    "moto",
    "responses",
    "s3transfer",
    "werkzeug",
)
SHARE = 10  # one of so many unchanged runbooks is rehearsed all the same
DIGITS = 12


def keys_of(templates: Templates, resolved: Resolved, acts: Iterable[Act]) -> dict[str, str]:
    """The key of each runbook with acts, by ID."""
    shared = "\n".join((*_code(CODE), *versions(LOCK.read_text(encoding="utf-8")), *_resources(templates, resolved)))
    texts: dict[str, list[str]] = {}
    for act in acts:
        texts.setdefault(act.runbook, [shared]).extend(_act(templates, act))
    return {runbook: _hash("\n".join(parts)) for runbook, parts in texts.items()}


def due(keys: Mapping[str, str], recorded: Mapping[str, str]) -> set[str]:
    """The runbooks whose key differs from the recorded one, and a tenth of the others: others than before, once any key changes."""
    changed = {runbook for runbook, key in keys.items() if recorded.get(runbook) != key}
    same = keys.keys() - changed
    seed = "".join(f"{runbook} {key}\n" for runbook, key in sorted(keys.items()))
    drawn = sorted(same, key=lambda runbook: _hash(f"{runbook}\n{seed}"))
    return changed | set(drawn[: -(-len(same) // SHARE)])


def versions(lock: str) -> list[str]:
    """The lines of a lock file with the versions of what a rehearsal runs."""
    names = "|".join(map(re.escape, PACKAGES))
    return re.findall(rf"^(?:{names})==\S+", lock, flags=re.MULTILINE)


def _code(folder: Path) -> Iterator[str]:
    for file in sorted(folder.iterdir()):
        if file.suffix in (".py", ".toml", ".json"):
            yield f"{file.name}\n{file.read_text(encoding='utf-8')}"


def _resources(templates: Templates, resolved: Resolved) -> Iterator[str]:
    """The calls that make the resources of all environments."""
    for cloud in resolved.axes.clouds:
        for environment in resolved.axes.environments:
            yield from map(repr, seeds(templates, resolved.standing(cloud, environment)))


def _act(templates: Templates, act: Act) -> Iterator[str]:
    a = act.architecture
    yield f"{a.coordinate} {a.environment.name} {a.home_number} {preparation(templates, act.runbook, a)}"
    yield from map(_step, act.steps)


def _step(step: FilledStep) -> str:
    """All values of a step, with a hash of what its file states instead of the file, which has other steps, too."""
    values = (getattr(step, field.name) for field in dataclasses.fields(step) if field.name != "file")
    return f"{step.source} {digest(step)} {tuple(values)!r}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
