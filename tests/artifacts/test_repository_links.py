"""Links from a page to the lines of the model that it comes from, and to a new issue about it; days from Git."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from archgen.artifacts import _repository_links, home
from archgen.artifacts._repository_links import edit_address, feedback_address
from archgen.pipeline import load
from archgen.system.git_history import History
from conftest import archgen, emitted
from small_repositories import git


@pytest.mark.parametrize(
    ("repository", "edit", "new", "names"),
    [
        ("https://github.com/a/b", "/a/b/edit/main/m.yaml", "/a/b/issues/new", ("title", "body")),
        ("https://github.example.org/a/b/", "/a/b/edit/main/m.yaml", "/a/b/issues/new", ("title", "body")),
        ("https://gitlab.com/a/b/c", "/a/b/c/-/edit/main/m.yaml", "/a/b/c/-/issues/new", ("issue[title]", "issue[description]")),
    ],
)  # fmt: skip
def test_addresses_of_hosts(repository: str, edit: str, new: str, names: tuple[str, str]) -> None:
    at = urlsplit(edit_address(repository, "main", "m.yaml", 7))
    assert (at.path, at.fragment) == (edit, "L7")
    issue = urlsplit(feedback_address(repository, "Costs & limits", "architecture/costs/", "m.yaml", 7))
    title, text = (parse_qs(issue.query)[name][0] for name in names)
    assert (issue.path, title) == (new, "Costs & limits: ")
    assert "Page: Costs & limits (architecture/costs/)\nModel: m.yaml, line 7\n" in text


def test_a_report_about_the_home_page_names_no_address() -> None:
    issue = urlsplit(feedback_address("https://github.com/a/b", "Home", "", "m.yaml", 7))
    assert parse_qs(issue.query)["body"][0].startswith("Page: Home\nModel: m.yaml, line 7\n")


def test_other_hosts_get_no_feedback_link() -> None:
    assert feedback_address("https://code.example.org/github/b", "t", "p", "m.yaml", 1) == ""
    assert _repository_links.host_of("https://notgithub.com/a/b") is None


def test_days_are_on_pages_only_if_they_are_asked_for(minimal: Path) -> None:
    project = load(minimal / "architecture.yaml").project
    assert project is not None
    file = project.files.main
    history = History({file.file: ("2026-01-10",) * len(file.lines)}, (("2026-02-20", "<b>*Two*</b>"),))
    plain, dated = (emitted(project, home, known)[0].content.decode() for known in (None, history))
    assert "What changed lately" not in plain
    (message,) = re.findall(r"- 2026&#45;02&#45;20: (.*)", dated)
    assert "<" not in message
    assert unescape(message) == "<b>*Two*</b>"
    assert (
        re.sub(r", last changed on 2026&#45;01&#45;10|## What changed lately.*?(?=## )", "", dated, flags=re.S)
        == plain
        != dated
    )


@pytest.mark.slow
def test_a_build_with_the_history_of_a_repository(minimal: Path) -> None:
    lacking = archgen("build", "--no-site", "--history", cwd=minimal)
    assert (lacking.code, "The pages do not say when they were changed: not a git repository" in lacking.err) == (
        0,
        True,
    )
    git(minimal, "init", "-q", "-b", "main")
    git(minimal, "add", "architecture.yaml")
    git(minimal, "commit", "-q", "-m", "The first model", day="2026-03-04")
    assert archgen("build", "--no-site", "--history", cwd=minimal).code == 0
    page = (minimal / "docs" / "index.md").read_text(encoding="utf-8")
    assert "last changed on 2026&#45;03&#45;04" in page
    assert "- 2026&#45;03&#45;04: The first model" in page
