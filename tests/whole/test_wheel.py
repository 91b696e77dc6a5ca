"""The wheel: small, complete, and a working program in an environment that has only the packages of requirements/site.txt."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from archgen import __version__
from conftest import ROOT

pytestmark = pytest.mark.slow
MOST = 10_000_000  # bytes


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command `archgen` of a new environment into which the wheel was installed without the network.

    Links stand for the packages that the lock file names. The other packages of the tests and this repository are not there.
    """
    folder: Path = tmp_path_factory.mktemp("clean")
    link_locked_packages(folder / "packages")
    uv = [sys.executable, "-m", "uv", "--offline", "--quiet"]
    environment = folder / "environment"
    subprocess.run([*uv, "venv", "--python", sys.executable, str(environment)], check=True, capture_output=True)
    python = next(path for path in environment.glob("*/python*") if path.stem == "python")
    subprocess.run([*uv, "pip", "install", "--python", str(python), "--no-deps", str(wheel)], check=True)
    (site,) = environment.glob("**/site-packages")
    (site / "locked.pth").write_text(f"{folder / 'packages'}\n", encoding="utf-8")
    return python.parent / "archgen"


def link_locked_packages(folder: Path) -> None:
    """Fill a folder with links to the installed packages that requirements/site.txt pins."""
    folder.mkdir()
    lock = (ROOT / "requirements/site.txt").read_text(encoding="utf-8")
    for pinned in map(Requirement, re.findall(r"^([a-z0-9].*?) \\$", lock, re.MULTILINE)):
        if pinned.marker and not pinned.marker.evaluate():
            continue
        found = distribution(pinned.name)
        assert found.version in pinned.specifier, pinned
        for top in {file.parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
            if not (folder / top).exists():
                (folder / top).symlink_to(str(found.locate_file(top)))


def run(program: Path, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the installed program with an environment that does not lead to this repository."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    command = [str(program), *arguments]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, env=kept)


def test_the_wheel_is_small(wheel: Path) -> None:
    sizes: Counter[str] = Counter()
    with zipfile.ZipFile(wheel) as archive:
        for item in archive.infolist():
            sizes["/".join(item.filename.split("/")[:3])] += item.compress_size
    assert wheel.stat().st_size <= MOST, sizes.most_common(8)


def test_the_wheel_is_complete(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for name in (
        "templates/pages/home.md",
        "templates/architecture-note/template.yml",
        "catalog/aws/data.toml",
        "draw/fonts/LiberationSans-Regular.ttf",
        "terraform/bindings/aws-vpc-6.yaml",
        "rules/explanations/HA201.md",
        "py.typed",
    ):
        assert f"archgen/{name}" in names


def test_the_installed_wheel_starts_checks_and_builds_a_project(installed: Path, tmp_path: Path, minimal: Path) -> None:
    version = run(installed, "--version", folder=tmp_path)
    assert version.stdout.split()[-1] == __version__, version.stderr
    for command, folder in (
        (("init", "shop", "--cloud", "aws", "--ci", "gitlab"), tmp_path),
        (("validate",), tmp_path / "shop"),
        (("build", "--no-site"), minimal),
    ):
        result = run(installed, *command, folder=folder)
        assert result.returncode == 0, result.stdout + result.stderr
    assert (minimal / "docs/architecture/index.md").is_file()
    python = run(installed.with_name("python"), "-c", "import archgen; print(archgen.__file__)", folder=tmp_path)
    assert Path(python.stdout.strip()).is_relative_to(installed.parents[1])


def test_the_environment_has_nothing_but_the_locked_packages(installed: Path, tmp_path: Path) -> None:
    missing = run(installed.with_name("python"), "-c", "import pytest", folder=tmp_path)
    assert "No module named 'pytest'" in missing.stderr
