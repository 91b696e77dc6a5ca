"""The folder `.archgen/`, leftovers of killed builds in it, checkouts with other line endings, and paths that outputs may not have."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archgen.artifacts.base import Artifact
from archgen.publishing.state_folder import alone, staging, swap
from archgen.publishing.write import carry_out, plan, stale
from conftest import archgen, tree

pytestmark = pytest.mark.slow


def killed(root: Path, *, hold: str) -> None:
    """Kills a process while it holds the lock and has a stage."""
    code = f"""
import time
from pathlib import Path
from archgen.publishing.state_folder import alone, staging, swap
root = Path()
with alone(root), staging(root) as stage:
    (stage / "half").write_text("half a file")
    {hold}
    print("ready", flush=True)
    time.sleep(60)
"""
    process = subprocess.Popen([sys.executable, "-c", code], cwd=root, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.kill()
    process.wait(timeout=20)
    process.stdout.close()


def left(root: Path) -> list[str]:
    return sorted(path.name for path in (root / ".archgen").iterdir() if path.name.startswith(("stage-", "holder")))


def test_leftovers_of_killed_builds_are_removed_by_the_next_build(minimal: Path) -> None:
    for _time in range(2):
        killed(minimal, hold="pass")
    assert len(left(minimal)) == 2, "one stage was swept by the second run already, the second is left with its holder"
    assert archgen("build", "--no-site", cwd=minimal).code == 0
    assert left(minimal) == []


def test_leftovers_of_a_build_that_was_killed_in_the_site_step_are_removed(minimal: Path) -> None:
    process = subprocess.Popen([sys.executable, "-m", "archgen", "build"], cwd=minimal, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not list(minimal.glob(".archgen/stage-*/site")):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=20)
    assert left(minimal)
    assert archgen("build", "--no-site", cwd=minimal).code == 0
    assert left(minimal) == []


def test_a_site_that_was_being_replaced_comes_back(minimal: Path) -> None:
    (minimal / "site").mkdir()
    (minimal / "site" / "index.html").write_text("the last good one")
    killed(minimal, hold='Path("site").replace(stage / "old-site")')
    assert not (minimal / "site").exists()
    with alone(minimal):
        assert (minimal / "site" / "index.html").read_text() == "the last good one"


def test_the_stage_of_a_running_build_is_not_removed(minimal: Path) -> None:
    with alone(minimal), staging(minimal) as stage:
        assert archgen("build", "--no-site", cwd=minimal).code == 2
        assert stage.is_dir()


def test_swapping_keeps_the_old_folder_until_the_stage_goes(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    with staging(tmp_path) as stage:
        (stage / "new").mkdir()
        swap(stage / "new", tmp_path / "site", stage)
        assert (stage / "old-site").is_dir()
    assert (tmp_path / "site").is_dir()


# -- links -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [".archgen", ".archgen/lock", ".archgen/holder", ".archgen/committed.json"])
def test_files_of_the_state_folder_are_not_written_through_a_link(minimal: Path, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    if name == ".archgen":
        outside.mkdir()
    else:
        (minimal / ".archgen").mkdir()
        outside.write_text("mine")
    (minimal / name).symlink_to(outside)
    before = tree(tmp_path)
    result = archgen("build", "--no-site", cwd=minimal)
    assert result.code == 2
    assert f"{name}: error[ARC-W002]: it is a symbolic link, which archgen does not follow; delete it" in result.err
    assert tree(tmp_path) == before


def test_a_stage_that_is_a_link_is_removed_and_not_followed(minimal: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "old-site").mkdir(parents=True)
    (minimal / ".archgen").mkdir()
    (minimal / ".archgen" / "stage-x").symlink_to(outside)
    with alone(minimal):
        assert left(minimal) == ["holder"]
    assert (outside / "old-site").is_dir()


def test_an_archive_that_is_a_link_is_refused(minimal: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("mine")
    (minimal / "site-offline.zip").symlink_to(tmp_path / "outside")
    result = archgen("build", "--offline", cwd=minimal)
    assert result.code == 1
    assert (
        "site-offline.zip: error[ARC-W002]: the output is a symbolic link, which archgen does not follow" in result.err
    )
    assert (tmp_path / "outside").read_text() == "mine"


@pytest.mark.parametrize(
    "path", [".git/hooks/x", "infra/.GIT/x", ".archgen/x", ".archgen/drawings.json/x", ".Archgen/y"]
)
def test_no_output_is_in_a_folder_of_git_or_the_state_folder(tmp_path: Path, path: str) -> None:
    problems = plan(tmp_path, [Artifact(path, b"x")]).problems
    assert [(p.code, p.subject) for p in problems] == [("ARC-W002", path)]
    assert "which is not for generated files" in problems[0].message


def test_no_output_gets_there_through_a_link_within_the_project(tmp_path: Path) -> None:
    (tmp_path / ".git" / "hooks").mkdir(parents=True)
    (tmp_path / "infra").symlink_to(".git/hooks")
    assert [p.code for p in plan(tmp_path, [Artifact("infra/x", b"x")]).problems] == ["ARC-W002"]


# -- line ends -------------------------------------------------------------------------------------------


def crlf(root: Path, *names: str) -> None:
    for name in names:
        (root / name).write_bytes((root / name).read_bytes().replace(b"\n", b"\r\n"))


def test_a_checkout_with_windows_line_ends_is_clean(minimal: Path) -> None:
    assert archgen("build", "--no-site", cwd=minimal).code == 0
    committed = [
        name for name in tree(minimal) if name.startswith(("infra/", "schema/", ".archgen/comm", "arch", "mkdocs"))
    ]
    crlf(minimal, *committed)
    before = tree(minimal)
    check = archgen("build", "--check", cwd=minimal)
    assert (check.code, check.out) == (0, "All generated files are up to date.\n")
    again = archgen("build", "--no-site", cwd=minimal)
    assert again.code == 0, again.err
    assert again.out.startswith("0 files written")
    assert tree(minimal) == before


def test_such_a_checkout_takes_a_change_of_the_model(minimal: Path) -> None:
    old, new = (Artifact("infra/a.json", text, committed=True) for text in (b"{\n}\n", b"{\n 1\n}\n"))
    for made in (old, new):
        todo = plan(minimal, [made])
        assert (todo.problems, carry_out(minimal, todo, [made])) == ([], [])
        crlf(minimal, made.path)
        assert stale(minimal, [made]) == []
    (minimal / "infra/a.json").write_bytes(b"{\r\n 2\r\n}\r\n")
    assert [p.code for p in plan(minimal, [old]).problems] == ["ARC-W001"], "an edit is one whatever its line ends"
    assert stale(minimal, [new]) == [("infra/a.json", "changed")]


def test_binary_files_are_compared_byte_for_byte(tmp_path: Path) -> None:
    made = Artifact("docs/architecture/x.png", b"\0\n", committed=True)
    assert carry_out(tmp_path, plan(tmp_path, [made]), [made]) == []
    crlf(tmp_path, made.path)
    assert stale(tmp_path, [made]) == [(made.path, "changed")]


@pytest.mark.skipif(os.name != "posix", reason="modes of Unix")
def test_a_state_folder_that_cannot_be_created_is_named(minimal: Path) -> None:
    (minimal / ".archgen").write_text("a file")
    result = archgen("build", "--no-site", cwd=minimal)
    assert result.code == 2
    assert ".archgen: error[ARC-W002]: it cannot be created: File exists" in result.err
