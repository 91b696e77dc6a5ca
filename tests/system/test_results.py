"""Results that are kept between runs: they are found again, never damaged, and bounded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archgen.system import results
from archgen.system.results import Results, Usage, key_of_parts, users_results
from conftest import archgen

KEY, OTHER = key_of_parts("a"), key_of_parts("b")


def test_a_value_is_found_by_another_run(tmp_path: Path) -> None:
    Results(tmp_path).keep(KEY, {"text": "é\ud800", "rows": [1, None]})
    assert Results(tmp_path).find(KEY) == {"text": "é\ud800", "rows": [1, None]}
    assert Results(tmp_path).find(OTHER) is None


def test_without_a_folder_nothing_is_kept() -> None:
    nothing = Results(None)
    nothing.keep(KEY, 1)
    assert (nothing.find(KEY), nothing.usage(), nothing.clear()) == (None, Usage(0, 0), Usage(0, 0))


def test_keys_tell_parts_apart() -> None:
    assert len({key_of_parts("ab", "c"), key_of_parts("a", "bc"), key_of_parts(["ab"], "c"), key_of_parts("abc")}) == 4
    assert key_of_parts({"a": 1, "b": 2}) == key_of_parts({"b": 2, "a": 1})
    with pytest.raises(TypeError):
        key_of_parts(object())


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-1], lambda b: b[:20], lambda _: b"", lambda b: b[:40] + b"x" + b[41:]]
)
def test_a_damaged_result_is_made_again(tmp_path: Path, damage) -> None:
    kept = Results(tmp_path)
    kept.keep(KEY, "text of a page")
    (file,) = (file for file in tmp_path.rglob("*") if file.is_file())
    file.write_bytes(damage(file.read_bytes()))
    assert kept.find(KEY) is None
    kept.keep(KEY, "text of a page")
    assert kept.find(KEY) == "text of a page"


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    kept = Results(tmp_path / "cache")
    kept.keep(KEY, 1)
    kept.tidy()
    assert (kept.find(KEY), kept.usage()) == (None, Usage(0, 0))


def test_what_was_not_used_for_the_longest_time_is_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Results(tmp_path)
    keys = [key_of_parts(number) for number in range(10)]
    for age, key in enumerate(keys):
        kept.keep(key, "x" * 1000)
        file = tmp_path / key[:2] / key[2:]
        os.utime(file, (10**9 + age, 10**9 + age))
    assert kept.find(keys[0]) is not None  # which is a use
    other = tmp_path / keys[5][:2] / "mine.txt"
    other.write_text("not a result")
    os.utime(other, (1, 1))
    monkeypatch.setattr(results, "MAX_BYTES", 9_000)
    monkeypatch.setattr(results, "_ENOUGH", 5_000)
    kept.tidy()
    assert [key for key in keys if kept.find(key)] == [keys[0], *keys[-3:]]
    assert other.is_file()
    kept.keep(OTHER, "few")
    kept.tidy()
    assert kept.find(keys[0]), "below the limit, nothing is deleted"


def test_clearing_deletes_only_results(tmp_path: Path) -> None:
    kept = Results(tmp_path)
    kept.keep(KEY, 1)
    for folder in ("notes", "de", KEY[:2]):  # a folder of translations has a name of two digits, too
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "mine.txt").write_text("x")
    (tmp_path / KEY[:2] / "tmpa1b2c3d4.new").write_text("from a run that was stopped")
    assert kept.clear().results == 2
    assert {file.name for file in tmp_path.rglob("*") if file.is_file()} == {"mine.txt"}
    (tmp_path / KEY[:2] / "mine.txt").unlink()
    kept.clear()
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["de", "notes"]


def test_the_folder_is_the_users_or_a_named_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHGEN_CACHE", str(tmp_path))
    assert users_results().folder == tmp_path
    monkeypatch.setenv("ARCHGEN_CACHE", "off")
    assert users_results().folder is None
    monkeypatch.delenv("ARCHGEN_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    results._results_in.cache_clear()
    folder = users_results().folder
    results._results_in.cache_clear()
    assert folder is not None
    assert folder.is_relative_to(tmp_path)


def test_the_command_says_how_much_is_kept_and_deletes_it(tmp_path: Path) -> None:
    Results(tmp_path / "kept").keep(KEY, "x" * 2**20)
    env = {"ARCHGEN_CACHE": str(tmp_path / "kept")}
    assert archgen("cache", cwd=tmp_path, env=env).out == f"1 result, 1.0 MiB in {tmp_path / 'kept'}\n"
    assert (
        archgen("cache", "clear", cwd=tmp_path, env=env).out == f"deleted 1 result, 1.0 MiB from {tmp_path / 'kept'}\n"
    )
    assert archgen("cache", cwd=tmp_path, env=env).out.startswith("0 results, 0.0 MiB")
    off = archgen("cache", cwd=tmp_path, env={"ARCHGEN_CACHE": "off"})
    assert (off.code, off.out.split(",")[0]) == (0, "Nothing is kept between runs")
