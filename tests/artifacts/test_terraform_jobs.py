"""`archgen terraform check`: errors that Terraform reports and those that it does not; also without Terraform, and with a broken one."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archgen.artifacts import terraform_files
from archgen.artifacts.terraform_jobs import check_all, jobs_of_folder, jobs_of_stacks
from archgen.pipeline import Project, check, load, make
from archgen.publishing.write import write_all
from archgen.terraform.check import Job, check_job
from archgen.terraform.code import FolderCode
from archgen.terraform.hcl import HclSyntaxError
from archgen.terraform.run import plan
from archgen.terraform.tfvars_hcl import hcl
from conftest import ROOT, archgen, copy_project, emitted, missing

pytestmark = pytest.mark.slow


PRINTED = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"])
BLNS = [text for text in json.loads((ROOT / "tests/data/blns.json").read_text()) if text]

CODE = """\
# A root module of a team: variable "not_this" { }
variable "region" {
  type = string
}
variable "retention" {
  type    = number
  default = 7
  validation {
    condition     = var.retention <= 35
    error_message = "At most 35 days."
  }
}
variable "db" {
  type = object({
    name     = string
    multi_az = optional(bool, false)
  })
}
variable "password" {
  type      = string
  sensitive = true
  default   = ""
}
variable "free" {
  type    = any
  default = null
}
locals { text = "variable \\"nor_this\\" {" }
variable "last" {
  description = <<-EOT
    variable "nor_that" {
  EOT
  type        = list(string)
  default     = []
}
"""
GOOD = {"region": "eu-west-1", "retention": 30, "db": {"name": "orders", "multi_az": True}}


@pytest.fixture(autouse=True)
def terraform() -> None:
    if not shutil.which("terraform"):
        missing("terraform")


def code_of(text: str) -> FolderCode:
    return FolderCode("stack", {"variables.tf": text})


def found(values: object, code: str = CODE, name: str = "prod.tfvars.json") -> list[str]:
    text = values if isinstance(values, str) else json.dumps(values, indent=2)
    return sorted(d.code for d in check_job(Job(name, text, code_of(code))))


def test_variables_are_distinguished_from_text_that_looks_like_them() -> None:
    variables = code_of(CODE).variables
    assert sorted(variables) == ["db", "free", "last", "password", "region", "retention"]
    assert variables["region"].line == 2
    assert [name for name, variable in variables.items() if variable.required] == ["db", "region"]
    assert [name for name, variable in variables.items() if variable.sensitive] == ["password"]
    assert [name for name, variable in variables.items() if variable.is_open] == ["free"]


@pytest.mark.parametrize("code", ['\nvariable "a" {', 'variable "a" {\n default = "', "x = <<EOT\nEO\n"])
def test_code_that_ends_too_early_is_refused(code: str) -> None:
    with pytest.raises(HclSyntaxError, match=r"variables\.tf:"):
        code_of(code).variables  # noqa: B018  # reading them raises


@pytest.mark.terraform
@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, []),
        ({"regoin": "x"}, ["ARC-F101"]),
        ({"retention": 40}, ["ARC-F104"]),
        ({"retention": "many"}, ["ARC-F103"]),
        ({"retention": "30"}, ["ARC-F106"]),
        ({"db": {"name": "orders", "multi_azz": True}}, ["ARC-F105"]),
        ({"db": {"multi_az": True}}, ["ARC-F103"]),
        ({"password": "hunter2"}, ["ARC-F107"]),
        ({"free": {"a": 1}}, ["ARC-F108"]),
        (
            {"region": ["a"], "retention": 40, "dbb": 1, "db": {"name": "x", "y": 1}},
            ["ARC-F101", "ARC-F103", "ARC-F104", "ARC-F105"],
        ),
    ],
)
def test_planted_faults_are_found(change: dict[str, object], codes: list[str]) -> None:
    assert found({**GOOD, **change}) == codes
    text = "".join(f"{name} = {hcl(value)}\n" for name, value in {**GOOD, **change}.items())
    assert found(text, name="prod.tfvars") == codes


@pytest.mark.terraform
def test_missing_and_unreadable_files() -> None:
    assert found({"region": "x"}) == ["ARC-F102"]
    job = Job("x.tfvars.json", '{"region": "x"}', code_of(CODE))
    assert check_job(job, partial=True) == []
    assert found("{") == ["ARC-F103"]
    assert found("[]") == ["ARC-F103"]
    assert found('{"region": "a", "region": "b"}') == ["ARC-F103"]
    assert found('region = file("x")\n', name="x.tfvars") == ["ARC-F103"]


@pytest.mark.terraform
def test_a_finding_names_the_line_and_what_was_meant() -> None:
    (one,) = check_job(Job("p.tfvars.json", json.dumps({**GOOD, "retenton": 3}, indent=2), code_of(CODE)))
    assert one.help == "did you mean 'retention'?"
    assert one.span
    assert one.span.line == 8


@pytest.mark.terraform
def test_every_variable_of_every_stack_renamed_or_misspelt_is_found(reference: Project) -> None:
    jobs, _problems = jobs_of_stacks(reference, None, reference.resolved.axes.default)
    for job in jobs:
        values = json.loads(job.text)
        names = [name for name in values if name != "//"]
        renamed = {f"{name}x" if name != "//" else name: value for name, value in values.items()}
        codes = found(json.dumps(renamed), job.code.texts["variables.tf"])
        assert codes.count("ARC-F101") == len(names), job.file
        misspelt = {
            name: {**value, "zzz_unknown": 1}
            if isinstance(value, dict) and name in ("vpc", "rds_database", "eks_cluster", "kms_keys", "ecr_registry")
            else value
            for name, value in values.items()
        }
        wanted = sum(1 for name in names if name in ("vpc", "rds_database", "eks_cluster", "kms_keys", "ecr_registry"))
        codes = found(json.dumps(misspelt), job.code.texts["variables.tf"])
        assert codes.count("ARC-F105") == wanted, job.file


@pytest.mark.terraform
def test_real_terraform_accepts_every_stack_at_every_coordinate(reference: Project) -> None:
    different: dict[tuple[object, ...], Job] = {}  # Terraform says the same of the same values
    for coordinate in reference.resolved.axes.all:
        jobs, problems = jobs_of_stacks(reference, None, coordinate)
        assert problems == []
        assert len(jobs) >= 5
        different |= {(job.text, job.code.texts["variables.tf"]): job for job in jobs}
    assert len(different) >= 36
    assert [(d.message, d.span) for d in check_all(list(different.values()), partial=False)] == []


@pytest.mark.terraform
@pytest.mark.parametrize("format_", ["json", "hcl"])
def test_500_naughty_strings_come_back_unchanged(tmp_path: Path, format_: str) -> None:
    texts = [*BLNS, "${1 + 1}", "%{ if true }x%{ endif }", "$${x}", "a\\nb", 'quote " and \\', "line\nend", "\u2028"]
    texts = [text for text in texts if "\ufeff" not in text]
    assert len(texts) > 500
    values = {f"v{n}": text for n, text in enumerate(texts)}
    code = "".join(f'variable "{n}" {{\n  type = string\n}}\noutput "{n}" {{\n  value = var.{n}\n}}\n' for n in values)
    (tmp_path / "check.tf").write_text(code)
    if format_ == "json":
        (tmp_path / "v.tfvars.json").write_text(json.dumps(values))
    else:
        (tmp_path / "v.tfvars").write_text("".join(f"{name} = {hcl(text)}\n" for name, text in values.items()))
    complaints, outputs = plan(tmp_path, "v.tfvars.json" if format_ == "json" else "v.tfvars")
    assert outputs is not None, complaints[:3]
    for name, text in values.items():
        assert outputs[name] == unicodedata.normalize("NFC", text)  # Terraform normalizes every text
    assert in_console(tmp_path, texts, format_) == [unicodedata.normalize("NFC", text) for text in texts]


def in_console(folder: Path, texts: list[str], format_: str) -> list[str]:
    """The texts of a list as `terraform console` reads them, in base64, so that its quoting hides nothing."""
    there = folder / "console"
    there.mkdir()
    (there / "v.tf").write_text('variable "v" {\n  type = list(string)\n}\n')
    file = "v.tfvars.json" if format_ == "json" else "v.tfvars"
    (there / file).write_text(json.dumps({"v": texts}) if format_ == "json" else f"v = {hcl(texts)}\n")
    done = subprocess.run(
        ["terraform", "console", f"-var-file={file}"],
        cwd=there, input="base64encode(jsonencode(var.v))\n", capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: list[str] = json.loads(base64.b64decode(done.stdout.strip().strip('"')))
    return found


@pytest.mark.terraform
@settings(max_examples=15)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(PRINTED, max_size=12),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text("abcz-. /1", min_size=1, max_size=5), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_any_value_in_hcl_is_read_back(value: object) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "check.tf").write_text(
            'variable "v" {\n  type = any\n}\noutput "v" {\n  value = jsonencode(var.v)\n}\n'
        )
        (folder / "v.tfvars").write_text(f"v = {hcl(value)}\n")
        complaints, outputs = plan(folder, "v.tfvars")
        assert outputs is not None, complaints
        assert json.loads(outputs["v"]) == json.loads(
            unicodedata.normalize("NFC", json.dumps(value, ensure_ascii=False))
        )


@pytest.fixture
def in_hcl(tmp_path: Path) -> Path:
    """The reference project with its Terraform files as HCL."""
    root = copy_project(tmp_path / "project")
    model = root / "architecture.yaml"
    path = "  path: infra/{cloud}/{stack}\n"
    model.write_text(model.read_text().replace(path, f"{path}  format: hcl\n"))
    project = load(model).project
    assert project
    write_all(root, emitted(project, terraform_files))
    return root


@pytest.mark.terraform
def test_hcl_files_are_canonical_name_lines_and_fit(in_hcl: Path) -> None:
    text = (in_hcl / "infra/aws/05-data/prod.tfvars").read_text()
    lines = (in_hcl / "architecture.yaml").read_text().splitlines()
    number = next(n for n, line in enumerate(lines, 1) if "prod: {backup: {retention_days: 30}}" in line)
    assert f"  # architecture.yaml:{number}\n  backup_retention_period = 30\n" in text
    env = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    fmt = ["terraform", "fmt", "-check", "-recursive", "-diff", "infra"]
    done = subprocess.run(fmt, cwd=in_hcl, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")
    jobs = [job for file in sorted(in_hcl.rglob("variables.tf")) for job in jobs_of_folder(file.parent)[0]]
    assert len(jobs) >= 30
    assert [(d.message, d.span) for d in check_all(jobs, partial=False)] == []
    result = archgen("terraform", "check", "infra/gcp/05-data", cwd=in_hcl)
    assert result.out == "4 variable files match their variables.\n", result.err


OWN = """terraform:
  stacks:
    legacy:
      purpose: What was there before.
      directory: legacy/{cloud}
      inputs:
        region: {expression: region}
        retention: {expression: components.database.backup.retention_days}
        db: {expression: "{'name': identifier('database'), 'multi_az': true}"}
        last: {value: [a, b]}
"""


@pytest.fixture
def own(shop: Path, tmp_path: Path) -> Path:
    root = Path(shutil.copytree(shop, tmp_path / "project"))
    model = root / "architecture.yaml"
    model.write_text(re.sub(r"(?m)^terraform:.*\n  stacks:\n", lambda _match: OWN, model.read_text()))
    for cloud in ("aws", "gcp"):
        (root / "legacy" / cloud).mkdir(parents=True)
        (root / "legacy" / cloud / "variables.tf").write_text(CODE)
    return root


@pytest.mark.terraform
def test_a_stack_with_code_of_a_team(own: Path) -> None:
    result = archgen("build", "--no-site", cwd=own)
    assert result.code == 0, result.err
    values = json.loads((own / "legacy/aws/prod.tfvars.json").read_text())
    assert values["retention"] == 30
    assert values["db"] == {"name": "shop-prod-database", "multi_az": True}
    assert json.loads((own / "legacy/gcp/dev.tfvars.json").read_text())["region"] == "europe-west1"
    assert (own / "legacy/aws/variables.tf").read_text() == CODE
    assert archgen("terraform", "check", "legacy", cwd=own).out == "4 variable files match their variables.\n"
    (own / "legacy/aws/variables.tf").write_text(CODE.replace("<= 35", "<= 20"))
    result = archgen("terraform", "check", "legacy", cwd=own)
    assert result.code == 1
    assert "At most 35 days" in result.err


def test_an_expression_without_a_fact_is_named_with_its_line(own: Path) -> None:
    model = own / "architecture.yaml"
    model.write_text(
        model.read_text().replace(
            "components.database.backup.retention_days}", "components.database.bakup.retention_days}"
        )
    )
    line = next(n for n, text in enumerate(model.read_text().splitlines(), 1) if "bakup" in text)
    for command in (("validate",), ("build", "--no-site")):
        result = archgen(*command, cwd=own)
        assert result.code == 1
        assert f"architecture.yaml:{line}:" in result.err
        assert "error[ARC-F004]" in result.err
        assert "did you mean 'backup'?" in result.err
    assert not (own / "legacy/aws/prod.tfvars.json").exists()


def test_a_stack_before_what_it_needs_is_an_error(tmp_path: Path) -> None:
    root = copy_project(tmp_path / "project")
    model = root / "architecture.yaml"
    model.write_text(model.read_text().replace("after: [01-base-infra]\n          modules: [rds,", "modules: [rds,"))
    result = archgen("build", "--no-site", cwd=root)
    assert result.code == 1
    assert "error[ARC-F003]: on AWS, the stack '05-data' needs" in result.err
    assert "add after: [01-base-infra]" in result.err


def test_stacks_that_come_after_each_other(tmp_path: Path) -> None:
    root = copy_project(tmp_path / "project")
    model = root / "architecture.yaml"
    model.write_text(model.read_text().replace("    00-backend:\n", "    00-backend:\n      after: [05-data]\n"))
    loaded = load(model)
    assert loaded.project
    assert "ARC-F003" in {d.code for d in check(loaded.project).findings}


def test_a_rule_of_git_that_would_lose_files_is_named(shop: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(shop, tmp_path / "project"))
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    (root / ".gitignore").write_text("*.tfvars.json\n")
    loaded = load(root / "architecture.yaml")
    assert loaded.project
    made, problems = make(check(loaded.project))
    assert made
    assert [d.code for d in problems] == ["ARC-F111"]
    assert ".gitignore:1: *.tfvars.json" in problems[0].message
    (root / ".gitignore").write_text("*.tfvars.json\n!/infra/**/*.tfvars.json\n")
    assert make(check(loaded.project))[1] == []


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (None, "terraform was not found on the PATH"),
        (
            '#!/bin/sh\necho \'{"terraform_version": "1.5.7"}\'\n',
            "terraform 1.5.7 is too old; 1.9 or later is required",
        ),
        ("#!/bin/sh\nexec sleep 600\n", "did not finish within"),
    ],
)
def test_a_terraform_that_is_missing_too_old_or_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, said: str
) -> None:
    from archgen.terraform import run

    monkeypatch.setattr(run, "SECONDS", 1)
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "sleep").symlink_to(shutil.which("sleep"))
    if script:
        (bin_ / "terraform").write_text(script)
        (bin_ / "terraform").chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin_}:/bin" if script else str(bin_))
    job = Job("p.tfvars.json", json.dumps({**GOOD, "regoin": 1}), code_of(CODE))
    codes = {d.code: d.message for d in check_all([job], partial=False)}
    assert set(codes) == {"ARC-F110", "ARC-F101"}  # problems that can be found without Terraform are still found
    assert said in codes["ARC-F110"]


def test_missing_folders_and_stacks(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert archgen("terraform", "check", "empty", cwd=tmp_path).code == 2
    (tmp_path / "without").mkdir()
    (tmp_path / "without/main.tf").write_text("locals {}\n")
    assert "the folder declares no Terraform variables" in archgen("terraform", "check", "without", cwd=tmp_path).err
    (tmp_path / "code").mkdir()
    (tmp_path / "code/main.tf").write_text(CODE)
    assert "the folder has no variable files" in archgen("terraform", "check", "code", cwd=tmp_path).err
    result = archgen("terraform", "check", "05-dat", cwd=ROOT)
    assert result.code == 2
    assert "did you mean '05-data'?" in result.err


@pytest.mark.terraform
def test_findings_for_machines(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(CODE)
    (tmp_path / "prod.tfvars.json").write_text(json.dumps({**GOOD, "regoin": 1}))
    result = archgen("terraform", "check", ".", "--format", "json", cwd=tmp_path)
    assert result.code == 1
    assert [d["code"] for d in json.loads(result.out)["diagnostics"]] == ["ARC-F101"]
