"""When lines were changed, as Git knows it; an incomplete history is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen.system.git_history import NoHistoryError, read_history
from small_repositories import git, release


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose model was changed twice, and whose other file was changed later."""
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    release(root, "first", "2026-01-10", {"sub/model.yaml": "one: 1\ntwo: 2\nthree: 3\n"})
    release(root, "second", "2026-02-20", {"sub/model.yaml": "one: 1\ntwo: 22\nthree: 3\n"})
    release(root, "other", "2026-03-30", {"sub/other.yaml": "x: 1\n"})
    return root / "sub"


def test_the_last_change_of_lines_is_the_latest_of_each(repository: Path) -> None:
    history = read_history(repository, ["model.yaml"])
    assert history.days == {"model.yaml": ("2026-01-10", "2026-02-20", "2026-01-10")}
    assert history.latest == (("2026-02-20", "second"), ("2026-01-10", "first"))
    assert history.last_change("model.yaml", 1, 1) == "2026-01-10"
    assert history.last_change("model.yaml", 1, 3) == "2026-02-20"
    assert history.last_change("unknown.yaml", 1, 3) is None


def test_lines_that_are_not_committed_have_no_day(repository: Path) -> None:
    (repository / "model.yaml").write_text("one: 1\ntwo: 22\nthree: 33\n")
    history = read_history(repository, ["model.yaml"])
    assert history.last_change("model.yaml", 1, 2) == "2026-02-20"
    assert history.last_change("model.yaml", 2, 3) is None


def test_an_impossible_time_and_a_text_in_another_encoding_are_read(repository: Path, tmp_path: Path) -> None:
    (repository / "model.yaml").write_text("one: 1\ntwo: 22\nthree: 33\n")
    git(repository, "add", "-A")
    tree, parent = git(repository, "write-tree"), git(repository, "rev-parse", "HEAD")
    for time, message in ((b"99999999999999", b"far"), (b"1775000000", b"K\xe4se")):
        who = b"A <a@example.org> " + time + b" +0000"
        head = f"tree {tree}\nparent {parent}\n".encode()
        (tmp_path / "commit").write_bytes(head + b"author " + who + b"\ncommitter " + who + b"\n\n" + message)
        git(
            repository,
            "update-ref",
            "HEAD",
            git(repository, "hash-object", "-t", "commit", "-w", str(tmp_path / "commit")),
        )
        history = read_history(repository, ["model.yaml"])
        expected = (None, ()) if message == b"far" else ("2026-03-31", (("2026-03-31", "K\ufffdse"),))
        assert (history.days["model.yaml"][2], history.latest[:-2]) == expected


def test_a_shallow_history_and_a_folder_without_one_are_refused(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", repository.parent.as_uri(), "shallow")
    with pytest.raises(NoHistoryError, match="the clone is shallow"):
        read_history(tmp_path / "shallow" / "sub", ["model.yaml"])
    (tmp_path / "plain").mkdir()
    with pytest.raises(NoHistoryError, match="not a git repository"):
        read_history(tmp_path / "plain", ["model.yaml"])
