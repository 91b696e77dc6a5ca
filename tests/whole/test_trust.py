"""A project from another author: its code runs by default, and none of it with --no-project-code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from conftest import MINIMAL, MKDOCS, ROOT, archgen

pytestmark = pytest.mark.slow

# Each piece of code writes a different file, which shows that it ran.
BROUGHT = {
    "rules/ran.py": '"""A rule."""\nopen("ran-rule", "w").close()\n\n\ndef check(architecture):\n    return []\n',
    "hook.py": 'open("ran-hook", "w").close()\n',
    "templates/pages/home.md": "{{ cycler.__init__.__globals__.os.mkdir('ran-template') or '' }}\n\n# Home\n",
    "docs/written.md": "# Written\n\n<script>alert(1)</script>\n",
    "docs/embeds.md": "# Embeds\n\n<!-- archgen: value name --><!-- /archgen -->\n",
    "mkdocs.yml": MKDOCS + "hooks: [hook.py]\n",
}


@pytest.fixture
def stranger(minimal: Path) -> Path:
    for name, text in BROUGHT.items():
        file = minimal / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return minimal


def ran(root: Path) -> set[str]:
    return {path.name for path in root.rglob("ran-*")}


def test_a_project_runs_its_own_code_when_it_is_built(stranger: Path) -> None:
    assert archgen("build", cwd=stranger).code == 0
    assert ran(stranger) == {"ran-rule", "ran-hook", "ran-template"}
    assert "alert(1)" in (stranger / "site/written/index.html").read_text()


def test_without_project_code_the_site_is_made_from_the_model_only(stranger: Path) -> None:
    result = archgen("build", "--offline", "--no-project-code", cwd=stranger)
    assert result.code == 0, result.err
    assert ran(stranger) == set()
    assert (stranger / "site-offline.zip").is_file()
    assert "Small Shop" in (stranger / "site/index.html").read_text()
    assert not [page for page in (stranger / "site").rglob("*.html") if "alert(1)" in page.read_text()]
    assert not (stranger / "site/written").exists()
    assert (stranger / "docs/embeds.md").read_text() == BROUGHT["docs/embeds.md"]
    said = [line for line in result.err.splitlines() if line.startswith("not checked: ")]
    assert said == [
        "not checked: its rules were not run (rules/ran.py)",
        "not checked: its templates were not used; archgen's were (templates/pages/home.md)",
        "not checked: its hand-written pages were neither checked nor published (docs/embeds.md, docs/written.md)",
        "not checked: its site configuration was not used; archgen's was (mkdocs.yml)",
    ]


COMMANDS = [
    ("validate",),
    ("validate", "--format", "github"),
    ("build", "--no-site"),
    ("build", "--check"),
    ("build", "--profile", "public"),
    ("rules",),
    ("show", "name"),
    ("export",),
    ("parity",),
    ("impact", "orders"),
    ("diagram", "context"),
    ("runbook", "list"),
    ("compare", "--from", "aws,live", "--to", "aws,live"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_runs_code_of_the_project(stranger: Path, command: tuple[str, ...]) -> None:
    result = archgen(*command, "--no-project-code", cwd=stranger)
    assert result.code in (0, 1, 3), result.err
    assert ran(stranger) == set()


def test_fonts_of_a_stranger_are_not_used(minimal: Path) -> None:
    model = minimal / "architecture.yaml"
    model.write_text(f"{MINIMAL}fonts: [f.ttf]\n")
    (minimal / "f.ttf").write_bytes(b"no font")
    assert "ARC-V007" in archgen("validate", cwd=minimal).err
    result = archgen("validate", "--no-project-code", cwd=minimal)
    assert result.code == 0
    assert "not checked: its fonts were not used (f.ttf)" in result.err


def test_a_project_without_code_has_nothing_that_was_not_checked(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(MINIMAL)
    result = archgen("build", "--no-project-code", cwd=tmp_path)
    assert result.code == 0
    assert "not checked" not in result.err
    assert (tmp_path / "site/index.html").is_file()


def test_the_workflow_for_forks_says_what_was_not_checked(stranger: Path, tmp_path: Path) -> None:
    """Runs the script of the workflow's step as the runner would."""
    workflow = yaml.safe_load((ROOT / ".github/workflows/fork.yml").read_text(encoding="utf-8"))
    step = next(step for step in workflow["jobs"]["model"]["steps"] if "archgen" in step.get("run", "compare"))
    workspace = tmp_path / "workspace"
    command = workspace / "base/.venv/bin/archgen"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m archgen "$@"\n')
    command.chmod(0o755)
    proposed = workspace / "proposed"
    stranger.rename(proposed)
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@b.example", "-C", str(proposed)]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "base"]):
        subprocess.run([*git, *arguments], check=True)
    model = proposed / "architecture.yaml"
    model.write_text(model.read_text().replace("retention_days: 7", "retention_days: 9"))
    summary = tmp_path / "summary.md"
    env = {
        "GITHUB_WORKSPACE": str(workspace),
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_STEP_SUMMARY": str(summary),
        "BASE": "HEAD",
    }

    def checked() -> subprocess.CompletedProcess[str]:
        script = ["bash", "-e", "-c", step["run"]]
        return subprocess.run(script, cwd=proposed, env=os.environ | env, capture_output=True, text=True, check=False)

    done = checked()
    assert done.returncode == 0, done.stderr
    assert ran(workspace) == set()
    assert (proposed / "site-offline.zip").is_file()
    said = summary.read_text()
    assert "<code>7</code> → <code>9</code>" in said
    assert "- its rules were not run (rules/ran.py)" in said
    assert "- its hand-written pages were neither checked nor published" in said
    model.write_text(model.read_text().replace("retention_days: 9", "retention_dais: 9"))
    done = checked()
    assert done.returncode != 0
    assert "file=architecture.yaml,line=19," in done.stdout
