"""States and plans of three systems, changed by hand, and the models that were imported from them: what comparisons are tried with."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from archgen.drifting.findings import Drift, DriftReport
from archgen.drifting.reporting import make_report
from archgen.importing.connections import GRADES
from archgen.importing.importing import Import
from archgen.importing.terraform_json import TerraformFile, read, read_content
from archgen.model.resolve import Resolved
from archgen.project import load
from conftest import DATA

IMPORTS = DATA / "imports"
SYSTEMS = ("containers", "serverless", "three-tier")
PLANTED = "planted-secret"  # in every sensitive attribute of the systems
TODAY = "2026-11-27"
Edit = Callable[[list[dict[str, Any]]], None]


@cache
def model_text(system: str, form: str = "state", environment: str = "prod") -> str:
    """The model that an import of a system writes, with all proposals."""
    source = read(str(IMPORTS / system / f"{environment}.{form}.json"))
    return Import([source], "aws", environment, GRADES).text()


def resolved_of(text: str) -> Resolved:
    loaded = load(Path("architecture.yaml"), texts={"architecture.yaml": text})
    assert loaded.project, loaded.diagnostics
    return loaded.project.resolved


@cache
def imported(system: str, form: str = "state") -> Resolved:
    return resolved_of(model_text(system, form))


def edited(system: str, edit: Edit, form: str = "state", file: str = "edited.json") -> TerraformFile:
    """What a state or plan says after its resources were changed."""
    document = json.loads((IMPORTS / system / f"prod.{form}.json").read_text(encoding="utf-8"))
    values = document["values" if form == "state" else "planned_values"]
    edit(values["root_module"]["resources"])
    return read_content(json.dumps(document).encode(), file)


def report_of(resolved: Resolved, *sources: TerraformFile, at: str = "prod", **options: Any) -> DriftReport:
    return make_report(resolved, resolved.axes.parse_at(at), sources, TODAY, **options)


def drifts(system: str, edit: Edit) -> list[Drift]:
    return list(report_of(imported(system), edited(system, edit)).findings)


def resource(resources: list[dict[str, Any]], address: str) -> dict[str, Any]:
    return next(entry for entry in resources if entry["address"] == address)


def setting(address: str, **values: Any) -> Edit:
    return lambda resources: resource(resources, address)["values"].update(values)


def removing(*addresses: str) -> Edit:
    def edit(resources: list[dict[str, Any]]) -> None:
        resources[:] = [entry for entry in resources if entry["address"] not in addresses]

    return edit


def adding(address: str, /, **values: Any) -> Edit:
    type_, _, name = address.partition(".")
    entry = {"mode": "managed", "type": type_, "name": name, "address": address, "values": values}
    return lambda resources: resources.append(entry)


def line_of(system: str, start: str, inside: str = "") -> int:
    """The line of the imported model that begins with a text, below the one that begins with `inside`."""
    lines = [line.strip() for line in model_text(system).splitlines()]
    first = next((n for n, line in enumerate(lines) if line.startswith(inside)), 0) if inside else 0
    return next(n for n, line in enumerate(lines, start=1) if n > first and line.startswith(start))


# A model whose queue and archive depend on the phase.
PHASES = """\
version: 2
name: Jobs
clouds: {aws: {region: eu-central-1}}
phases: {mvp: {name: MVP}, growth: {name: Growth}}
environments:
  dev: {name: Dev, phase: mvp, aws: {account: other}}
  prod: {name: Prod, phase: mvp, aws: {account: main}}
components:
  jobs:
    kind: queue
    title: Jobs
    product: sqs
    identifier: jobs
    retention_days: 4
    when:
      growth: {retention_days: 14}
  archive: {kind: object-store, title: Archive, product: s3, identifier: jobs-archive, in: [growth]}
"""


def state_of(folder: str, *resources: tuple[str, dict[str, Any]], form: str = "state") -> TerraformFile:
    entries: list[dict[str, Any]] = []
    for address, values in resources:
        adding(address, **values)(entries)
    key = "values" if form == "state" else "planned_values"
    return read_content(
        json.dumps({"format_version": "1.0", key: {"root_module": {"resources": entries}}}).encode(), folder
    )


def queue(days: int) -> tuple[str, dict[str, Any]]:
    return "aws_sqs_queue.main", {"name": "jobs", "message_retention_seconds": days * 86400}


BUCKET = ("aws_s3_bucket.archive", {"bucket": "jobs-archive"})
