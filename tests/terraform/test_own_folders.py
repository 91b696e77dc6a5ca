"""Stacks with Terraform code that a team maintains itself: folders, variable files, values of any shape, and secrets."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from archgen.pipeline import check, load, make
from archgen.publishing.write import plan
from conftest import archgen

CODE = """\
variable "name" {
  type = string
}
variable "pools" {
  type    = map(object({ size = number, taints = optional(list(string)), when = optional(string) }))
  default = {}
}
variable "password" {
  type      = string
  sensitive = true
}
variable "token" {
  type = string
}
"""
STACK = """\
terraform:
  stacks:
    app:
      in: [aws]
      purpose: Existing code.
      directory: code/{environment}
      inputs:
        name: {expression: project}
"""


def project(
    shop: Path, tmp_path: Path, stacks: str = STACK, *, folders: tuple[str, ...] = ("code/dev", "code/prod")
) -> Path:
    """A copy of the project with other stacks, and folders with the code."""
    root = Path(shutil.copytree(shop, tmp_path / "repository/project"))
    model = root / "architecture.yaml"
    model.write_text(re.sub(r"(?ms)^terraform:.*?(?=^\S)", lambda _match: stacks, model.read_text() + "\n# end\n"))
    for folder in folders:
        (root / folder).mkdir(parents=True)
        (root / folder / "variables.tf").write_text(CODE)
    return root


def findings(root: Path, severity: str = "error") -> list[str]:
    """The errors as `LINE CODE MESSAGE`, or the findings of another severity."""
    loaded = load(root / "architecture.yaml")
    found = check(loaded.project) if loaded.project else None
    problems = [*found.findings, *found.refused] if found else loaded.diagnostics
    shown = (f"{d.span.line if d.span else 0} {d.code} {d.message}" for d in problems if d.severity == severity)
    return list(dict.fromkeys(shown))


def line(root: Path, text: str) -> int:
    return next(n for n, each in enumerate((root / "architecture.yaml").read_text().splitlines(), 1) if text in each)


def built(root: Path) -> dict[str, str]:
    """The variable files that a build makes, by path."""
    loaded = load(root / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    made, problems = make(check(loaded.project))
    assert made, problems
    return {a.path: a.content.decode() for a in made if ".tfvars" in a.path}


@pytest.mark.slow
def test_each_environment_can_have_its_folder_and_its_file(shop: Path, tmp_path: Path) -> None:
    root = project(shop, tmp_path)
    assert sorted(built(root)) == ["code/dev/dev.tfvars.json", "code/prod/prod.tfvars.json"]
    stacks = STACK.replace(
        "directory: code/{environment}", "directory: code\n      file: env/{environment}-{cloud}.tfvars"
    )
    root = project(shop, tmp_path / "other", stacks, folders=("code",))
    files = built(root)
    assert sorted(files) == ["code/env/dev-aws.tfvars", "code/env/prod-aws.tfvars"]
    number = line(root, "name: {expression: project}")
    assert f'# architecture.yaml:{number}\nname = "shop"\n' in files["code/env/prod-aws.tfvars"]


@pytest.mark.slow
def test_the_format_of_the_model_holds_for_existing_code(shop: Path, tmp_path: Path) -> None:
    root = project(shop, tmp_path, STACK.replace("terraform:\n", "terraform:\n  format: hcl\n"))
    assert sorted(built(root)) == ["code/dev/dev.tfvars", "code/prod/prod.tfvars"]


@pytest.mark.slow
def test_two_stacks_may_share_a_folder_if_their_files_differ(shop: Path, tmp_path: Path) -> None:
    again = STACK.removeprefix("terraform:\n  stacks:\n").replace("app:", "green:")
    root = project(shop, tmp_path, STACK + again)
    (found,) = [text for text in findings(root) if "ARC-E003" in text]
    assert "the stack 'green' would write code/dev/dev.tfvars.json, which is already a file of the stack 'app'" in found
    root = project(shop, tmp_path / "b", STACK + again + "      file: green.tfvars.json\n")
    assert sorted(built(root)) == [
        "code/dev/dev.tfvars.json", "code/dev/green.tfvars.json", "code/prod/green.tfvars.json", "code/prod/prod.tfvars.json",
    ]  # fmt: skip


def test_a_folder_that_does_not_exist_or_is_a_link_is_reported(shop: Path, tmp_path: Path) -> None:
    root = project(shop, tmp_path, folders=("code/prod",))
    number = line(root, "directory: code/{environment}")
    assert f"{number} ARC-F013 the folder code/dev does not exist (stack 'app')" in findings(root, "warning")
    (root / "code/dev").symlink_to(root / "code/prod")
    assert findings(root) == [f"{number} ARC-F013 the folder code/dev leads through a symbolic link (stack 'app')"]


@pytest.mark.slow
def test_a_folder_outside_of_the_project_must_be_confirmed(shop: Path, tmp_path: Path) -> None:
    stacks = STACK.replace("code/{environment}", "../infra")
    root = project(shop, tmp_path, stacks, folders=("../infra",))
    assert "confirm it with `outside: true`" in findings(root)[0]
    model = root / "architecture.yaml"
    model.write_text(model.read_text().replace("directory: ../infra", "directory: ../infra\n      outside: true"))
    assert findings(root) == []
    assert archgen("build", "--no-site", cwd=root).code == 0
    assert json.loads((root / "../infra/prod.tfvars.json").read_text())["name"] == "shop"
    assert archgen("build", "--no-site", "--check", cwd=root).code == 0
    (root / "../infra/prod.tfvars.json").write_text("{}")
    assert "was edited by hand" in archgen("build", "--no-site", cwd=root).err


def test_nothing_is_written_outside_for_a_model_that_is_not_trusted(shop: Path, tmp_path: Path) -> None:
    stacks = STACK.replace("directory: code/{environment}", "directory: ../infra\n      outside: true")
    root = project(shop, tmp_path, stacks, folders=("../infra",))
    before = sorted((root / "../infra").iterdir())
    result = archgen("build", "--no-site", "--no-project-code", cwd=root)
    assert result.code == 1
    assert "error[ARC-F013]: the directory ../infra is outside of the project" in result.err
    assert sorted((root / "../infra").iterdir()) == before


@pytest.mark.slow
def test_nothing_is_written_outside_through_a_link(shop: Path, tmp_path: Path) -> None:
    stacks = STACK.replace("directory: code/{environment}", "directory: ../infra\n      outside: true")
    root = project(shop, tmp_path, stacks, folders=("../infra",))
    loaded = load(root / "architecture.yaml")
    assert loaded.project
    made, _problems = make(check(loaded.project))
    assert made
    (root / "../infra").rename(root / "../real")
    (root / "../infra").symlink_to(root / "../real")
    assert [d.code for d in plan(root, made).problems] == ["ARC-W002", "ARC-W002"]
    assert "ARC-F013" in findings(root)[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("modules: [rds]", "a stack has either `modules`, which archgen calls, or the `directory` of existing code"),
        ("outside: true", "`outside` is only for a directory that begins with `../`"),
        ("supplied: [name]", "'name' has a value under `inputs` and is also under `supplied`"),
        ("file: ../x.tfvars", "'../x.tfvars' must not contain `..`"),
        ("file: x.json", "'x.json' is not the name of a variable file such as {environment}.tfvars.json"),
    ],
)
def test_settings_that_contradict_each_other(shop: Path, tmp_path: Path, change: str, message: str) -> None:
    root = project(shop, tmp_path, f"{STACK}      {change}\n")
    assert [text.split(" ", 2)[2] for text in findings(root)] == [message]


VALUE = "{blue: {size: 3, taints: null, when: never}, green: {size: 1, taints: [a, b]}}"


@pytest.mark.slow
def test_a_value_can_have_any_shape(shop: Path, tmp_path: Path) -> None:
    root = project(shop, tmp_path, f"{STACK}        pools: {{value: {VALUE}}}\n")
    values = json.loads(built(root)["code/prod/prod.tfvars.json"])
    assert values["pools"] == {
        "blue": {"size": 3, "taints": None, "when": "never"},
        "green": {"size": 1, "taints": ["a", "b"]},
    }
    varied = f"{STACK}        pools: {{value: {VALUE}, when: {{prod: {{value: {{red: {{size: 9}}}}}}}}}}\n"
    root = project(shop, tmp_path / "b", varied)
    assert json.loads(built(root)["code/prod/prod.tfvars.json"])["pools"] == {"red": {"size": 9}}
    assert sorted(json.loads(built(root)["code/dev/dev.tfvars.json"])["pools"]) == ["blue", "green"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("entry", "code", "message"),
    [
        ("pools: {value: {a: {size: many}}}", "ARC-F103", 'pools.a.size must be a number, but is "many"'),
        ("pools: {value: {a: {sise: 1}}}", "ARC-F103", "pools.a has no attribute 'sise'"),
        ("pools: {expression: zones}", "ARC-F103", "pools must be a map"),
        ("poools: {value: {}}", "ARC-F101", "code/dev does not declare the variable 'poools'"),
        ("password: {value: hunter2}", "ARC-F107", "the variable 'password' of code/dev is secret"),
        ("pools: {value: .inf}", "ARC-Y007", "`.inf` is not a finite number"),
        ("pools: {value: [null, ~]}", "ARC-Y008", "this list item has no value"),
    ],
)
def test_a_wrong_value_is_one_error_at_its_line(
    shop: Path, tmp_path: Path, entry: str, code: str, message: str
) -> None:
    root = project(shop, tmp_path, f"{STACK}        {entry}\n")
    found = [text for text in findings(root) if "code/prod" not in text]
    assert len(found) == 1, found
    assert found[0].startswith(f"{line(root, entry)} {code} ")
    assert message in found[0]
    result = archgen("validate", cwd=root)
    assert result.code != 0
    assert "hunter2" not in result.out + result.err


@pytest.mark.slow
def test_values_from_elsewhere_are_declared(shop: Path, tmp_path: Path) -> None:
    root = project(shop, tmp_path, STACK)
    result = archgen("terraform", "check", cwd=root)
    assert "the variable 'token' has no value" in result.err
    assert "password" not in result.err
    root = project(shop, tmp_path / "b", f"{STACK}      supplied: [token]\n")
    result = archgen("terraform", "check", cwd=root)
    assert (result.code, result.out) == (0, "2 variable files match their variables.\n"), result.err
    root = project(shop, tmp_path / "c", f"{STACK}      supplied: [tokn]\n")
    assert "ARC-F101 code/dev does not declare the variable 'tokn'" in findings(root)[0]


LATER = "  report: {kind: object-store, in: [aws & prod], title: Reports, product: s3, owner: platform, purpose: Reports.}\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("identifier('report')", "the component 'report' does not exist there, but only at 'aws & prod'"),
        ("components.report.versioned", "the component 'report' does not exist there, but only at 'aws & prod'"),
        (
            "subnets('app')",
            "subnets() has no result: 'app' is not one of its arguments; use one of: both, none, outbound",
        ),
        (
            "role_subnets('privat')",
            "role_subnets() has no result: 'privat' is not one of its arguments; did you mean 'private'?",
        ),
        ("cidrs", "unknown fact 'cidrs'; did you mean 'cidr'?"),
    ],
)
def test_an_expression_without_a_value_names_what_is_missing_where(
    shop: Path, tmp_path: Path, expression: str, reason: str
) -> None:
    root = project(shop, tmp_path, STACK.replace("project}", f'"{expression}"}}'))
    model = root / "architecture.yaml"
    model.write_text(re.sub(r"(?m)^(components:.*\n)", lambda match: match[1] + LATER, model.read_text()))
    found = [text for text in findings(root) if "ARC-F004" in text]
    assert found == [f"{line(root, 'name: {expression')} ARC-F004 the expression for 'name' has no value: {reason}"]
    loaded = load(model)
    assert loaded.project
    (finding,) = [d for d in check(loaded.project).findings if d.code == "ARC-F004"]
    assert finding.where == (("aws, dev, start",) if "report" in expression else finding.where)


@pytest.mark.slow
def test_a_mapping_of_settings_is_a_value(shop: Path, tmp_path: Path) -> None:
    expression = "{'a': {'size': zones | length, 'taints': network.tiers | list}}"
    root = project(shop, tmp_path, f'{STACK}        pools: {{expression: "{expression}"}}\n')
    pools = json.loads(built(root)["code/prod/prod.tfvars.json"])["pools"]
    assert pools["a"]["size"] == 3
    assert "app" in pools["a"]["taints"]
