"""How tests run the command line, and what they share: a forked run is like one of a new interpreter, and changes are noticed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import processes
from sharing import Shared


def run(cwd: Path, *arguments: str, **env: str) -> processes.Ended:
    return processes.run(processes.Run(arguments, cwd, {**os.environ, **env}))


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [(), ("--help",), ("nonsense",), ("show", "name"), ("show", "nowhere"), ("validate", "-m", "gone.yaml")],
    ids=" ".join,
)
def test_a_forked_run_is_like_one_of_a_new_interpreter(minimal: Path, arguments: tuple[str, ...]) -> None:
    forked = run(minimal, *arguments)
    assert forked == run(minimal, *arguments, PYTHONHASHSEED="0")


def test_runs_leave_nothing_to_each_other(minimal: Path, tmp_path: Path) -> None:
    assert run(minimal, "show", "name")[0] == 0
    code, _out, err = run(tmp_path, "show", "name")
    assert (code, "architecture.yaml" in err) == (2, True)
    assert run(minimal, "show", "nowhere", ARCHGEN_DEBUG="1")[0] == 2
    assert run(minimal, "show", "name")[0] == 0


def test_a_shared_folder_is_made_once_and_a_change_of_it_is_found(tmp_path_factory: pytest.TempPathFactory) -> None:
    shared, name = Shared(tmp_path_factory), "a-folder-of-this-test"
    made = []

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "file").write_text("x")

    folder = shared.folder(name, make)
    assert shared.folder(name, make) == folder
    assert Shared(tmp_path_factory).folder(name, make) == folder
    assert len(made) == 1
    assert shared.changed() == []
    (folder / "file").write_text("changed")
    (folder / "more").write_text("")
    assert shared.changed() == [f"{name}/file", f"{name}/more"]


def test_a_shared_folder_that_could_not_be_made_is_made_by_the_next(tmp_path_factory: pytest.TempPathFactory) -> None:
    shared, name = Shared(tmp_path_factory), "a-folder-that-fails"

    def fail(folder: Path) -> None:
        (folder / "half").write_text("")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        shared.folder(name, fail)
    folder = shared.folder(name, lambda folder: (folder / "whole").touch())
    assert [file.name for file in folder.iterdir()] == ["whole"]
