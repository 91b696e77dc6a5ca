"""A review is text of strangers in a comment: it mentions nobody, links nowhere, draws only its own picture, and keeps values to itself."""

from __future__ import annotations

import json
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import hostile
from archgen.commands.main import main
from archgen.comparing.dialects import DIALECTS
from archgen.comparing.effects import Effect
from archgen.comparing.review import ReviewedSide, review
from archgen.comparing.review_formats import as_comment, as_json
from archgen.pipeline import Project, check
from archgen.templating.escape import bitbucket, bitbucket_code, comment, comment_code
from conftest import MINIMAL, archgen, project_of

ALLOWED = {
    "p", "strong", "h4", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "details", "summary", "br",
}  # fmt: skip
# What code hosts turn into mentions, references, labels, emoji and links, in texts that are not code.
REFERENCES = re.compile(
    r"(?<![\w`])@[A-Za-z0-9]|(?<![\w])[#!$%~&^][A-Za-z0-9]|\w://|www\.\w|:[a-z0-9_+-]+:|\bGH-\d|\b[A-Z][A-Z]+-\d|\w@\w",
    re.IGNORECASE,
)
ATTACKS = (
    "@everyone look", "see #1 and owner/repo#12, !34, GH-5, JIRA-6", "mail me@evil.example", "https://evil.example/?x=1",
    "www.evil.example", ":tada: :+1:", "![x](https://evil.example/pixel.png)", "[x](javascript:alert(1))",
    "<img src=x onerror=alert(1)>", "</details></td><script>", "<!-- archgen-review: other -->", "`</code>` ```suggestion",
    "a | b | c", "/close", "**bold** _x_ ~~y~~ $z$", "[[_TOC_]]", '"]; click n0 "https://evil.example"', "end\n  n0[x]",
    "%%{init: {'theme': 'dark'}}%%", "&#64;team &commat;team", "\u202eevil", "@\u200bteam",
    *(shape.format(n=1) for shape in hostile.SHAPES),
)  # fmt: skip


class _Page(HTMLParser):
    """The tags of a page, their attributes, and its text outside code."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.comments: list[str] = []
        self.prose: list[str] = []
        self.code: list[str] = []
        self._inside = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= set(attrs)
        self._inside += tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag == "code"

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        (self.code if self._inside else self.prose).append(data)


def page_of(text: str) -> _Page:
    return _Page(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


def is_harmless(page: _Page) -> bool:
    return (
        page.tags <= ALLOWED
        and page.attributes <= {("class", "language-mermaid")}
        and not any(REFERENCES.search(text) for text in page.prose)
    )


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("escape", [comment, comment_code])
def test_text_of_a_model_stays_text(escape: object, attack: str) -> None:
    shown = escape(attack)  # type: ignore[operator]
    page = page_of(f"| a |\n| --- |\n| {shown} |\n\n- {shown}\n")
    assert is_harmless(page)
    plain = " ".join(attack.replace("\u200b", "").split())
    texts = "".join([*page.prose, *page.code]).replace("\u200b", "")
    assert texts.count(plain) == 2


@settings(max_examples=40)
@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["C"]), max_size=40))
def test_any_text_reads_back(text: str) -> None:
    page = page_of(f"x {comment(text)} y")
    expected = " ".join(text.replace("\u200b", "").split())
    assert " ".join("".join(page.prose).replace("\u200b", "").split()) == " ".join(f"x {expected} y".split())
    assert page.tags <= {"p"}


@pytest.mark.parametrize("attack", ATTACKS)
def test_bitbucket_has_neither_markup_nor_mentions(attack: str) -> None:
    page = _Page(
        MarkdownIt("commonmark", {"html": False}).render(f"- {bitbucket(attack)}\n- {bitbucket_code(attack)}\n")
    )
    assert page.tags <= {"ul", "li", "code"}
    assert not any(re.search(r"@\w|\w://|www\.\w", text) for text in page.prose)


def side(project: Project) -> ReviewedSide:
    return ReviewedSide(project, check(project).judgment)


def attacked(folder: Path) -> Project:
    """A model with every attack as a title and in a setting."""
    parts = "".join(
        f"  x{n}: {{kind: service, title: {json.dumps(' '.join(a.split()))}, purpose: {json.dumps(a)}, "
        f"calls: {{orders: {{port: 5432, protocol: postgresql, purpose: {json.dumps(a)}}}}}}}\n"
        for n, a in enumerate(ATTACKS)
        if a.replace("\n", "").isprintable()  # a model with other characters is refused
    )
    return project_of(folder, MINIMAL + parts)


@pytest.mark.parametrize("format_", ["github-comment", "gitlab-note", "markdown"])
def test_a_hostile_model_adds_only_text(tmp_path: Path, format_: str) -> None:
    found = review(side(project_of(tmp_path / "old", MINIMAL)), side(attacked(tmp_path / "new")))
    text = as_comment(found, format_, "a/b-->@x.yaml", "main")
    page = page_of(text)
    assert is_harmless(page)
    assert page.comments in ([], [" archgen-review: a/b-_x.yaml "], [" archgen-review: a/b-__x.yaml "])
    assert text.count("```") == 2
    drawn = text.partition("```mermaid\n")[2].partition("```")[0]
    syntax = re.compile(
        r"flowchart LR|  n\d+(\(\[|\[\[|\{\{|\[/|\[)\"[^\"\n]*\"(\]\)|\]\]|\}\}|/\]|\])|  n\d+ (==>|-\.->|-->)(\|\"[^\"\n]*\"\|)? n\d+"
        r"|  classDef \w+ [\w:#,\- ]+|  class [n\d,]+ \w+"
    )
    assert all(syntax.fullmatch(line) for line in drawn.splitlines())
    assert not re.search(r"https?:|%%|<|@", drawn)


# -- the command -----------------------------------------------------------------------------------------

IDENTIFYING = MINIMAL.replace(
    "components:\n",
    "teams: {shop: {name: Shop, contact: pager@planted.example}}\nrepository: https://git.planted.example/shop\ncomponents:\n",
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a model that has identifying values, of which the files on disk change all."""
    folder = tmp_path / "shop"
    folder.mkdir()
    model = folder / "architecture.yaml"
    model.write_text(IDENTIFYING)
    for arguments in (("init", "-q", "-b", "main"), ("add", "-A"), ("commit", "-q", "-m", "as it is")):
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)
    model.write_text(
        IDENTIFYING.replace("pager@planted", "phone@planted")
        .replace("git.planted", "code.planted")
        .replace("10.0.0.0/16", "10.77.0.0/16")
        .replace("retention_days: 7", "retention_days: 8")
    )
    return folder


VALUES = ("planted", "10.77.", "10.0.0.0")


@pytest.mark.slow
@pytest.mark.parametrize("format_", [*DIALECTS, "json"])
def test_the_public_profile_has_no_identifying_value(repository: Path, format_: str) -> None:
    internal = archgen("review", "--from-rev", "HEAD", "--format", "json", cwd=repository)
    assert all(value in internal.out for value in VALUES)
    result = archgen("review", "--from-rev", "HEAD", "--profile", "public", "--format", format_, cwd=repository)
    assert result.code == 0, result.err
    assert "retention" in result.out
    assert not [value for value in VALUES if value in result.out.replace("\\", "")]


@pytest.mark.slow
def test_output_exit_codes_and_silence(repository: Path) -> None:
    written = archgen(
        "review", "--from-rev", "HEAD", "--format", "github-comment", "-o", "c.md", "--exit-code", cwd=repository
    )
    assert (written.code, written.out) == (1, "")
    assert (repository / "c.md").read_text().startswith("<!-- archgen-review: architecture.yaml -->\n**")
    same = archgen("review", "--from-rev", "HEAD", "--to-rev", "HEAD", "-o", "c.md", "--exit-code", cwd=repository)
    assert (same.code, same.out, (repository / "c.md").read_text()) == (0, "", "")
    assert archgen("review", "--from-rev", "HEAD", "--fail-on", "error", cwd=repository).code == 0
    key = "AKIA" + "ABCDEFGHIJKLMNOP"
    (repository / "architecture.yaml").write_text(
        IDENTIFYING.replace("title: Orders,", f"title: Orders, purpose: {key},")
    )
    worse = archgen("review", "--from-rev", "HEAD", "--fail-on", "error", cwd=repository)
    assert "new error <code>SEC502</code>" in worse.out
    assert key not in worse.out
    assert worse.code == 1
    assert archgen("review", "--from-rev", "nowhere", cwd=repository).code == 2


@pytest.mark.parametrize("format_", ["github-comment", "bitbucket", "json"])
def test_no_text_of_a_model_shows_a_secret(tmp_path: Path, format_: str) -> None:
    key = "AKIA" + "ABCDEFGHIJKLMNOP"
    calls = f"{{orders: {{port: 5432, protocol: postgresql, purpose: p {key}}}}}"
    part = f"  x: {{kind: service, title: A {key}, purpose: {key}, calls: {calls}}}\n"
    new = project_of(tmp_path / "new", MINIMAL.replace("title: Orders,", f"title: {key},") + part)
    found = review(side(project_of(tmp_path / "old", MINIMAL)), side(new))
    text = as_json(found) if format_ == "json" else as_comment(found, format_)
    assert "(secret)" in text.replace("\\", "")
    assert key not in text


def test_a_withheld_value_is_found_behind_the_escapes_of_a_format(
    repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A runbook of the project, a rule or another text outside the model could have such a value."""
    value = Effect("runbook", ("ask pager@planted.example",))
    monkeypatch.setattr("archgen.comparing.review.merged", lambda _effects: [value])
    monkeypatch.chdir(repository)
    for format_ in ("bitbucket", "github-comment"):
        assert main(["review", "--from-rev", "HEAD", "--profile", "public", "--format", format_]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert "ARC-P001" in said.err


def test_the_last_line_has_the_options_that_the_review_was_made_with(repository: Path) -> None:
    given = ("--from-rev", "HEAD", "--profile", "public", "--no-project-code")
    text = archgen("review", *given, cwd=repository).out
    assert f"<code>archgen review {' '.join(given)} --format json</code>" in text
