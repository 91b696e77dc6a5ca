"""The hooks for pre-commit, run by pre-commit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from archgen.reading.formatting import formatted
from conftest import MINIMAL, ROOT, missing

pytestmark = pytest.mark.slow
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
FORMATTED = formatted(MINIMAL, "")[0]


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@b.example", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with a model that uses the hooks, except that pre-commit does not install archgen: it runs the one that is tested."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    installed = [{**hook, "language": "system"} for hook in HOOKS]
    (hooks / ".pre-commit-hooks.yaml").write_text(yaml.safe_dump(installed))
    project = tmp_path / "project"
    project.mkdir()
    use = [{"id": hook["id"]} for hook in HOOKS]
    for folder in (hooks, project):
        git(folder, "init", "-q")
    git(hooks, "add", ".")
    git(hooks, "commit", "-qm", "hooks")
    repository = {"repo": hooks.as_uri(), "rev": git(hooks, "rev-parse", "HEAD"), "hooks": use}
    (project / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [repository]}))
    (project / "architecture.yaml").write_text(FORMATTED)
    (project / "notes.md").write_text("Notes.\n")
    command = tmp_path / "bin/archgen"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m archgen "$@"\n')
    command.chmod(0o755)
    git(project, "add", ".")
    return project


def run_hook(project: Path, hook: str) -> tuple[int, str]:
    """The exit code and the output of one hook on the files that are staged."""
    program = shutil.which("pre-commit", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if not program:
        missing("pre-commit")
    env = {
        **os.environ,
        "PATH": f"{project.parent / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(project.parent / "cache"),
    }
    command = [str(program), "run", "--color", "never", hook]
    done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_manifest_is_what_pre_commit_reads() -> None:
    assert [hook["id"] for hook in HOOKS] == ["archgen-validate", "archgen-format", "archgen-build-check"]
    assert {hook["language"] for hook in HOOKS} == {"python"}


def test_the_hooks_pass_and_fail(project: Path) -> None:
    assert run_hook(project, "archgen-validate")[0] == 0
    assert run_hook(project, "archgen-format")[0] == 0
    code, text = run_hook(project, "archgen-build-check")
    assert code == 1
    assert "schema/architecture.schema.json" in text
    model = project / "architecture.yaml"
    model.write_text(MINIMAL.replace("product: rds-postgresql", "product: rds-postgresq"))
    git(project, "add", ".")
    code, text = run_hook(project, "archgen-format")
    assert code == 1
    assert "files were modified by this hook" in text
    assert model.read_text() == FORMATTED.replace("product: rds-postgresql", "product: rds-postgresq")
    code, text = run_hook(project, "archgen-validate")
    assert code == 1
    assert "rds-postgresq" in text


def test_without_yaml_files_only_the_comparison_runs(project: Path) -> None:
    git(project, "rm", "-q", "--cached", "-r", ".")
    git(project, "add", "notes.md", ".pre-commit-config.yaml")
    git(project, "commit", "-qm", "all")
    (project / "notes.md").write_text("Other notes.\n")
    git(project, "add", "notes.md")
    assert "(no files to check)Skipped" in run_hook(project, "archgen-validate")[1]
    assert "(no files to check)Skipped" in run_hook(project, "archgen-format")[1]
