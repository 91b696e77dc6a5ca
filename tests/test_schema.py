"""The JSON Schema: it accepts what archgen accepts, and refuses what archgen refuses on shape."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from archgen.artifacts.schema_file import text
from archgen.model.json_schema import schema
from conftest import CASES, MINIMAL, ROOT, archgen


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


def test_the_reference_and_minimal_models_are_accepted(validator: jsonschema.Draft202012Validator) -> None:
    new = (ROOT / "templates/init/architecture.yaml").read_text()
    for model in ((ROOT / "architecture.yaml").read_text(), MINIMAL, new):
        assert [e.message for e in validator.iter_errors(yaml.safe_load(model))] == []


def test_check_jsonschema_accepts_the_reference_model() -> None:
    """Its regular expressions are ECMA's, as those of editors are."""
    program = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--schemafile",
        "schema/architecture.schema.json",
        "architecture.yaml",
    ]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["unknown-key", "wrong-type", "out-of-range", "axes", "list-at-the-top"])
def test_what_archgen_refuses_on_shape_is_refused(validator: jsonschema.Draft202012Validator, name: str) -> None:
    assert list(validator.iter_errors(yaml.safe_load((CASES / "input" / f"{name}.yaml").read_text())))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Shop\n", "title: Shop\n    when: {aws: {titel: X}}\n"),
        ("title: Shop\n", "title: Shop\n    when: {'aws, live': {title: X}}\n"),
        ("title: Shop\n", "title: Shop\n    in: aws\n"),
        ("kind: actor", "kind: actro"),
        ("product: rds-postgresql", "product: s3"),
        ("name: Live", "name: Live\n    when: {aws: {name: X}}"),
        ("    kind: service\n", ""),
    ],
)
def test_typos_are_refused_also_under_conditions(
    validator: jsonschema.Draft202012Validator, old: str, new: str
) -> None:
    assert old in MINIMAL
    assert list(validator.iter_errors(yaml.safe_load(MINIMAL.replace(old, new))))


def test_every_key_that_needs_it_is_described() -> None:
    described = [f for d in schema()["$defs"].values() for f in d.get("properties", {}).values() if "description" in f]
    assert len(described) > 100
    assert schema()["$defs"]["Postgresql"]["properties"]["multi_zone"]["description"].startswith(
        "Whether a synchronous"
    )
    assert schema()["$defs"]["Postgresql"]["properties"]["provides"]["description"].startswith("The capability")


def test_the_committed_schema_is_fresh_and_the_command_prints_it(tmp_path: Path) -> None:
    assert (ROOT / "schema/architecture.schema.json").read_text() == text()
    assert archgen("schema", cwd=tmp_path).out == text()
    assert archgen("schema", "-o", "s.json", cwd=tmp_path).code == 0
    assert json.loads((tmp_path / "s.json").read_text()) == schema()
