"""The JSON Schema: it accepts what archgen accepts, and refuses what archgen refuses because of its shape."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from archgen.artifacts import reference_pages, schema_file
from archgen.artifacts.schema_file import PATH, text
from archgen.model.json_schema import part_schema, schema, scope_of, shared_schema
from archgen.model.project_schema import project_schema
from archgen.model.shared_parts import share_parts
from archgen.pipeline import Project, load
from archgen.publishing.new_project import new_project
from conftest import CASES, MINIMAL, ROOT, archgen, emitted

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, child in node.items():
            if key == "$ref" and isinstance(child, str):
                yield child
            else:
                yield from references(child)
    elif isinstance(node, list):
        for child in node:
            yield from references(child)


def committed(name: str) -> Any:
    return json.loads((ROOT / "schema" / name).read_text())


def test_every_reference_of_every_schema_leads_somewhere(reference: Project) -> None:
    """One dangling reference makes editors ignore the whole schema; validators notice only those that they follow."""
    known = project_schema(reference.resolved)
    schemas = [schema(), part_schema(schema()), known, part_schema(known)]
    schemas += [committed("architecture.schema.json"), committed("architecture-part.schema.json")]
    schemas += [json.loads(new_project(("aws",), date(2026, 11, 25))[PATH])]
    for data in schemas:
        found = set(references(data))
        assert len(found) > 100
        assert found <= {f"#/$defs/{name}" for name in data["$defs"]}


def test_no_choice_is_left_to_any_of(reference: Project) -> None:
    """For `anyOf`, editors report what every branch expects, where one sentence would be enough."""
    for data in (schema(), project_schema(reference.resolved)):
        assert '"anyOf"' not in json.dumps(data)
        assert '"null"' not in json.dumps(data)


def test_the_schema_of_a_part_asks_for_nothing_and_takes_all_but_includes() -> None:
    part = jsonschema.Draft202012Validator(part_schema(schema()))
    whole = yaml.safe_load(MINIMAL)
    for key, value in whole.items():
        assert [e.message for e in part.iter_errors({key: value})] == []
    assert [e.message for e in part.iter_errors({"include": ["x.yaml"]})]
    assert [e.message for e in part.iter_errors({"nmae": "x"})]
    sources = yaml.safe_load((ROOT / "architecture/sources.yaml").read_text())
    assert [e.message for e in part.iter_errors(sources)] == []


def test_a_component_under_a_condition_is_checked_by_what_all_kinds_say() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    model = yaml.safe_load(MINIMAL)
    for change, right in (
        ({"title": "Store"}, True),
        ({"size": "db.m7g.large", "storage_gib": 50}, True),
        ({"titel": "Store"}, False),
        ({"title": 3}, False),
        ({"kind": "postgres"}, False),
    ):
        model["components"]["when"] = {"live": {"orders": change}}
        assert (not list(validator.iter_errors(model))) is right, change


def test_the_reference_and_minimal_models_are_accepted(validator: jsonschema.Draft202012Validator) -> None:
    new = (ROOT / "templates/init/aws/architecture.yaml").read_text()
    for model in ((ROOT / "architecture.yaml").read_text(), MINIMAL, new):
        assert [e.message for e in validator.iter_errors(yaml.safe_load(model))] == []


def test_check_jsonschema_accepts_the_reference_model() -> None:
    """check-jsonschema uses ECMAScript's regular expressions, as editors do."""
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
        ("name: Live", "name: Live\n    assumed: false"),
        ("name: Live", "name: Live\n    assumed: [7]"),
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
    settings = schema()["$defs"]["Postgresql"]["properties"]
    assert settings["multi_zone"]["description"].startswith("Whether there is a synchronous standby")
    assert settings["provides"]["description"].startswith("The capabilities")


def test_conditions_are_described_and_a_malformed_one_is_explained() -> None:
    known = schema()["$defs"]
    assert known["in"]["description"].startswith("Where this exists")
    assert known["assumed"]["description"].startswith("Keys of this mapping")
    assert known["Postgresql"]["properties"]["when"]["description"].startswith("Settings that apply under a condition")
    assert "joins" in known["in"]["items"]["patternErrorMessage"]


def test_a_check_of_a_rule_is_a_value_or_a_mapping_of_known_keys(validator: jsonschema.Draft202012Validator) -> None:
    for check, right in (
        ("20", True),
        ("true", True),
        ("{at_least: 20, at_most: 99.5}", True),
        ("{one_of: [a, 1, false]}", True),
        ("{at_leats: 20}", False),
        ("{at_least: many}", False),
        ("[20]", False),
    ):
        rule = f"{{statement: Storage is large, select: {{kinds: [postgresql]}}, assert: {{storage_gib: {check}}}}}"
        model = yaml.safe_load(f"{MINIMAL}rules: {{own: {{storage: {rule}}}}}\n")
        assert (not list(validator.iter_errors(model))) is right, check


def test_the_committed_schema_is_fresh_and_the_command_prints_it(tmp_path: Path) -> None:
    assert (ROOT / "schema/architecture.schema.json").read_text() == text()
    assert archgen("schema", cwd=tmp_path).out == text()
    part = share_parts(part_schema(schema()))
    assert committed("architecture-part.schema.json") == part
    assert json.loads(archgen("schema", "--part", cwd=tmp_path).out) == part
    assert archgen("schema", "-o", "s.json", cwd=tmp_path).code == 0
    assert json.loads((tmp_path / "s.json").read_text()) == share_parts(schema())


@pytest.fixture(scope="module")
def own(reference: Project) -> jsonschema.Draft202012Validator:
    data = project_schema(reference.resolved)
    jsonschema.Draft202012Validator.check_schema(data)
    return jsonschema.Draft202012Validator(data)


def test_the_schema_of_a_project_accepts_its_model(own: jsonschema.Draft202012Validator) -> None:
    assert [e.message for e in own.iter_errors(yaml.safe_load((ROOT / "architecture.yaml").read_text()))] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    owner: platform\n    domains", "    owner: platfrom\n    domains"),
        ("    provides: [secrets]\n", "    provides: [secretz]\n"),
        (
            "      database: {protocol: postgresql, purpose: reads",
            "      databse: {protocol: postgresql, purpose: reads",
        ),
        ("    placement: public\n", "    placement: publik\n"),
        ("    runs_on: cluster\n", "    runs_on: clutser\n"),
        ("{account: prod,", "{account: prodd,"),
    ],
)
def test_the_schema_of_a_project_knows_its_ids(own: jsonschema.Draft202012Validator, old: str, new: str) -> None:
    text = (ROOT / "architecture.yaml").read_text()
    assert old in text
    assert list(own.iter_errors(yaml.safe_load(text.replace(old, new, 1))))


def test_the_schema_of_a_project_lists_the_conditions(reference: Project) -> None:
    when = project_schema(reference.resolved)["$defs"]["Postgresql"]["properties"]["when"]
    assert {"prod", "aws & growth", "gcp & stg & scale", "aws & before growth"} <= set(when["properties"])
    result = archgen("schema", "--project", cwd=ROOT)
    assert json.loads(result.out) == share_parts(project_schema(reference.resolved))


def test_fields_that_many_definitions_have_are_written_once(reference: Project) -> None:
    whole = project_schema(reference.resolved)
    small = share_parts(whole)
    assert len(json.dumps(small)) < 0.6 * len(json.dumps(whole))
    assert small["$defs"]["Postgresql"]["properties"]["title"] == {"$ref": "#/$defs/field.title"}
    for name, definition in whole["$defs"].items():
        for key, field in definition.get("properties", {}).items():
            found = small["$defs"][name]["properties"][key]
            referred = str(found.get("$ref", "")).removeprefix("#/$defs/") if found != field else ""
            assert found == field or small["$defs"][referred] == field, (name, key)
    assert list(small["$defs"]) == sorted(small["$defs"])


def test_the_schema_of_a_project_offers_the_products_of_its_clouds_only(minimal: Path) -> None:
    project = load(minimal / "architecture.yaml").project
    assert project
    offered = project_schema(project.resolved)["$defs"]["Postgresql"]["properties"]["product"]["enum"]
    assert "rds-postgresql" in offered
    assert "cloud-sql" not in offered
    assert "cloud-sql" in schema()["$defs"]["Postgresql"]["properties"]["product"]["enum"]


def test_fields_that_identify_the_organization_are_marked() -> None:
    marked = {
        f"{name}.{key}"
        for name, d in schema()["$defs"].items()
        for key, f in d.get("properties", {}).items()
        if f.get("x-identifies")
    }
    assert {"Team.contact", "AwsAccount.id", "AwsHome.cidr", "GcpHome.cidr", "PrivateServiceConnect.address"} <= marked


def test_a_schema_that_was_made_before_is_made_again_alike() -> None:
    """What pydantic generates is kept as long as the process runs: nobody may change it."""
    before = json.dumps(schema())
    schema()["properties"]["components"].clear()
    assert json.dumps(schema()) == before


def test_models_with_equal_kinds_products_and_clouds_share_a_schema_that_no_output_changes(minimal: Path) -> None:
    project = load(minimal / "architecture.yaml").project
    assert project
    scope = scope_of(project.resolved.kinds, project.resolved.default.catalog)
    assert shared_schema(scope) is shared_schema(scope_of())
    for output in (reference_pages, schema_file):
        assert emitted(project, output)
    assert json.dumps(shared_schema(scope)) == json.dumps(schema())
    fewer = scope._replace(kinds=scope.kinds[1:], products=scope.products[1:])
    assert json.dumps(shared_schema(fewer)) == json.dumps(schema(dict(fewer.kinds))) != json.dumps(schema())
    one = shared_schema(scope._replace(clouds=(("aws", "aws"),)))
    assert one == schema(bases={"aws": "aws"}) != schema()
