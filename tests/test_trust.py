"""A project from somebody else: what it brings runs by default, and nothing of it with --no-project-code."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import MINIMAL, MKDOCS, archgen

# Each line of code leaves a file of its own, so that the one that ran can be told.
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


def test_without_it_a_site_is_made_of_the_model_alone(stranger: Path) -> None:
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
        "not checked: its own rules were not asked (rules/ran.py)",
        "not checked: its own templates were not used, archgen's were (templates/pages/home.md)",
        "not checked: its hand-written pages were neither checked nor published (docs/embeds.md, docs/written.md)",
        "not checked: its site configuration was not used, archgen's was (mkdocs.yml)",
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


def test_a_project_without_code_of_its_own_has_nothing_that_was_not_checked(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(MINIMAL)
    result = archgen("build", "--no-project-code", cwd=tmp_path)
    assert result.code == 0
    assert "not checked" not in result.err
    assert (tmp_path / "site/index.html").is_file()
