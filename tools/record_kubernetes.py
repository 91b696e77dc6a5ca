"""Records the schemas of the Kubernetes objects that archgen writes.

Those of Kubernetes come from the OpenAPI definitions of the official Python client, those of Karpenter from its resource definitions.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tools.recorded import KARPENTER_SCHEMAS, KUBERNETES, read_recorded, update
from tools.repositories import Repository, RepositoryError, find_repository

SCRIPT = "record_kubernetes"
SOURCE = "kubernetes-client/python"
FOLDER, FILE = "kubernetes", "swagger.json.unprocessed"
KARPENTER = "aws/karpenter-provider-aws"
RESOURCE_DEFINITIONS = "pkg/apis/crds"
RESOURCES = ("karpenter.sh_nodepools.yaml", "karpenter.k8s.aws_ec2nodeclasses.yaml")

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
_KEPT = ("type", "properties", "required", "items", "additionalProperties", "$ref", "enum", "pattern")


def main(arguments: Sequence[str] | None = None) -> int:
    """Records the schemas; returns 0, or 1 if they cannot be read or, with `--check`, differ from the record."""
    options = _parser().parse_args(arguments)
    changed = False
    try:
        for source, file, read in (
            (SOURCE, KUBERNETES, schemas_record),
            (KARPENTER, KARPENTER_SCHEMAS, resources_record),
        ):
            repository = find_repository(options.checkouts, source, clone=options.clone)
            recorded = None if options.latest else read_recorded(file).get("version")
            after = read(repository, recorded or repository.releases("")[-1])
            changed |= update(file, after, SCRIPT, check=options.check)
    except RepositoryError as error:
        print(error, file=sys.stderr)
        return 1
    return int(changed and options.check)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.record_kubernetes", description=__doc__)
    parser.add_argument(
        "--checkouts", type=Path, required=True, help="folder with repositories, as owner+name, owner/name or name"
    )
    parser.add_argument("--clone", action="store_true", help="clone repositories that are missing there")
    parser.add_argument("--latest", action="store_true", help="read the newest releases")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a record would change")
    return parser


def resources_record(repository: Repository, revision: str) -> dict[str, Any]:
    """The content of the record of Karpenter's resources at a release. Raises RepositoryError."""
    commit = repository.commit(revision)
    kinds, definitions = {}, {}
    for file in RESOURCES:
        spec = yaml.safe_load(repository.text(commit, RESOURCE_DEFINITIONS, file))["spec"]
        kind = spec["names"]["kind"]
        schema = next(version["schema"] for version in spec["versions"] if version["name"] == "v1")["openAPIV3Schema"]
        kinds[f"{spec['group']}/v1 {kind}"] = kind
        definitions[kind] = _schema("", schema)
        definitions[kind]["properties"]["metadata"] = {"type": "object"}
    return {
        "source": KARPENTER,
        "path": RESOURCE_DEFINITIONS,
        "version": revision,
        "commit": commit,
        "date": repository.date(commit),
        "license": "Apache-2.0",
        "kinds": kinds,
        "definitions": definitions,
    }


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
    if definition.get("format") == "int-or-string" or definition.get("x-kubernetes-int-or-string"):
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
