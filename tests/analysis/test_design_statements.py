"""Design documents: what counts as a statement, and that every statement has a place in the model."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archgen.analysis import design_statements
from archgen.analysis.design_statements import statements, trace
from archgen.model.sources import Held, SourceDocument
from archgen.pipeline import Project, check, load
from conftest import MINIMAL, ROOT, archgen

pytestmark = pytest.mark.slow


DOCUMENT = """\
# Design

A first word.

### 2) Network

**AWS**

  - **Subnets**:
      - Public (*ALB*)
      - `data`
  - Egress by NAT

> Start small,
> grow later.

| a | b |
|---|---|
| x | y |

```
one/   # first

two/
```

```mermaid
flowchart LR
  a --> b
```

#### 2.1 Rest

1. Ordered
"""


def test_statements_are_found_with_what_they_are_about() -> None:
    found = [(s.section.id, s.about, s.text, s.line) for s in statements(DOCUMENT)]
    assert found == [
        ("Design", (), "A first word.", 3),
        ("2", ("AWS", "Subnets"), "Public (ALB)", 10),
        ("2", ("AWS", "Subnets"), "data", 11),
        ("2", ("AWS",), "Egress by NAT", 12),
        ("2", ("AWS",), "Start small, grow later.", 14),
        ("2", ("AWS",), "x | y", 19),
        ("2", ("AWS",), "one/ # first", 22),
        ("2", ("AWS",), "two/", 24),
        ("2", ("AWS",), "flowchart LR a --> b", 27),
        ("2.1", (), "Ordered", 34),
    ]


def test_statements_are_kept_by_the_text_of_their_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    parse = design_statements._parsed
    monkeypatch.setattr(design_statements, "_parsed", lambda text: parsed.append(text) or parse(text))
    monkeypatch.setenv("ARCHGEN_CACHE", str(tmp_path))
    first = statements(DOCUMENT)
    assert statements(DOCUMENT) == first == parse(DOCUMENT)
    assert statements(f"{DOCUMENT}2. Added\n")[-1].text == "Added"
    assert parsed == [DOCUMENT, f"{DOCUMENT}2. Added\n"]
    monkeypatch.setenv("ARCHGEN_CACHE", "off")
    assert statements(DOCUMENT) == first
    assert parsed[2:] == [DOCUMENT]


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (Held(says="Public", at=("network",)), None),
        (Held(says="a", at=("network",)), "occur in 3 statements"),
        (Held(says="Private", at=("network",)), "do not occur in any statement"),
        (Held(says="Public"), "does not say where the model implements"),
        (Held(says="Public", because="obsolete"), None),
        (Held(says="data", at=("network",)), None),
    ],
)
def test_words_lead_to_one_statement(held: Held, said: str | None) -> None:
    source = SourceDocument(title="D", file="d.md", sections={"2": (held,)})
    rows, problems = trace(source, ("sources", "d"), DOCUMENT)
    own = [p.message for p in problems if p.span is None]
    assert (said in own[0]) if said else own == []
    assert len([row for row in rows if row.held]) == (0 if said and "occur" in said else 1)
    # Every other statement is named with its own line.
    assert len([p for p in problems if p.span]) == 10 - sum(1 for row in rows if row.held)


def test_two_entries_of_one_statement_and_an_unknown_section() -> None:
    source = SourceDocument(
        title="D",
        file="d.md",
        sections={"2": (Held(says="Public", at=("a",)), Held(says="ALB", at=("a",))), "3": ()},
    )
    _rows, problems = trace(source, ("sources", "d"), DOCUMENT)
    assert {"another entry quotes the same statement", "'d.md' has no section '3'"} <= {p.message for p in problems}


def bullets(text: str) -> list[str]:
    """The items of lists, by a parser that is as simple as possible and independent of archgen's."""
    found = []
    for line in text.splitlines():
        if match := re.match(r"\s*- (.+)", line):
            words = re.sub(r"[*`]", "", match.group(1)).strip()
            if not words.endswith(":"):
                found.append(" ".join(words.split()))
    return found


def test_the_page_lists_every_bullet_of_the_design_with_a_path_that_exists(built: Path, reference: Project) -> None:
    text = (ROOT / "docs/design/innovate-architecture.md").read_text(encoding="utf-8")
    ((_name, rows, problems),) = reference.traces()
    assert problems == []
    listed = {row.statement.text: row for row in rows}
    assert len(bullets(text)) > 80
    for bullet in bullets(text):
        assert bullet in listed, bullet
        assert listed[bullet].held
        assert listed[bullet].held.at, bullet
    sections = {row.statement.section.id.partition(".")[0] for row in rows}
    assert {str(n) for n in range(1, 13)} <= sections
    page = (built / "site/architecture/sources/design/index.html").read_text(encoding="utf-8")
    assert page.count("<tr>") > len(rows)


def test_a_forgotten_statement_and_a_path_that_does_not_exist_are_named(project: Path) -> None:
    file = project / "architecture/sources.yaml"
    text = file.read_text()
    text = "\n".join(line for line in text.splitlines() if "Central log archive" not in line) + "\n"
    file.write_text(text.replace("[controls.data-protection,", "[controls.data-protektion,"))
    result = archgen("validate", cwd=project)
    assert result.code == 1
    assert "docs/design/innovate-architecture.md:166:1: error[ARC-D001]" in result.err
    assert "“Central log archive + immutable retention.”" in result.err
    assert "the model has no 'controls.data-protektion'" in result.err


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"x" * (5 * 1024 * 1024)])
def test_a_document_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    model = tmp_path / "architecture.yaml"
    model.write_text(f"{MINIMAL}sources: {{d: {{title: D, file: d.md, sections: {{}}}}}}\n")
    if content:
        (tmp_path / "d.md").write_bytes(content)
    loaded = load(model)
    assert loaded.project
    assert [d.code for d in check(loaded.project).findings if d.code.startswith("ARC-")] == ["ARC-D003"]


def test_a_document_that_is_a_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "architecture.yaml").write_text(f"{MINIMAL}sources: {{d: {{title: D, file: d.md, sections: {{}}}}}}\n")
    (tmp_path / "d.md").symlink_to("d.md")
    result = archgen("validate", cwd=tmp_path)
    assert result.code == 1
    assert "error[ARC-D003]: 'd.md': it is a symbolic link that leads to itself" in result.err


def test_a_document_outside_the_project_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("- secret\n")
    root = tmp_path / "project"
    root.mkdir()
    (root / "d.md").symlink_to(tmp_path / "secret.md")
    model = root / "architecture.yaml"
    model.write_text(f"{MINIMAL}sources: {{d: {{title: D, file: d.md, sections: {{}}}}}}\n")
    loaded = load(model)
    assert loaded.project
    (found,) = (d for d in check(loaded.project).findings if d.code.startswith("ARC-"))
    assert "outside" in found.message
