"""Recording until when versions are supported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archgen.catalog.entries import product_of
from archgen.registry import ExtensionError
from small_repositories import git, release
from tools.record_versions import main
from tools.recorded import recorded_problem

PRODUCT = """\
---
title: Queue
releases:
  - releaseCycle: "1.30"
    eol: 2027-02-28
  - releaseCycle: "1.3"
    eol: 2024-03-01
  - releaseCycle: "1.2"
    eol: 2024-01-30
  - releaseCycle: "1.31"
    eol: false
---

Text about it.
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "endoflife.date"
    folder.mkdir()
    git(folder, "init", "-q")
    release(folder, "first", "2026-01-31", {"products/queue.md": PRODUCT, "products/broken.md": "---\ntitle: x\n---\n"})
    return folder


def record(repository: Path, into: Path, *arguments: str) -> int:
    return main(["--repository", str(repository), "--into", str(into), *arguments])


def test_versions_that_ended_within_two_years_or_will_end_are_recorded_as_text(
    repository: Path, tmp_path: Path
) -> None:
    into = tmp_path / "versions.json"
    assert record(repository, into, "--products", "queue") == 0
    assert recorded_problem(into.read_text(), "record_versions") is None
    found = json.loads(into.read_text())
    assert found["ends"] == {"queue": {"1.30": "2027-02-28", "1.3": "2024-03-01"}}
    assert (found["commit"], found["date"]) == (git(repository, "rev-parse", "HEAD"), "2026-01-31")


def test_the_recorded_commit_is_read_again_until_the_latest_is_asked_for(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    into = tmp_path / "versions.json"
    record(repository, into, "--products", "queue")
    release(repository, "second", "2026-02-28", {"products/queue.md": PRODUCT.replace("2027-02-28", "2027-04-30")})
    capsys.readouterr()
    assert record(repository, into, "--products", "queue", "--check") == 0
    assert record(repository, into, "--products", "queue", "--latest", "--check") == 1
    assert json.loads(into.read_text())["ends"]["queue"]["1.30"] == "2027-02-28"
    assert record(repository, into, "--products", "queue", "--latest") == 0
    assert "queue 1.30: 2027-02-28 became 2027-04-30\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("product", "said"),
    [("nothing", "has no product nothing"), ("broken", "products/broken.md has no readable releases")],
)
def test_a_product_that_cannot_be_read_is_named(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], product: str, said: str
) -> None:
    assert record(repository, tmp_path / "versions.json", "--products", product) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "versions.json").exists()


def test_a_product_of_the_catalog_that_names_unrecorded_versions_is_refused(tmp_path: Path) -> None:
    entry = {"name": "Q", "short": "Q", "definition": "Q.", "documentation": "https://q.example", "tile": "Q"}
    file = tmp_path / "queues.toml"
    file.write_text('[q]\nname = "Q"\nversions = "nothing"\n')
    with pytest.raises(ExtensionError, match="the product 'q': unknown value 'nothing' of `versions`") as refused:
        product_of("q", "aws", {**entry, "versions": "nothing"}, file)
    assert refused.value.line == 3
    assert "amazon-eks" in refused.value.help


def test_the_end_of_standard_support_of_functions_is_that_before_their_runtimes_are_frozen(
    repository: Path, tmp_path: Path
) -> None:
    text = PRODUCT.replace("    eol: 2027-02-28\n", "    eoas: 2026-11-30\n    eol: 2027-02-28\n")
    text = text.replace("    eol: 2024-03-01\n", "    eoas: false\n    eol: 2024-03-01\n")
    text = text.replace("    eol: 2024-01-30\n", "    eoas: false\n    eol: false\n").replace(
        "    eol: false\n---", "    eoas: false\n    eol: false\n---"
    )
    release(repository, "second", "2026-02-28", {"products/aws-lambda.md": text})
    into = tmp_path / "versions.json"
    assert record(repository, into, "--products", "aws-lambda") == 0
    assert json.loads(into.read_text())["ends"] == {"aws-lambda": {"1.30": "2026-11-30"}}
