"""Recording Terraform modules from checkouts and bare repositories."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from small_repositories import git, release
from tools.record_modules import main
from tools.recorded import recorded_problem


@pytest.fixture
def checkouts(tmp_path: Path) -> Path:
    """A folder with the checkout of one module, released as 1.0.0, 1.10.0, a prerelease and 2.0.0."""
    folder = tmp_path / "checkouts" / "someone" / "terraform-aws-queue"
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    release(
        folder, "v1.0.0", "2026-01-31", {"variables.tf": 'variable "name" {\n type = string\n}\n', "README.md": "x"}
    )
    release(folder, "v1.9.0", "2026-02-01", {"context.tf": 'variable "tags" {\n default = {}\n}\n'})
    release(
        folder,
        "v1.10.0",
        "2026-02-02",
        {"modules/dead/main.tf": 'variable "depth" {}\noutput "arn" {\n value = 1\n}\n'},
    )
    release(folder, "v1.11.0-rc1", "2026-02-03", {"rc.tf": 'variable "rc" {}\n'})
    release(folder, "v2.0.0", "2026-02-04", {"variables.tf": 'variable "queue_name" {}\n'})
    return tmp_path / "checkouts"


@pytest.fixture
def into(tmp_path: Path) -> Path:
    (tmp_path / "modules").mkdir()
    return tmp_path / "modules"


def record(into: Path, *arguments: str | Path) -> int:
    return main([*map(str, arguments), "--into", str(into)])


def test_a_new_module_is_recorded_at_the_newest_release_of_its_series(checkouts: Path, into: Path) -> None:
    new = ("--source", "someone/terraform-aws-queue")
    assert record(into, "aws-queue-1", "--checkouts", checkouts, *new) == 0
    text = (into / "aws-queue-1.json").read_text()
    assert recorded_problem(text, "record_modules") is None
    found = json.loads(text)
    assert (found["version"], found["date"], found["path"]) == ("v1.10.0", "2026-02-02", "")
    assert found["commit"] == git(checkouts / "someone/terraform-aws-queue", "rev-parse", "v1.10.0")
    assert found["inputs"] == {"name": {"type": "string", "required": True}, "tags": {"type": "any", "default": "{}"}}


def test_a_module_inside_a_repository_is_read_from_its_folder_alone(checkouts: Path, into: Path) -> None:
    new = ("--source", "someone/terraform-aws-queue", "--path", "modules/dead", "--revision", "v1.10.0")
    assert record(into, "aws-queue-dead-1", "--checkouts", checkouts, *new) == 0
    found = json.loads((into / "aws-queue-dead-1.json").read_text())
    assert (list(found["inputs"]), found["outputs"]) == (["depth"], {"arn": {}})


def test_recording_again_changes_nothing_until_the_newest_release_is_asked_for(
    checkouts: Path, into: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(
        into, "aws-queue-1", "--checkouts", checkouts, "--source", "someone/terraform-aws-queue", "--revision", "v1.0.0"
    )
    before = (into / "aws-queue-1.json").read_bytes()
    capsys.readouterr()
    assert record(into, "--checkouts", checkouts, "--check") == 0
    assert record(into, "--checkouts", checkouts) == 0
    assert (into / "aws-queue-1.json").read_bytes() == before
    assert capsys.readouterr().out == ""
    assert record(into, "--checkouts", checkouts, "--latest", "--check") == 1
    assert (into / "aws-queue-1.json").read_bytes() == before
    assert record(into, "--checkouts", checkouts, "--latest") == 0
    said = capsys.readouterr().out
    assert "aws-queue-1: version v1.0.0 became v1.10.0\n" in said
    assert "aws-queue-1: inputs added: tags\n" in said


def test_a_record_that_was_edited_by_hand_differs_from_its_module(checkouts: Path, into: Path) -> None:
    record(into, "aws-queue-1", "--checkouts", checkouts, "--source", "someone/terraform-aws-queue")
    file = into / "aws-queue-1.json"
    file.write_text(file.read_text().replace('"string"', '"number"'))
    assert record(into, "--checkouts", checkouts, "--check") == 1


def test_a_bare_repository_is_read_as_well_and_uncommitted_files_are_not(
    checkouts: Path, into: Path, tmp_path: Path
) -> None:
    checkout = checkouts / "someone/terraform-aws-queue"
    (checkout / "uncommitted.tf").write_text('variable "uncommitted" {}\n')
    git(tmp_path, "clone", "-q", "--bare", str(checkout), str(tmp_path / "bare"))
    for name, repository in (("aws-a-2", checkout), ("aws-b-2", tmp_path / "bare")):
        assert record(into, name, "--repository", repository, "--source", "someone/terraform-aws-queue") == 0
    first, second = ((into / f"{name}.json").read_bytes() for name in ("aws-a-2", "aws-b-2"))
    assert first == second
    assert "uncommitted" not in first.decode()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("aws-queue-1",), "aws-queue-1: it is not recorded yet: --source has to name its repository"),
        (("aws-queue-1", "--source", "a/b"), "--checkouts or --repository has to say where"),
        (("aws-queue-1", "--source", "a/b", "--checkouts", "{}"), "has no checkout of a/b; --clone makes one"),
        (
            ("aws-queue-9", "--source", "someone/terraform-aws-queue", "--checkouts", "{}"),
            "has no release of version 9",
        ),
        (("aws-queue", "--source", "someone/terraform-aws-queue", "--checkouts", "{}"), "as in aws-vpc-6"),
        (
            ("aws-queue-1", "--source", "someone/terraform-aws-queue", "--checkouts", "{}", "--revision", "v7"),
            "has no revision v7",
        ),
        (
            ("aws-queue-1", "--source", "someone/terraform-aws-queue", "--checkouts", "{}", "--path", "modules/none"),
            "has no folder modules/none",
        ),
        (
            ("aws-queue-1", "--source", "someone/terraform-aws-queue", "--checkouts", "{}", "--path", "modules"),
            "has no .tf file in modules at v1.10.0",
        ),
    ],
)
def test_what_cannot_be_recorded_is_said_and_nothing_is_written(
    checkouts: Path, into: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert record(into, *(str(checkouts) if a == "{}" else a for a in arguments)) == 1
    assert said in capsys.readouterr().err
    assert list(into.iterdir()) == []


def test_a_module_with_broken_code_is_named_with_the_place(
    checkouts: Path, into: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    release(
        checkouts / "someone/terraform-aws-queue", "v3.0.0", "2026-02-05", {"broken.tf": 'variable "x" {\n  = 1\n}\n'}
    )
    assert record(into, "aws-queue-3", "--checkouts", checkouts, "--source", "someone/terraform-aws-queue") == 1
    assert "aws-queue-3: broken.tf:1:" in capsys.readouterr().err


def test_a_missing_repository_is_cloned_and_later_brought_up_to_date(
    checkouts: Path, into: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = checkouts / "someone/terraform-aws-queue"
    git(origin, "config", "uploadpack.allowFilter", "true")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", f"url.file://{origin}.insteadOf")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "https://github.com/someone/terraform-aws-queue.git")
    arguments = ("--checkouts", tmp_path / "cache", "--clone", "--latest", "--source", "someone/terraform-aws-queue")
    assert record(into, "aws-queue-1", *arguments) == 0
    assert json.loads((into / "aws-queue-1.json").read_text())["version"] == "v1.10.0"
    release(origin, "v1.12.0", "2026-02-06", {"more.tf": 'variable "more" {}\n'})
    assert record(into, "aws-queue-1", *arguments) == 0
    assert json.loads((into / "aws-queue-1.json").read_text())["version"] == "v1.12.0"


def test_a_file_that_is_a_symbolic_link_is_followed_within_the_repository(
    checkouts: Path, into: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository = checkouts / "someone/terraform-aws-queue"
    (repository / "modules/linked").mkdir()
    (repository / "modules/linked/variables.tf").symlink_to("../../variables.tf")
    release(repository, "v4.0.0", "2026-02-05", {})
    linked = ("--checkouts", checkouts, "--source", "someone/terraform-aws-queue", "--path", "modules/linked")
    assert record(into, "aws-queue-4", *linked) == 0
    assert list(json.loads((into / "aws-queue-4.json").read_text())["inputs"]) == ["queue_name"]
    (repository / "modules/linked/outside.tf").symlink_to("/etc/hostname")
    release(repository, "v5.0.0", "2026-02-06", {})
    assert record(into, "aws-queue-5", *linked) == 1
    assert "has no file modules/linked/outside.tf at " in capsys.readouterr().err
