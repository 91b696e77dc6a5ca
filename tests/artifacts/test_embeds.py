"""Hand-written pages: embeds are filled in and updated, and problems are reported with their lines."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from archgen.artifacts.embeds import _md
from conftest import archgen, tree

PAGE = """\
# Backups

Kept for <!-- archgen: value components.database.backup.retention_days at=prod --><!-- /archgen --> days,
in dev for <!-- archgen: value components.database.backup.retention_days at=dev -->99<!-- /archgen -->.

<!-- archgen: diagram network at=gcp,prod -->
<!-- /archgen -->

<!-- archgen: table owners -->
<!-- /archgen -->

`<!-- archgen: value in.code -->` and

```markdown
<!-- archgen: value in.a.fence -->
```

RDS and ALB.

<!-- archgen: words -->
<!-- /archgen -->
"""


def page(project: Path, text: str) -> Path:
    file = project / "docs" / "handbook" / "backups.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.slow
def test_what_a_page_embeds_is_filled_in_and_kept_fresh(shop: Path, tmp_path: Path) -> None:
    project = Path(shutil.copytree(shop, tmp_path / "shop"))
    file = page(project, PAGE)
    stale = archgen("build", "--check", cwd=project)
    assert stale.code == 3
    assert "docs/handbook/backups.md: changed" in stale.out
    assert archgen("build", "--no-site", cwd=project).code == 0
    text = file.read_text(encoding="utf-8")
    assert "at=prod -->30<!-- /archgen --> days" in text
    assert "at=dev -->7<!-- /archgen -->" in text
    assert "](../architecture/diagrams/network-gcp-prod-start.svg)](../architecture/network.md)" in text
    assert "| Platform | platform&#64;shop.example | " in text
    assert "[Orders](../architecture/components/database.md)" in text
    assert "*[ALB]: Application Load Balancer: Layer 7" in text
    assert "<!-- archgen: value in.code -->` and" in text
    assert archgen("build", "--check", cwd=project).code == 0
    model = project / "architecture.yaml"
    model.write_text(model.read_text(encoding="utf-8").replace("{retention_days: 30}}", "{retention_days: 33}}"))
    archgen("build", "--no-site", cwd=project)
    assert "at=prod -->33<!-- /archgen --> days" in file.read_text(encoding="utf-8")


def test_the_rest_of_the_page_stays_byte_for_byte(minimal: Path) -> None:
    text = "\ufeff# Page\r\n\r\nIn <!-- archgen: value clouds.aws.region -->old<!-- /archgen -->.  \r\n\tEnd without a line end"
    file = page(minimal, "")
    file.write_bytes(text.encode())
    assert archgen("build", "--no-site", cwd=minimal).code == 0
    assert file.read_bytes() == text.replace("old", "eu-west-1").encode()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("embed", "said"),
    [
        ("value components.ordesr.size", "did you mean 'orders'?"),
        ("value components.orders.size at=lief", "did you mean 'live'?"),
        ("diagram netwrk", "did you mean 'network'?"),
        ("table component", "did you mean 'components'?"),
        ("picture network", "'picture' cannot be embedded"),
        ("value", "'value' requires a path in the model"),
        ("diagram network context", "takes one argument"),
    ],
)
def test_a_broken_embed_is_reported_at_its_line_and_nothing_is_written(minimal: Path, embed: str, said: str) -> None:
    project = minimal
    page(project, f"# Page\n\nText <!-- archgen: {embed} -->old<!-- /archgen -->\n")
    before = tree(project)
    result = archgen("build", "--no-site", cwd=project)
    assert result.code == 1
    assert "docs/handbook/backups.md:3:6: error[ARC-E001]" in result.err
    assert said in result.err
    assert tree(project) == before


def test_an_embed_without_an_end(minimal: Path) -> None:
    project = minimal
    page(project, "<!-- archgen: table parity -->\n\n<!-- archgen: table owners --><!-- /archgen -->\n")
    result = archgen("build", "--no-site", cwd=project)
    assert result.code == 1
    assert "docs/handbook/backups.md:1:1: error[ARC-E001]: the embed is not closed" in result.err


@pytest.mark.parametrize("name", ["architecture.md", "README.md"])
def test_a_page_with_the_address_of_a_generated_one(minimal: Path, name: str) -> None:
    project = minimal
    (project / "docs").mkdir()
    (project / "docs" / name).write_text("# Mine\n", encoding="utf-8")
    result = archgen("build", "--no-site", cwd=project)
    assert result.code == 1
    assert f"docs/{name}: error[ARC-E002]" in result.err


@pytest.mark.slow
def test_a_dead_link_is_reported_at_its_line_and_the_old_site_stays(minimal: Path) -> None:
    project = minimal
    assert archgen("build", cwd=project).code == 0
    before = tree(project / "site")
    page(project, "# Page\n\nSee [that](nowhere.md).\n")
    result = archgen("build", cwd=project)
    assert result.code == 1
    assert "docs/handbook/backups.md:3:12: error[ARC-S001]" in result.err
    assert tree(project / "site") == before


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40))
def test_embedded_text_reads_as_it_is(text: str) -> None:
    wanted = " ".join(text.split())
    tokens = MarkdownIt().enable("table").parse(f"a {_md(text)} b")
    inline = [child for token in tokens for child in token.children or ()]
    assert all(child.type == "text" for child in inline)
    assert "".join(child.content for child in inline) == f"a {wanted} b".replace("\x00", "\ufffd") or not wanted
