"""Files that a person names with `-o`: never half-written; devices, pipes and links are kept and written through."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from archgen.artifacts.base import Artifact
from archgen.publishing.write import write_all
from archgen.system import outfile
from archgen.system.outfile import UnwritableError, write_one
from conftest import archgen

POSIX = pytest.mark.skipif(os.name != "posix", reason="needs devices, pipes and links as Unix has them")
pytestmark = POSIX


def run(root: Path, shell: str) -> subprocess.CompletedProcess[str]:
    command = shell.replace("archgen", f"{sys.executable} -m archgen")
    return subprocess.run(["bash", "-c", command], cwd=root, capture_output=True, text=True, timeout=60, check=False)


def test_a_new_file_has_default_permissions_and_an_old_one_keeps_its_permissions(tmp_path: Path) -> None:
    file = tmp_path / "x"
    old = os.umask(0o027)
    try:
        assert write_one(file, b"1") is True
    finally:
        os.umask(old)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    file.chmod(0o604)
    write_one(file, b"2")
    assert (stat.S_IMODE(file.stat().st_mode), file.read_bytes()) == (0o604, b"2")
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_link_stays_and_its_target_is_replaced_in_one_step(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "x", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to("real/x")
    before = target.stat().st_ino
    write_one(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert target.stat().st_ino != before, "moved into place, not written over"
    dangling = tmp_path / "dangling"
    dangling.symlink_to("real/later")
    write_one(dangling, b"made")
    assert dangling.is_symlink()
    assert (tmp_path / "real" / "later").read_bytes() == b"made"


def test_a_device_stays_a_device(tmp_path: Path) -> None:
    link = tmp_path / "null"
    link.symlink_to("/dev/null")
    before = Path("/dev/null").stat().st_rdev
    for path in (Path("/dev/null"), link):
        assert write_one(path, b"x") is False
    assert stat.S_ISCHR(Path("/dev/null").lstat().st_mode)
    assert Path("/dev/null").stat().st_rdev == before
    assert link.is_symlink()


def test_a_device_that_one_made_stays_a_device(tmp_path: Path) -> None:
    device = tmp_path / "device"
    try:
        os.mknod(device, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("only root may make devices")
    try:
        write_one(device, b"x")
    except UnwritableError:
        assert os.statvfs(tmp_path).f_flag & os.ST_NODEV
    assert stat.S_ISCHR(device.lstat().st_mode)


def test_a_pipe_gets_everything(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_one(pipe, b"x" * 200_000)
    reader.join(timeout=20)
    assert got == [b"x" * 200_000]
    assert stat.S_ISFIFO(pipe.lstat().st_mode)


@pytest.mark.slow
def test_output_is_appended_to_standard_output_by_any_of_its_names(minimal: Path) -> None:
    for name in ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"):
        done = run(minimal, f"{{ echo before; archgen export -o {name}; echo after; }} > all; head -2 all; tail -1 all")
        assert done.stdout == "before\n{\nafter\n"
    done = run(minimal, "archgen diagram context --format svg -o /dev/fd/3 3>&1 >/dev/null | tail -c 7")
    assert done.stdout == "</svg>\n"
    done = run(minimal, "archgen export -o >(tail -1); sleep 0.3")
    assert done.stdout == "}\n"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("no/such/x.json", "the folder no/such does not exist"),
        ("docs", "Is a directory"),
        ("/dev/full", "No space left on device"),
    ],
)
def test_what_cannot_be_written_is_named(minimal: Path, path: str, why: str) -> None:
    (minimal / "docs").mkdir()
    result = archgen("export", "-o", path, cwd=minimal)
    assert (result.code, result.err) == (2, f"archgen: cannot write {path}: {why}\n")


def test_a_full_disk_is_named_with_the_file_and_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "x.svg"
    file.write_bytes(b"old")

    def full(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(UnwritableError, match=r"^cannot write .*x\.svg: No space left on device$"):
        write_one(file, b"new")
    assert file.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["x.svg"]


def test_a_file_that_must_not_be_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *_a: False)  # root may write anything
    with pytest.raises(UnwritableError, match="Permission denied"):
        write_one(file, b"new")
    assert file.read_bytes() == b"old"


def test_a_file_that_cannot_be_moved_to_is_written_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A single file that is mounted into a container cannot be replaced."""
    file = tmp_path / "x"
    file.write_bytes(b"longer than the new one")

    def busy(self: Path, target: Path) -> Path:
        raise OSError(errno.EBUSY, "Device or resource busy")

    monkeypatch.setattr(Path, "replace", busy)
    write_one(file, b"new")
    assert file.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_review_is_not_written_through_a_link_that_leads_out(project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text("", encoding="utf-8")
    (project / "reviews.yaml").symlink_to(outside)
    result = archgen("parity", "review", "--all", "--by", "Ada", cwd=project)
    assert result.code == 2
    assert outside.read_text(encoding="utf-8") == ""


@pytest.mark.parametrize("name", ["../x", ".git/hooks/x", "a/.GIT/x"])
def test_nothing_of_git_or_outside_is_written_by_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnwritableError, match="leads out of the project"):
        outfile.write_in_project(tmp_path / "project", name, b"x")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_folder_that_a_person_named_is_not_left_through_its_links(minimal: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.svg"
    outside.write_text("mine", encoding="utf-8")
    (minimal / "pictures").mkdir()
    (minimal / "pictures" / "context.svg").symlink_to(outside)
    result = archgen("diagram", "--all", "-o", "pictures", cwd=minimal)
    assert (result.code, result.err) == (
        2,
        "archgen: cannot write pictures/context.svg: it is a symbolic link that leads out of the folder\n",
    )
    assert outside.read_text(encoding="utf-8") == "mine"


def test_a_full_disk_while_a_stage_is_filled_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UnwritableError, match=r"^cannot write docs/x\.md: No space left on device$"):
        write_all(tmp_path, [Artifact("docs/x.md", b"x")])
