"""Standard output and error in all conditions: other encodings, no encoding, closed, full."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from archgen.system.git import ask
from conftest import archgen

pytestmark = pytest.mark.slow


@pytest.fixture
def named(minimal: Path) -> Path:
    """A project whose name cannot be encoded in any code page."""
    model = minimal / "architecture.yaml"
    model.write_text(model.read_text().replace("Small Shop", "Größe → 店 🛒"), encoding="utf-8")
    return minimal


NARROW = [
    {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
    {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"PYTHONIOENCODING": "cp1252"},  # what Python on Windows uses for a pipe
    {"PYTHONIOENCODING": "utf-16"},
]


@pytest.mark.parametrize("environment", NARROW, ids=lambda e: "-".join(e.values()))
def test_what_goes_to_a_pipe_is_utf_8_whatever_the_locale(named: Path, environment: dict[str, str]) -> None:
    for arguments in (["show", "name"], ["export"], ["diagram", "context", "--format", "mermaid"]):
        done = subprocess.run(
            [sys.executable, "-m", "archgen", *arguments],
            cwd=named,
            env={**os.environ, **environment},
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        assert "Größe" in done.stdout.decode() or arguments[0] == "diagram"
        assert b"\r" not in done.stdout


def test_a_comparison_goes_through_a_windows_pipe(named: Path) -> None:
    for arguments in (
        ["init", "-q"],
        ["add", "-A"],
        ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", "1"],
    ):
        assert ask(named, *arguments).ok
    model = named / "architecture.yaml"
    model.write_text(model.read_text(encoding="utf-8").replace("storage_gib: 20", "storage_gib: 21"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "archgen", "compare", "--from-rev", "HEAD"],
        cwd=named,
        env={**os.environ, "PYTHONIOENCODING": "cp1252"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "20 → 21" in done.stdout.decode()


@pytest.mark.skipif(os.name != "posix", reason="streams are closed by a Unix shell")
@pytest.mark.parametrize(
    ("shell", "code"),
    [
        ("archgen export >&-", 0),
        ("archgen validate >&- 2>&-", 0),
        ("archgen validate <&- >&- 2>&-", 0),
        ("archgen show nowhere 2>&-", 2),
        ("archgen nonsense 2>&-", 2),
        ("archgen --help >&-", 0),
        ("archgen show nowhere 2>/dev/full", 2),
        ("archgen export | head -1 >/dev/null; exit ${PIPESTATUS[0]}", 0),
        ("archgen show nowhere 2>&1 | true; exit ${PIPESTATUS[0]}", 0),
    ],
)
def test_closed_output_is_quiet(named: Path, shell: str, code: int) -> None:
    command = shell.replace("archgen", f"{sys.executable} -m archgen", 1)
    done = subprocess.run(["bash", "-c", command], cwd=named, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) in [(code, "", ""), (2, "", "")]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_output_is_named(named: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "archgen", "export"], cwd=named, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert done.stderr == b"archgen: cannot write to standard output: No space left on device\n"


def test_a_file_opened_while_output_is_closed_is_not_overwritten(named: Path) -> None:
    """The next file that is opened must not get the descriptor of a closed stream."""
    command = f"{sys.executable} -m archgen build --no-site <&- >&- 2>&-"
    subprocess.run(["bash", "-c", command], cwd=named, timeout=120, check=True)
    assert archgen("build", "--check", cwd=named).code == 0
