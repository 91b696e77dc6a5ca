"""Records the schemas of the Kubernetes objects that archgen writes, from the OpenAPI definitions of the official Python client."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tools.recorded import KUBERNETES, read_recorded, update
from tools.repositories import Repository, RepositoryError, find_repository

SCRIPT = "record_kubernetes"
SOURCE = "kubernetes-client/python"
FOLDER, FILE = "kubernetes", "swagger.json.unprocessed"

# The objects that archgen writes, by group and version: the names of their definitions.
KINDS = (
    "io.k8s.api.core.v1.Namespace",
    "io.k8s.api.core.v1.ResourceQuota",
    "io.k8s.api.core.v1.LimitRange",
    "io.k8s.api.core.v1.ServiceAccount",
    "io.k8s.api.networking.v1.NetworkPolicy",
    "io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler",
    "io.k8s.api.policy.v1.PodDisruptionBudget",
)
# What only the cluster writes, so that no manifest has it.
_OF_THE_CLUSTER = ("status", "managedFields")
_KEPT = ("type", "properties", "required", "items", "additionalProperties", "$ref", "enum")


def main(arguments: Sequence[str] | None = None) -> int:
    """Records the schemas; returns 0, or 1 if they cannot be read or, with `--check`, differ from the record."""
    options = _parser().parse_args(arguments)
    try:
        repository = (
            Repository(options.repository)
            if options.repository
            else find_repository(options.checkouts, SOURCE, clone=options.clone)
        )
        releases = repository.releases("")
        revision = options.revision or (releases[-1] if options.latest else None)
        after = schemas_record(repository, revision or read_recorded(KUBERNETES).get("version") or releases[-1])
    except RepositoryError as error:
        print(error, file=sys.stderr)
        return 1
    changed = update(KUBERNETES, after, SCRIPT, check=options.check)
    return int(changed and options.check)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.record_kubernetes", description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--checkouts", type=Path, help="folder with repositories, as owner+name, owner/name or name")
    where.add_argument("--repository", type=Path, help=f"checkout or bare repository of {SOURCE}")
    parser.add_argument("--clone", action="store_true", help="clone the repository if it is missing")
    parser.add_argument("--revision", help="release to read, such as v35.0.0; the recorded one")
    parser.add_argument("--latest", action="store_true", help="read the newest release")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the record would change")
    return parser


def schemas_record(repository: Repository, revision: str) -> dict[str, Any]:
    """The content of the record: the schemas of all kinds and of what they refer to, at a release. Raises RepositoryError."""
    commit = repository.commit(revision)
    read = json.loads(repository.text(commit, FOLDER, FILE))
    definitions = read["definitions"]
    names = sorted(_reached(definitions, KINDS))
    return {
        "source": SOURCE,
        "path": f"{FOLDER}/{FILE}",
        "version": revision,
        "commit": commit,
        "date": repository.date(commit),
        "license": "Apache-2.0",
        "kinds": {f"{version} {kind}": name for name in KINDS for version, kind in _group_versions(definitions[name])},
        "definitions": {name: _schema(name, definitions[name]) for name in names},
    }


def _group_versions(definition: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for entry in definition["x-kubernetes-group-version-kind"]:
        yield f"{entry['group']}/{entry['version']}".strip("/"), entry["kind"]


def _reached(definitions: Mapping[str, Any], names: Iterable[str]) -> set[str]:
    """The names of definitions, and of those that they refer to."""
    seen: set[str] = set()
    queue = list(names)
    while queue:
        name = queue.pop()
        if name not in seen:
            seen.add(name)
            text = json.dumps(_schema(name, definitions[name]))
            queue += re.findall(r'"#/definitions/([^"]+)"', text)
    return seen


def _schema(name: str, definition: Mapping[str, Any]) -> dict[str, Any]:
    """A definition as a JSON schema that allows no unknown keys, without descriptions."""
    if name.endswith(".api.resource.Quantity"):
        return {"type": ["string", "number"]}
    if definition.get("format") == "int-or-string":
        return {"type": ["string", "integer"]}
    schema = {key: definition[key] for key in _KEPT if key in definition}
    if isinstance(schema.get("properties"), dict):
        kept = {key: value for key, value in schema["properties"].items() if key not in _OF_THE_CLUSTER}
        schema["properties"] = {key: _schema("", value) for key, value in kept.items()}
        schema["additionalProperties"] = False
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            schema[key] = _schema("", schema[key])
    return schema


if __name__ == "__main__":
    sys.exit(main())
