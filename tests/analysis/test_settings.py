"""`archgen show` and `archgen export`."""

from __future__ import annotations

import json

import pytest

from archgen.analysis.architecture_json import FORMAT, export
from archgen.model.paths import parse_path
from archgen.pipeline import Project
from conftest import ROOT, archgen


def shown(*arguments: str) -> list[list[str]]:
    result = archgen("show", *arguments, cwd=ROOT)
    assert result.code == 0, result.err
    return [
        line.split(maxsplit=0) and [part.strip() for part in line.split("  ") if part.strip()]
        for line in result.out.splitlines()
    ]


def line_of(text: str) -> int:
    lines = (ROOT / "architecture.yaml").read_text().splitlines()
    (number,) = [n for n, line in enumerate(lines, 1) if line.strip().startswith(text)]
    return number


def test_a_value_that_varies_names_every_line() -> None:
    assert shown("components.database.backup.retention_days") == [
        ["dev", "7", f"architecture.yaml:{line_of('backup: {retention_days: 7')}"],
        ["stg", "14", f"architecture.yaml:{line_of('stg: {backup: {retention_days: 14}}')}"],
        ["prod", "30", f"architecture.yaml:{line_of('prod: {backup: {retention_days: 30}}')}"],
    ]


def test_a_value_at_a_coordinate() -> None:
    assert shown("components.database.product", "--at", "aws,scale")[0][1] == "aurora-postgresql"
    assert shown("components.database.product", "--at", "gcp")[0][1] == "cloud-sql"


def test_defaults_and_absent_values_are_shown() -> None:
    assert shown("components.database.port") == [["aws", "5432", "default"], ["gcp", "3307", "default"]]
    assert shown("components.pool.product")[:2] == [["aws & before growth", "absent"], ["gcp", "absent"]]


def test_lists_and_positions() -> None:
    assert parse_path("network.aws.endpoints[2]") == ("network", "aws", "endpoints", 2)
    assert shown("network.aws.endpoints[2]")[0][:2] == ["everywhere", "ecr-dkr"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "help_"),
    [
        ("components.databse", "'database'"),
        ("component", "'components'"),
        ("components.database.sizes", "'size'"),
        ("database.size", "write the part of the model before it: components.database.size"),
        ("prod.name", "write the part of the model before it: environments.prod.name"),
        ("clouds.azure", "aws"),
        ("name.first", "it has no settings; archgen show name prints it completely"),
        ("components.database.title[0]", "archgen show components.database.title prints it completely"),
    ],
)
def test_a_path_that_leads_nowhere(path: str, help_: str) -> None:
    result = archgen("show", path, cwd=ROOT)
    assert result.code == 2
    assert "ARC-C006" in result.err
    assert help_ in result.err


@pytest.mark.slow
def test_the_export_has_everything(reference: Project) -> None:
    for architecture in reference.resolved.architectures.values():
        data = json.loads(json.dumps(export(architecture)))
        assert data["format"] == FORMAT
        assert set(data) == {"format", "coordinate", "model", "derived"}
        assert set(data["model"]["components"]) == set(architecture.components) == set(data["derived"]["identifiers"])
        port = {"aws": 5432, "gcp": 3307}[
            architecture.coordinate.cloud
        ]  # the connector of Cloud SQL has a tunnel of its own
        assert data["model"]["components"]["database"]["port"] == port
        at, derived = architecture.coordinate, data["derived"]
        assert data["coordinate"] == {"cloud": at.cloud, "environment": at.environment, "phase": at.phase}
        assert derived["home"]["id"] == architecture.home
        assert derived["network"] == {"identifier": architecture.network_identifier, "cidr": architecture.cidr}
        assert [subnet["cidr"] for subnet in derived["subnets"]] == [subnet.cidr for subnet in architecture.subnets]
        assert derived["places"]["database"] == "data"
        assert {"id": "api--database", "from": "api", "to": "database", "port": port}.items() <= next(
            c for c in derived["connections"] if c["from"] == "api" and c["to"] == "database"
        ).items()
    result = archgen("export", "--at", "aws,prod,growth", cwd=ROOT)
    assert json.loads(result.out)["derived"]["identifiers"]["pool"] == "innovate-prod-pool"
    assert archgen("export", "--at", "azure", cwd=ROOT).code == 2
