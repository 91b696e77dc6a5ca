"""The GitLab job that keeps one note on a merge request: its script, run against a server that answers as GitLab's API does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from archgen.comparing.dialects import DIALECTS
from archgen.comparing.review_formats import MOST
from archgen.publishing.ci_files import ci_files

pytestmark = pytest.mark.slow
MARKER = DIALECTS["gitlab-note"].hidden("a--b/shop/architecture.yaml")
JOB = "architecture-a--b-shop-note"
BOT, PERSON = {"id": 7}, {"id": 8}
HEAD = "abc"


@dataclass
class MergeRequest:
    """Merge request 3 of project 5, with its notes, and the job that comments on it."""

    folder: Path
    notes: list[dict[str, Any]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    address: str = ""

    def add(self, author: dict[str, int], body: str, *, system: bool = False) -> None:
        number = len(self.notes) + 100
        self.notes.append({"id": number, "author": author, "body": body, "system": system})

    @property
    def bodies(self) -> list[str]:
        return [note["body"] for note in self.notes]

    def answer(self, method: str, path: str, query: str, body: Any) -> Any:
        """What GitLab answers; None for an address that the API does not have."""
        self.calls.append(method)
        address = "/api/v4/projects/5/merge_requests/3"
        if (method, path) == ("GET", "/api/v4/user"):
            return BOT
        if (method, path) == ("GET", address):
            return {"sha": HEAD}
        if (method, path) == ("GET", f"{address}/notes"):
            asked = dict(pair.split("=") for pair in query.split("&"))
            size, page = int(asked["per_page"]), int(asked["page"])
            return self.notes[size * (page - 1) : size * page]
        if (method, path) == ("POST", f"{address}/notes"):
            self.add(BOT, body["body"])
            return self.notes[-1]
        note = next((n for n in self.notes if path == f"{address}/notes/{n['id']}" and n["author"] == BOT), None)
        if note and method == "PUT":
            note["body"] = body["body"]
        elif note and method == "DELETE":
            self.notes.remove(note)
        return note

    def comment(self, text: str | None, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the job's script with a review; without one if `text` is None."""
        jobs = yaml.safe_load(
            ci_files("gitlab", "a--b/shop", "architecture.yaml")[".gitlab/architecture-a--b-shop.yml"]
        )
        review = self.folder / jobs[JOB]["variables"]["REVIEW"]
        if text is not None:
            review.write_text(text, encoding="utf-8")
        (script,) = jobs[JOB]["script"]
        known = {
            "CI_API_V4_URL": f"{self.address}/api/v4", "CI_MERGE_REQUEST_PROJECT_ID": "5", "CI_MERGE_REQUEST_IID": "3",
            "CI_COMMIT_SHA": HEAD, "CI_PROJECT_DIR": str(self.folder), "ARCHGEN_NOTE_TOKEN": "token-of-the-project",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "no_proxy": "127.0.0.1",
        }  # fmt: skip
        return subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script], cwd=self.folder, check=False, capture_output=True, text=True,
            env=known | jobs[JOB]["variables"] | env,
        )  # fmt: skip


@pytest.fixture
def request_3(tmp_path: Path) -> Iterator[MergeRequest]:
    merge_request = MergeRequest(tmp_path)

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            path, _, query = self.path.partition("?")
            permitted = self.headers.get("PRIVATE-TOKEN") == "token-of-the-project"
            found = merge_request.answer(self.command, path, query, body) if permitted else None
            said = b"" if self.command == "DELETE" else json.dumps(found).encode()
            self.send_response(404 if found is None else 204 if self.command == "DELETE" else 200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815  names of the base class

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        merge_request.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield merge_request
        server.shutdown()
        thread.join()


def test_one_note_is_kept_up_to_date_and_removed(request_3: MergeRequest) -> None:
    request_3.add(PERSON, f"{MARKER}quoted")
    request_3.add(BOT, "<!-- archgen-review: other/architecture.yaml -->\nother")
    request_3.add(BOT, f"{MARKER}renamed", system=True)
    for number in range(150):  # the note is on the second page
        request_3.add(PERSON, f"discussion {number}")
    before = request_3.bodies
    for text in ("one `$(touch x)` 'ä'", "two"):
        done = request_3.comment(f"{MARKER}{text}\n")
        assert done.returncode == 0, done.stderr
        assert request_3.bodies == [*before, f"{MARKER}{text}\n"]
    for _ in range(2):
        assert request_3.comment("").returncode == 0
        assert request_3.bodies == before
    assert not (request_3.folder / "x").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Buy this.\n", "does not begin with its mark"),
        (f"{MARKER}x\n\n/merge\n", "begins with a slash"),
        (MARKER + "x" * (4 * MOST), "too long"),
    ],
)
def test_other_texts_do_not_become_a_note(request_3: MergeRequest, text: str, words: str) -> None:
    done = request_3.comment(text)
    assert done.returncode == 1
    assert words in done.stderr
    assert request_3.calls == []


def test_the_note_stays_without_a_review_and_for_an_older_commit(request_3: MergeRequest) -> None:
    request_3.add(BOT, f"{MARKER}x")
    assert "could not be reviewed" in request_3.comment(None).stdout
    (request_3.folder / "secret").write_text(f"{MARKER}secret")
    link = request_3.folder / "architecture-a--b-shop-review.md"
    link.symlink_to("secret")
    assert "could not be reviewed" in request_3.comment(None).stdout
    link.unlink()
    assert "newer commits" in request_3.comment(f"{MARKER}y\n", CI_COMMIT_SHA="def").stdout
    merged = request_3.comment(
        f"{MARKER}x", CI_COMMIT_SHA="merge of both", CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=HEAD
    )  # a pipeline for merged results
    assert merged.returncode == 0, merged.stderr
    assert request_3.bodies == [f"{MARKER}x"]


def test_without_a_token_the_job_says_so_and_a_wrong_token_fails(request_3: MergeRequest) -> None:
    done = request_3.comment(f"{MARKER}x\n", ARCHGEN_NOTE_TOKEN="")
    assert done.returncode == 0
    assert "There is no ARCHGEN_NOTE_TOKEN" in done.stdout
    assert request_3.comment(f"{MARKER}x\n", ARCHGEN_NOTE_TOKEN="wrong").returncode != 0
    assert request_3.calls == []


def test_only_this_job_gets_the_token_and_only_from_branches_of_the_project() -> None:
    jobs = yaml.safe_load(ci_files("gitlab", ".", "architecture.yaml")[".gitlab/architecture.yml"])
    assert [name for name, job in jobs.items() if "environment" in job] == ["architecture-note"]
    note = jobs["architecture-note"]
    assert note["environment"] == {"name": "archgen-note", "action": "access"}
    (rule,) = note["rules"]
    assert "$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID" in rule["if"]
    assert note["needs"] == ["architecture-check"]
    assert "archgen " not in "".join(note["script"]).replace("import", "")
