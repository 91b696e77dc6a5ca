"""What archgen's own YAML files say is kept between runs, and a file that cannot be used changes nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from archgen.reading import prepared
from archgen.reading.prepared import Prepared
from conftest import DATA

READ: list[str] = []


@pytest.fixture(autouse=True)
def _writes_compiled_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    READ.clear()


def read(text: str) -> Any:
    READ.append(text)
    if text == "wrong":
        raise ValueError(text)
    return {"day": date(2026, 1, 1)} if text == "day" else {"text": text, "list": [1, 1.5, None, True, "ü"]}


def test_a_text_is_read_once_in_all_runs(tmp_path: Path) -> None:
    for _run in range(3):
        kept = Prepared(tmp_path / "folder" / "p.json")
        assert kept.data("a", read) == kept.data("a", read) == {"text": "a", "list": [1, 1.5, None, True, "ü"]}
        kept.save()
    assert READ == ["a"]


def test_another_text_is_read(tmp_path: Path) -> None:
    for text in ("a", "b"):
        kept = Prepared(tmp_path / "p.json")
        assert kept.data(text, read)["text"] == text
        kept.save()
    assert READ == ["a", "b"]


def test_another_reader_reads_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Prepared(tmp_path / "p.json")
    first.data("a", read)
    first.save()
    monkeypatch.setattr(prepared, "_CHECKSUMS", {read.__module__: "that of another version"})
    Prepared(tmp_path / "p.json").data("a", read)
    assert READ == ["a", "a"]


def test_what_json_would_change_is_not_kept(tmp_path: Path) -> None:
    for _run in range(2):
        kept = Prepared(tmp_path / "p.json")
        assert kept.data("day", read) == {"day": date(2026, 1, 1)}
        kept.save()
    assert READ == ["day", "day"]


def test_what_fails_fails_again(tmp_path: Path) -> None:
    kept = Prepared(tmp_path / "p.json")
    for _time in range(2):
        with pytest.raises(ValueError, match="wrong"):
            kept.data("wrong", read)
    kept.save()
    assert not (tmp_path / "p.json").exists()


@pytest.mark.parametrize("damaged", [b"", b"[1]", b'{"a": ', b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_file_is_replaced(tmp_path: Path, damaged: bytes) -> None:
    file = tmp_path / "p.json"
    file.write_bytes(damaged)
    kept = Prepared(file)
    assert kept.data("a", read)["text"] == "a"
    kept.save()
    assert len(json.loads(file.read_bytes())) == 1


def test_nothing_is_written_without_a_place_or_where_python_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    for place in (None, tmp_path / "file" / "p.json"):  # a folder that cannot be made
        kept = Prepared(place)
        assert kept.data("a", read)
        kept.save()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    kept = Prepared(tmp_path / "p.json")
    kept.data("a", read)
    kept.save()
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_entries_of_former_versions_are_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "MAX_ENTRIES", 3)
    file = tmp_path / "p.json"
    for texts in ("abc", "de"):
        kept = Prepared(file)
        for text in texts:
            kept.data(text, read)
        kept.save()
    assert {entry["text"] for entry in json.loads(file.read_bytes()).values()} == {"d", "e"}


def test_archgen_keeps_it_beside_its_compiled_modules(tmp_path: Path) -> None:
    model = DATA / "models" / "runbooks.yaml"
    program = f"import sys; sys.dont_write_bytecode = False; sys.pycache_prefix = {str(tmp_path)!r}\n"
    program += f"from archgen.commands.main import main; sys.exit(main(['validate', '-m', {str(model)!r}]))"
    answers = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        for _run in range(2)
    ]
    (file,) = tmp_path.rglob("prepared*.json")
    assert len(json.loads(file.read_bytes())) > 5
    assert (answers[0].returncode, answers[0].stdout, answers[0].stderr) == (
        answers[1].returncode, answers[1].stdout, answers[1].stderr,
    )  # fmt: skip
