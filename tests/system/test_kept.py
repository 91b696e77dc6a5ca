"""What takes long is kept between runs, and a file that cannot be used changes nothing."""

from __future__ import annotations

import hashlib
import json
import marshal
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from archgen.model.json_schema import schema
from archgen.system import kept
from archgen.system.kept import JSON_SCHEMAS, Kept, key_of
from conftest import ROOT

MADE: list[str] = []


@pytest.fixture(autouse=True)
def _writes_compiled_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    MADE.clear()


def value_of(known: Kept, text: str) -> Any:
    def make() -> Any:
        MADE.append(text)
        if text == "wrong":
            raise ValueError(text)
        return {"day": date(2026, 1, 1)} if text == "day" else {"text": text, "list": [1, 1.5, None, True, "ü", (1,)]}

    return known.get(key_of(text, __name__), make)


def entries_in(file: Path) -> dict[bytes, Any]:
    return {key: marshal.loads(content) for key, content in kept._Stored(file).items()}  # written by the test


def test_a_value_is_made_once_in_all_runs(tmp_path: Path) -> None:
    for _run in range(3):
        known = Kept(tmp_path / "folder" / "k")
        assert value_of(known, "a") == value_of(known, "a") == {"text": "a", "list": [1, 1.5, None, True, "ü", (1,)]}
        known.save()
    assert MADE == ["a"]


def test_all_of_a_file_is_read_where_a_system_cannot_read_parts_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("os.pread", raising=False)
    test_a_value_is_made_once_in_all_runs(tmp_path)


def test_another_text_or_another_version_of_the_reader_makes_another_value(tmp_path: Path) -> None:
    reader = tmp_path / "reader_of_this_test.py"
    keys = []
    for source in ("one", "two"):
        reader.write_text(f"'''{source}'''")
        kept._checksum.cache_clear()
        sys.path.insert(0, str(tmp_path))
        keys += [key_of(text, "reader_of_this_test") for text in ("a", "b")]
        sys.path.remove(str(tmp_path))
    assert len({*keys}) == 4


def test_a_package_stands_for_its_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "package_of_this_test"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    before = key_of("a", "package_of_this_test")
    (package / "other.py").write_text("'''changed'''")
    kept._checksum.cache_clear()
    assert key_of("a", "package_of_this_test") != before


def test_what_cannot_be_kept_is_made_again(tmp_path: Path) -> None:
    for _run in range(2):
        known = Kept(tmp_path / "k")
        assert value_of(known, "day") == {"day": date(2026, 1, 1)}
        with pytest.raises(ValueError, match="wrong"):
            value_of(known, "wrong")
        known.save()
    assert MADE == ["day", "wrong"] * 2
    assert not (tmp_path / "k").exists()


def test_none_is_not_kept(tmp_path: Path) -> None:
    known = Kept(tmp_path / "k")
    assert known.get(key_of("none", __name__), lambda: None) is None
    known.save()
    assert not (tmp_path / "k").exists()


KEY = key_of("a", __name__)
WHOLE = kept._with_index({KEY: marshal.dumps({"text": "planted"})})


@pytest.mark.parametrize(
    "damaged",
    [
        *(
            b"",
            b"short",
            WHOLE[:40],
            WHOLE[:32] + bytes(8) + WHOLE[40:],
            bytes(32) + WHOLE[32:],
            WHOLE[40:],
            WHOLE[:-3],
        ),
        *(b"\xff" * 100_000, WHOLE[:-3] + b"\0\0\0", hashlib.sha256(b"").digest() + bytes(8)),
    ],
)
def test_a_damaged_file_is_replaced(tmp_path: Path, damaged: bytes) -> None:
    file = tmp_path / "k"
    file.write_bytes(damaged)
    known = Kept(file)
    assert value_of(known, "a")["text"] == "a"
    known.save()
    assert len(entries_in(file)) == 1


def test_a_damaged_entry_leaves_the_others(tmp_path: Path) -> None:
    entries = {key_of(text, __name__): marshal.dumps({"text": text.upper()}) for text in "ab"}
    content = kept._with_index(entries)
    (tmp_path / "k").write_bytes(content.replace(b"\x01A", b"\x01?"))
    known = Kept(tmp_path / "k")
    assert [value_of(known, text)["text"] for text in "ab"] == ["a", "B"]


def test_nothing_is_written_without_a_place_or_where_python_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    for place in (None, tmp_path / "file" / "k"):  # a folder that cannot be made
        known = Kept(place)
        assert value_of(known, "a")
        known.save()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    known = Kept(tmp_path / "k")
    value_of(known, "a")
    known.save()
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_entries_of_former_versions_are_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MAX_ENTRIES", 3)
    for texts in ("abc", "de"):
        known = Kept(tmp_path / "k")
        for text in texts:
            value_of(known, text)
        known.save()
    assert {entry["text"] for entry in entries_in(tmp_path / "k").values()} == {"d", "e"}


@pytest.mark.slow
def test_a_second_run_answers_the_same_from_what_the_first_one_kept(tmp_path: Path) -> None:
    answers, generated = [], []
    for _run in range(2):
        program = f"import sys; sys.dont_write_bytecode = False; sys.pycache_prefix = {str(tmp_path)!r}\n"
        program += "from archgen.commands.main import main; code = main(['validate', '--jobs', '1'])\n"
        program += "print('pydantic.plugin._loader' in sys.modules); sys.exit(code)"
        done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
        output, _, loaded = done.stdout.rstrip("\n").rpartition("\n")
        answers.append((done.returncode, output, done.stderr))
        generated.append(loaded)  # pydantic asks for plugins when it has generated a schema
        files = {file.suffix: file.read_bytes() for file in tmp_path.rglob("kept.*") if file.suffix != ".pyc"}
        assert {*files} == {".data", ".code"}
    assert answers[0] == answers[1]
    assert generated == ["True", "False"]
    assert {file.suffix: file.read_bytes() for file in tmp_path.rglob("kept.*") if file.suffix != ".pyc"} == files


def test_kept_schemas_are_those_that_pydantic_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    with_kept = schema()
    monkeypatch.setattr(JSON_SCHEMAS, "find", lambda _key: None)
    assert json.dumps(schema(), sort_keys=True) == json.dumps(with_kept, sort_keys=True)
