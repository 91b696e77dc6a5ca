"""The script that records the APIs of Google Cloud."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tools.record_google_apis import main

NAME = "google_api_python_client-2.1.0-py3-none-any.whl"


def wheel(folder: Path, documents: dict[str, dict[str, str]], name: str = NAME) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        for document, content in documents.items():
            archive.writestr(f"googleapiclient/discovery_cache/documents/{document}.json", json.dumps(content))
        archive.writestr("googleapiclient/discovery_cache/documents/index.json", "[]")
    return path


QUEUES = {"rootUrl": "https://queues.googleapis.com/", "title": "Queues API", "revision": "20260102"}


def test_the_newest_title_of_each_api_is_recorded(tmp_path: Path) -> None:
    older = {**QUEUES, "title": "Cloud Queues API", "revision": "20250102"}
    other = {"rootUrl": "https://dns.googleapis.com/", "title": "Cloud DNS API", "revision": "0"}
    file = wheel(tmp_path, {"queues.v1": QUEUES, "queues.v2": older, "dns.v1": other})
    into = tmp_path / "apis.json"
    assert main(["--wheel", str(file), "--into", str(into)]) == 0
    recorded = json.loads(into.read_text(encoding="utf-8"))
    assert recorded["apis"] == {"queues.googleapis.com": "Queues API", "dns.googleapis.com": "Cloud DNS API"}
    assert (recorded["revision"], recorded["date"]) == ("2.1.0", "2026-01-02")


def test_a_record_that_would_change_fails_the_check_and_stays_as_it_is(tmp_path: Path) -> None:
    into = tmp_path / "apis.json"
    file = wheel(tmp_path, {"queues.v1": QUEUES})
    assert main(["--wheel", str(file), "--into", str(into), "--check"]) == 1
    assert not into.exists()
    main(["--wheel", str(file), "--into", str(into)])
    assert main(["--wheel", str(file), "--into", str(into), "--check"]) == 0


@pytest.mark.parametrize("name", ["requests-2.1.0-py3-none-any.whl", NAME])
def test_a_file_without_discovery_documents_is_refused(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    into = tmp_path / "apis.json"
    assert main(["--wheel", str(wheel(tmp_path, {}, name)), "--into", str(into)]) == 1
    assert name in capsys.readouterr().err
    assert not into.exists()


def test_a_file_that_is_not_a_wheel_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / NAME).write_text("text", encoding="utf-8")
    assert main(["--wheel", str(tmp_path / NAME)]) == 1
    assert "cannot be read" in capsys.readouterr().err
