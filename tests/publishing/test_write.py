"""Writing: all files or none, no overwritten work of people, and the next build gives the same bytes as a clean one."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from archgen.artifacts.base import Artifact
from archgen.publishing.state_folder import alone
from archgen.publishing.write import carry_out, plan, stale
from conftest import archgen, tree

pytestmark = pytest.mark.slow


A = Artifact("infra/a.json", b"a1", committed=True)
B = Artifact("docs/architecture/b.md", b"b1")


def build(root: Path, *artifacts: Artifact, force: tuple[str, ...] = ()) -> list[str]:
    todo = plan(root, artifacts, force)
    problems = todo.problems or carry_out(root, todo, artifacts)
    return [f"{p.code} {p.subject}" for p in problems]


def test_unchanged_files_are_not_touched(tmp_path: Path) -> None:
    assert build(tmp_path, A, B) == []
    before = {p: (tmp_path / p).stat().st_mtime_ns for p in (A.path, B.path, ".archgen/committed.json")}
    assert build(tmp_path, A, B) == []
    assert before == {p: (tmp_path / p).stat().st_mtime_ns for p in before}


def test_each_manifest_lists_its_own_files(tmp_path: Path) -> None:
    build(tmp_path, A, B)
    for name, path in (("committed", A.path), ("generated", B.path)):
        assert list(json.loads((tmp_path / f".archgen/{name}.json").read_text())["files"]) == [path]


def test_a_changed_model_overwrites_what_archgen_wrote(tmp_path: Path) -> None:
    build(tmp_path, A, B)
    assert build(tmp_path, Artifact(A.path, b"a2", committed=True), B) == []
    assert (tmp_path / A.path).read_bytes() == b"a2"


def test_a_fresh_clone_knows_committed_files_as_its_own(tmp_path: Path) -> None:
    build(tmp_path, A, B)
    (tmp_path / ".archgen/generated.json").unlink()
    (tmp_path / B.path).unlink()
    assert build(tmp_path, Artifact(A.path, b"a2", committed=True), B) == []


def test_a_file_that_a_person_edited_stays(tmp_path: Path) -> None:
    build(tmp_path, A, B)
    (tmp_path / A.path).write_bytes(b"mine")
    new = [Artifact(A.path, b"a2", committed=True), Artifact(B.path, b"b2")]
    assert build(tmp_path, *new) == [f"ARC-W001 {A.path}"]
    assert (tmp_path / A.path).read_bytes() == b"mine"
    assert (tmp_path / B.path).read_bytes() == b"b1", "nothing is half-written"
    assert build(tmp_path, *new, force=(A.path,)) == []
    assert (tmp_path / A.path).read_bytes() == b"a2"


def test_a_file_that_archgen_did_not_write_stays(tmp_path: Path) -> None:
    (tmp_path / "infra").mkdir()
    (tmp_path / A.path).write_bytes(b"somebody's")
    assert build(tmp_path, A) == [f"ARC-W001 {A.path}"]
    assert (tmp_path / A.path).read_bytes() == b"somebody's"


def test_leftovers_are_removed_only_if_they_are_unedited(tmp_path: Path) -> None:
    more = [Artifact(f"docs/architecture/old/{n}.md", b"x") for n in "ab"]
    build(tmp_path, A, *more)
    (tmp_path / more[0].path).write_bytes(b"edited")
    assert build(tmp_path, A) == []
    assert (tmp_path / more[0].path).exists()
    assert not (tmp_path / more[1].path).exists()


def test_empty_folders_of_leftovers_go_too(tmp_path: Path) -> None:
    build(tmp_path, A, Artifact("docs/architecture/old/deep/a.md", b"x"))
    build(tmp_path, A)
    assert not (tmp_path / "docs/architecture").exists()
    assert (tmp_path / "docs").exists()


@pytest.mark.parametrize("where", ["file", "folder"])
def test_links_are_refused(tmp_path: Path, where: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "root"
    root.mkdir()
    if where == "folder":
        (root / "infra").symlink_to(outside)
    else:
        (root / "infra").mkdir()
        (root / A.path).symlink_to(outside / "victim")
    assert build(root, A) == [f"ARC-W002 {A.path}"]
    assert not list(outside.iterdir())


def test_a_path_that_leads_out_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    assert build(root, Artifact("../x", b"x")) == ["ARC-W002 ../x"]


def test_a_broken_manifest_is_reported(tmp_path: Path) -> None:
    build(tmp_path, A)
    (tmp_path / ".archgen/committed.json").write_text("<<<<<<< HEAD\n")
    assert "ARC-W003 .archgen/committed.json" in build(tmp_path, A)


def test_stale(tmp_path: Path) -> None:
    assert stale(tmp_path, [A, B]) == [(A.path, "missing")]  # a fresh clone has no pages
    build(tmp_path, A, B)
    assert stale(tmp_path, [A, B]) == []
    before = tree(tmp_path)
    new = [Artifact(A.path, b"a2", committed=True)]
    assert stale(tmp_path, new) == [(B.path, "left over"), (A.path, "changed")]
    assert tree(tmp_path) == before


def test_a_full_disk_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path, A, B)
    before = tree(tmp_path)

    def full(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    assert build(tmp_path, Artifact(A.path, b"a2", committed=True), Artifact(B.path, b"b2")) == [f"ARC-W002 {A.path}"]
    assert tree(tmp_path) == before


@pytest.mark.parametrize("moves", range(4))
def test_a_process_that_dies_between_moves_does_not_disturb_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    def generation(n: int) -> list[Artifact]:
        changed = [Artifact(f"infra/{name}.json", f"{name}{n}".encode(), committed=True) for name in "abc"]
        return [
            *changed,
            Artifact(f"infra/only-in-{n}.json", b"// Generated by archgen from architecture.yaml.", committed=True),
        ]

    build(tmp_path, *generation(1))
    real, done = Path.replace, []

    def dying(self: Path, target: Path) -> Path:
        if self.name.isdigit():
            if len(done) == moves:
                raise KeyboardInterrupt
            done.append(target)
        return real(self, target)

    monkeypatch.setattr(Path, "replace", dying)
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path, *generation(2))
    monkeypatch.setattr(Path, "replace", real)
    assert build(tmp_path, *generation(3)) == []
    clean = tmp_path / "clean"
    clean.mkdir()
    build(clean, *generation(3))
    assert {p: c for p, c in tree(tmp_path).items() if not p.startswith("clean/")} == tree(clean)


def test_a_file_in_the_way_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "infra").write_text("a file")
    assert build(tmp_path, A, B) == [f"ARC-W002 {A.path}"]
    assert not (tmp_path / B.path).exists()


@pytest.mark.slow
@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGKILL], ids=["ctrl-c", "kill"])
def test_after_an_interrupted_build_the_old_output_is_complete_or_the_next_build_completes_it(
    minimal: Path, kind: int
) -> None:
    model = minimal / "architecture.yaml"
    original = model.read_text() + "terraform: {stacks: {data: {purpose: The database., modules: [rds]}}}\n"
    model.write_text(original)
    assert archgen("build", "--no-site", cwd=minimal).code == 0
    clean = tree(minimal)
    assert "infra/aws/data/live.tfvars.json" in clean
    model.write_text(original.replace("retention_days: 7", "retention_days: 8"))
    # Before anything is written, as soon as the files are prepared, and a little later.
    for delay in (None, 0.0, 0.002, 0.008):
        process = subprocess.Popen(
            [sys.executable, "-m", "archgen", "build", "--no-site"],
            cwd=minimal,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        if delay is None:
            assert process.stderr is not None
            process.stderr.readline()  # it reports what it does, so Python's own start is over
        else:
            wait_for_a_stage(minimal, process)
            time.sleep(delay)
        process.send_signal(kind)
        _out, err = process.communicate(timeout=60)
        assert b"Traceback" not in err
        if process.returncode == 130:  # it depends on the moment whether anything was written
            assert err.endswith(b"Interrupted. No file was partially written; run the same command again to finish.\n")
        for path, content in tree(minimal).items():
            if path.endswith(".json") and path.startswith("infra"):
                json.loads(content)  # never half-written
    model.write_text(original)
    assert archgen("build", "--no-site", cwd=minimal).code == 0
    assert tree(minimal) == clean


def wait_for_a_stage(root: Path, process: subprocess.Popen[bytes]) -> None:
    """Return when a build prepares its files, or has ended."""
    before = _names(root / ".archgen")
    while process.poll() is None and not any(n.startswith("stage-") for n in _names(root / ".archgen") - before):
        time.sleep(0.001)


def _names(folder: Path) -> set[str]:
    """What a folder contains; without paths, because it is read a thousand times a second."""
    with os.scandir(folder) as entries:
        return {entry.name for entry in entries}


def test_a_second_build_names_the_first_and_writes_nothing(minimal: Path) -> None:
    with alone(minimal):
        before = tree(minimal)
        result = archgen("build", "--no-site", cwd=minimal)
        assert result.code == 2
        assert f"error[ARC-W004]: another build is running here: process {os.getpid()} on " in result.err
        assert tree(minimal) == before
        assert archgen("build", "--check", cwd=minimal).code == 3  # checking does not write
    assert archgen("build", "--no-site", cwd=minimal).code == 0


def test_the_lock_of_a_killed_build_is_gone(minimal: Path) -> None:
    code = """
import time
from pathlib import Path
from archgen.publishing.state_folder import alone
with alone(Path()):
    print("held", flush=True)
    time.sleep(60)
"""
    holder = subprocess.Popen([sys.executable, "-c", code], cwd=minimal, stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    assert archgen("build", "--no-site", cwd=minimal).code == 2
    holder.kill()
    holder.wait(timeout=20)
    holder.stdout.close()
    assert archgen("build", "--no-site", cwd=minimal).code == 0


@pytest.mark.slow
def test_two_simultaneous_builds_leave_the_same_as_one(minimal: Path) -> None:
    command = [sys.executable, "-m", "archgen", "build", "--no-site"]
    both = [subprocess.Popen(command, cwd=minimal, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _n in range(2)]
    codes = []
    for process in both:
        _out, err = process.communicate(timeout=120)
        assert b"Traceback" not in err
        codes.append(process.returncode)
    assert 0 in codes
    assert set(codes) <= {0, 2}
    assert archgen("build", "--check", cwd=minimal).code == 0


def test_a_site_that_is_a_link_is_refused(minimal: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "sitemap.xml").write_text("mine")
    (minimal / "site").symlink_to(elsewhere)
    result = archgen("build", cwd=minimal)
    assert result.code == 1
    assert "site: error[ARC-W002]: the output is a symbolic link, which archgen does not follow" in result.err
    assert [path.name for path in elsewhere.iterdir()] == ["sitemap.xml"]


def test_a_folder_without_permission_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path, A, B)
    before = tree(tmp_path)

    def refused(self: Path, target: Path) -> Path:
        raise OSError(errno.EACCES, "Permission denied", str(target))

    monkeypatch.setattr(Path, "replace", refused)
    assert build(tmp_path, Artifact(A.path, b"a2", committed=True)) == ["ARC-W002 .archgen"]
    assert tree(tmp_path) == before


def test_force_takes_back_a_file_that_a_person_edited(minimal: Path) -> None:
    assert archgen("build", "--no-site", cwd=minimal).code == 0
    page = minimal / "docs" / "architecture" / "glossary.md"
    wanted = page.read_bytes()
    page.write_bytes(b"mine\n")
    refused = archgen("build", "--no-site", cwd=minimal)
    assert refused.code == 2
    assert "archgen build --force docs/architecture/glossary.md" in refused.err
    assert page.read_bytes() == b"mine\n"
    assert archgen("build", "--no-site", "--force", "docs/architecture/glossary.md", cwd=minimal).code == 0
    assert page.read_bytes() == wanted
