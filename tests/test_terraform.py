"""Variable files: the recorded types, the facts in them, and what real Terraform says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from archgen.pipeline import Project, load, make
from archgen.terraform import binding_ids
from archgen.terraform import bindings as b
from archgen.terraform.types import TypeSyntaxError, parse
from conftest import MODELS, ROOT, copy_project, missing

ENVIRONMENTS = ("dev", "stg", "prod")
MODULES = sorted((ROOT / "src/archgen/terraform/modules").glob("*.json"))


@pytest.fixture(scope="module")
def files(reference: Project) -> dict[str, str]:
    made, problems = make(reference)
    assert not problems
    return {a.path: a.content.decode() for a in made if a.path.startswith("infra/")}


@pytest.fixture(scope="module")
def folder(files: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("terraform")
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def stacks(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.rglob("variables.tf"))


def terraform(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    if not shutil.which("terraform"):
        missing("terraform")
    env = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}  # nobody's own settings
    return subprocess.run(["terraform", *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_every_recorded_type_parses_and_renders_the_same_type(module: Path) -> None:
    for name, entry in json.loads(module.read_text())["inputs"].items():
        type_ = parse(entry["type"])
        assert parse(type_.render(4)) == type_, name
    with pytest.raises(TypeSyntaxError):
        parse("object({ a = ")


def test_bindings_name_only_inputs_that_the_module_has() -> None:
    for cloud in ("aws", "gcp"):
        assert binding_ids(cloud) == set(b.bindings(cloud))
        for binding in b.bindings(cloud).values():
            assert set(binding.inputs) <= set(binding.module.inputs), binding.id
            required = {n for n, entry in binding.module.inputs.items() if entry.get("required")}
            # What another stack provides is never invented.
            assert required - set(binding.inputs) <= {"network_self_link"}, binding.id


def test_there_is_a_file_for_every_stack_cloud_and_environment(files: dict[str, str]) -> None:
    expected = {
        f"infra/{cloud}/{stack}/{name}"
        for cloud in ("aws", "gcp")
        for stack in ("01-base-infra", "05-data")
        for name in ("variables.tf", *(f"{e}.tfvars.json" for e in ENVIRONMENTS))
    }
    assert set(files) == expected


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("aws/05-data rds.backup_retention_period", [7, 14, 30]),
        ("aws/05-data rds.multi_az", [True, True, True]),
        ("aws/05-data rds.instance_class", ["db.t4g.small"] * 3),
        ("aws/05-data rds.identifier", ["innovate-dev-database", "innovate-stg-database", "innovate-prod-database"]),
        ("aws/05-data rds.publicly_accessible", [False] * 3),
        ("aws/05-data elasticache.num_cache_clusters", [1, 2, 3]),
        ("aws/01-base-infra vpc.cidr", ["10.10.0.0/16", "10.20.0.0/16", "10.30.0.0/16"]),
        ("aws/01-base-infra vpc.one_nat_gateway_per_az", [True] * 3),
        ("aws/01-base-infra vpc_endpoints.endpoints.s3.service_type", ["Gateway"] * 3),
        ("gcp/05-data postgresql.backup_configuration.retained_backups", [7, 14, 30]),
        ("gcp/05-data postgresql.backup_configuration.transaction_log_retention_days", ["7", "7", "30"]),
        ("gcp/05-data postgresql.availability_type", ["REGIONAL"] * 3),
        ("gcp/05-data postgresql.ip_configuration.ipv4_enabled", [False] * 3),
        ("gcp/05-data memorystore.tier", ["BASIC", "STANDARD_HA", "STANDARD_HA"]),
        ("gcp/01-base-infra private_service_connect.forwarding_rule_target", ["all-apis"] * 3),
    ],
)
def test_facts_of_the_design(files: dict[str, str], path: str, values: list[object]) -> None:
    stack, keys = path.split(" ")
    found = []
    for environment in ENVIRONMENTS:
        value = json.loads(files[f"infra/{stack}/{environment}.tfvars.json"])
        for key in keys.split("."):
            value = value[key]
        found.append(value)
    assert found == values


def test_seven_endpoints_and_nine_subnets(files: dict[str, str]) -> None:
    values = json.loads(files["infra/aws/01-base-infra/prod.tfvars.json"])
    services = {e["service"] for e in values["vpc_endpoints"]["endpoints"].values()}
    assert services == {"s3", "ecr.api", "ecr.dkr", "logs", "sts", "secretsmanager", "ssm"}
    assert sum(len(values["vpc"][key]) for key in ("public_subnets", "private_subnets", "database_subnets")) == 9


@pytest.mark.terraform
def test_terraform_formats_nothing_differently(folder: Path) -> None:
    done = terraform("fmt", "-check", "-recursive", "-diff", cwd=folder)
    assert done.returncode == 0, done.stdout


@pytest.mark.terraform
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_terraform_accepts_every_file_without_a_warning(folder: Path, environment: str) -> None:
    for stack in stacks(folder):
        done = terraform("plan", "-input=false", "-no-color", f"-var-file={environment}.tfvars.json", cwd=stack)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Warning" not in done.stdout + done.stderr


@pytest.mark.terraform
@pytest.mark.parametrize(
    ("stack", "change"),
    [
        ("aws/05-data", lambda v: v["rds"].update(backup_retention_period=40)),
        ("aws/05-data", lambda v: v["rds"].update(publicly_accessible=True)),
        ("aws/05-data", lambda v: v["rds"].update(allocated_storage="much")),
        ("aws/05-data", lambda v: v["rds"].pop("engine")),
        ("aws/01-base-infra", lambda v: v["vpc"]["public_subnets"].pop()),
        ("aws/01-base-infra", lambda v: v["vpc_endpoints"]["endpoints"]["s3"].update(service_type="gateway")),
        ("gcp/05-data", lambda v: v["postgresql"].update(edition="ENTERPRISE")),
        ("gcp/05-data", lambda v: v["postgresql"]["ip_configuration"].update(ipv4_enabled=True)),
    ],
)
def test_terraform_refuses_what_the_validations_forbid(folder: Path, tmp_path: Path, stack: str, change) -> None:
    shutil.copy(folder / "infra" / stack / "variables.tf", tmp_path)
    values = json.loads((folder / "infra" / stack / "prod.tfvars.json").read_text())
    change(values)
    (tmp_path / "bad.tfvars.json").write_text(json.dumps(values))
    done = terraform("plan", "-input=false", "-no-color", "-var-file=bad.tfvars.json", cwd=tmp_path)
    assert done.returncode == 1


@pytest.mark.terraform
def test_a_variable_that_some_environments_lack_is_optional(tmp_path: Path) -> None:
    text = (
        (ROOT / "architecture.yaml")
        .read_text()
        .replace("    phase: mvp\n    aws: {account: prod", "    phase: growth\n    aws: {account: prod")
    )
    root = copy_project(tmp_path / "project")
    (root / "architecture.yaml").write_text(text)
    loaded = load(root / "architecture.yaml")
    assert loaded.project
    made, problems = make(loaded.project)
    assert not problems
    stack = tmp_path / "stack"
    stack.mkdir()
    for artifact in made:
        if artifact.path.startswith("infra/aws/05-data/"):
            (stack / Path(artifact.path).name).write_bytes(artifact.content)
    assert "rds_proxy" in json.loads((stack / "prod.tfvars.json").read_text())
    assert "rds_proxy" not in json.loads((stack / "dev.tfvars.json").read_text())
    for environment in ENVIRONMENTS:
        done = terraform("plan", "-input=false", "-no-color", f"-var-file={environment}.tfvars.json", cwd=stack)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.terraform
def test_two_databases_are_two_variables(tmp_path: Path) -> None:
    (model,) = (path for path in MODELS if path.name == "ledger")
    project = load(model / "architecture.yaml").project
    assert project
    made, problems = make(project)
    assert not problems
    for artifact in made:
        if artifact.path.startswith("live/"):
            target = tmp_path / artifact.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(artifact.content)
    values = json.loads((tmp_path / "live/books/gcp/live.tfvars.json").read_text())
    assert {"postgresql_books", "postgresql_archive"} <= set(values)
    assert values["postgresql_books"]["name"] == "live-ledger-books"
    assert values["postgresql_archive"]["backup_configuration"]["transaction_log_retention_days"] is None
    assert terraform("fmt", "-check", "-recursive", "-diff", cwd=tmp_path).stdout == ""
    for stack in stacks(tmp_path):
        for environment in ("test", "live"):
            done = terraform("plan", "-input=false", "-no-color", f"-var-file={environment}.tfvars.json", cwd=stack)
            assert done.returncode == 0, done.stdout + done.stderr
