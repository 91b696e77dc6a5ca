"""The public API: what the guide shows works, is typed, and costs nothing to import."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import archgen as public
from archgen import ExtensionError, Finding, ModelError, export, load, resolve
from conftest import MINIMAL, ROOT

GUIDE = (ROOT / "docs/guide/scripts.md").read_text(encoding="utf-8")
SCRIPT = re.search(r"```python\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The script of the guide, beside a model."""
    assert SCRIPT
    (tmp_path / "script.py").write_text(SCRIPT.group(1))
    (tmp_path / "architecture.yaml").write_text(MINIMAL)
    return tmp_path / "script.py"


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "MYPYPATH": str(ROOT / "src")}
    return subprocess.run([sys.executable, *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False)


def test_the_script_of_the_guide_prints_the_architecture(script: Path) -> None:
    done = run(script.name, cwd=script.parent)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "aws, live"
    assert "orders: postgresql (rds-postgresql)" in done.stdout
    assert "shop calls orders" in done.stdout
    assert done.stdout.splitlines()[-1] == "archgen/1 3"


@pytest.mark.slow
def test_the_script_of_the_guide_says_what_is_wrong_with_a_model(script: Path) -> None:
    (script.parent / "architecture.yaml").write_text(MINIMAL.replace("kind: actor", "kind: actr"))
    done = run(script.name, cwd=script.parent)
    assert done.returncode == 1
    assert "did you mean 'actor'?" in done.stderr
    assert "problems: 1" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_the_script_of_the_guide_passes_a_strict_type_checker(script: Path) -> None:
    wrong = script.with_name("wrong.py")
    wrong.write_text("from archgen import load, nothing\n\nload(1)\n")
    checker = ("-m", "mypy", "--strict", "--cache-dir", str(ROOT / ".mypy_cache"))
    done = run(*checker, str(script), cwd=script.parent)
    assert done.returncode == 0, done.stdout
    refused = run(*checker, str(wrong), cwd=script.parent).stdout
    assert "nothing" in refused
    assert 'incompatible type "int"' in refused
    assert (ROOT / "src/archgen/py.typed").is_file()


def test_importing_archgen_imports_nothing_else() -> None:
    code = "import archgen, sys; print(*(name for name in sys.modules if name.startswith(('archgen.', 'pydantic', 'yaml'))))"
    assert run("-c", code, cwd=ROOT).stdout.strip() == ""


def test_every_public_name_is_in_the_guide() -> None:
    for name in public.__all__:
        assert getattr(public, name) is not None
        assert re.search(rf"^\| `{name}[`(]", GUIDE, re.MULTILINE), name
    with pytest.raises(AttributeError, match="'judge'"):
        public.judge  # type: ignore[attr-defined]  # noqa: B018


def test_a_coordinate_that_does_not_exist_is_a_value_error(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(MINIMAL)
    project = load(tmp_path / "architecture.yaml")
    assert resolve(project, "live") is resolve(project)
    with pytest.raises(ValueError, match="'prod'"):
        resolve(project, "prod")
    assert export(resolve(project))["coordinate"] == {"cloud": "aws", "environment": "live", "phase": None}


def test_a_missing_model_is_a_model_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"architecture\.yaml") as missing:
        load(tmp_path / "architecture.yaml")
    assert [found.code for found in missing.value.diagnostics] == ["ARC-Y001"]
    assert not isinstance(missing.value, ExtensionError)
    assert Finding("components.x", "wrong").severity == "warning"
