"""The navigation: tabs named for tasks, long lists in groups, planned components marked, and links to the next page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from archgen.artifacts._families import FEW, Family
from archgen.artifacts._next_pages import with_next_pages
from archgen.artifacts.base import Artifact, Nav
from archgen.artifacts.navigation import MANY, RANGE, _folders_left_out, entries
from archgen.pipeline import Project

LONGEST = 20  # entries of one list of the side bar


def nav_of(root: Path) -> list[Any]:
    nav: list[Any] = yaml.safe_load((root / ".archgen/site.yml").read_text(encoding="utf-8"))["nav"]
    return nav


def lists(nav: list[Any]) -> Iterator[list[Any]]:
    """Every list of the navigation, itself included."""
    yield nav
    for entry in nav:
        for inside in entry.values() if isinstance(entry, dict) else ():
            if isinstance(inside, list):
                yield from lists(inside)


def places(nav: list[Any], above: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """The titles above and at each page, by its path."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in nav:
        for title, inside in entry.items() if isinstance(entry, dict) else ():
            found |= places(inside, (*above, title)) if isinstance(inside, list) else {inside: (*above, title)}
    return found


def test_tabs_are_named_for_tasks_and_no_list_is_long(built: Path) -> None:
    nav = nav_of(built)
    assert [next(iter(entry)) for entry in nav if isinstance(entry, dict)][:7] == [
        "Home", "Start here", "Architecture", "Operate", "Change", "Compare", "Reference"
    ]  # fmt: skip
    assert max(len(entries) for entries in lists(nav)) <= LONGEST


def test_pages_are_grouped_by_what_people_use_their_subject_for(built: Path) -> None:
    at = places(nav_of(built))
    assert at["architecture/components/database.md"] == ("Architecture", "Components", "Store data", "PostgreSQL")
    pool = ("Architecture", "Components", "Store data", "Connection pool (planned)")
    assert at["architecture/components/pool.md"] == pool
    assert at["architecture/parity/secrets.md"][:3] == ("Compare", "Parity", "Protect the system and its secrets")
    assert at["architecture/runbooks/zone-failure.md"][1:3] == ("Runbooks", "A zone, a region or a provider fails")
    assert at["architecture/flow-request.md"] == ("Architecture", "Flows", "Life of a request")


def test_a_few_pages_need_no_groups(shop: Path) -> None:
    components = {path: above for path, above in places(nav_of(shop)).items() if "/components/" in path}
    assert 1 < len(components) <= FEW + 1
    assert {above[:-1] for above in components.values()} == {("Architecture", "Components")}


def test_pages_of_a_group_keep_their_order() -> None:
    family = Family("Architecture", "Components", ["run"] * FEW + ["store"])
    first, second, third = family.nav("Zebra", "store"), family.nav("Web", "run"), family.nav("Ape", "store")
    assert family.index("All").order < second.order < first.order < third.order
    assert first.group == third.group == ("Components", "Store data")


@pytest.mark.parametrize("pages", [10, MANY, MANY + 1, 300, 3000, 40_000])
def test_long_lists_are_divided_so_that_a_page_never_contains_all(pages: int) -> None:
    made = [Artifact("docs/c/index.md", b"", nav=Nav("A", "All", 0, "C"))]
    made += [Artifact(f"docs/c/{n}.md", b"", nav=Nav("A", f"Service {n}", 1, "C")) for n in range(pages - 1)]
    nav = entries(made)
    assert list(places(nav)) == ["c/index.md", *(f"c/{n}.md" for n in range(pages - 1))]
    assert max(map(len, lists(nav))) <= (pages if pages <= MANY else RANGE + 1)
    if pages == 300:
        titles = [next(iter(entry)) for entry in nav[0]["C"]]
        assert titles == ["All", *(f"Service {n} to Service {min(n + 29, 298)}" for n in range(0, 299, 30))]


@pytest.mark.parametrize(
    ("text", "folders"),
    [
        ("exclude_docs: |\n  drafts/\n\n  /old/\n  *.tmp\nplugins: []\n", {"drafts", "old"}),
        ("exclude_docs: drafts/\nextra:\n  a/\n", {"drafts"}),
        ("site_name: x\n", set()),
    ],
)
def test_folders_that_are_left_out_of_the_site(tmp_path: Path, text: str, folders: set[str]) -> None:
    (tmp_path / "mkdocs.yml").write_text(text, encoding="utf-8")
    assert _folders_left_out(tmp_path) == folders


def page(path: str, title: str) -> Artifact:
    text = '# A page\n\n<p class="ag-provenance">\nGenerated.\n</p>\n'
    return Artifact(f"docs/architecture/{path}.md", text.encode(), nav=Nav("Operate", title))


def test_a_page_ends_with_links_to_the_next_pages_that_exist(reference: Project) -> None:
    pages = [page("security", "Security"), page("health", "Health [all]"), page("flow-failover", "Life of a failover"),
             page("runbooks/database-failover", "Fail over")]  # fmt: skip
    texts = {a.path.rpartition("/")[2]: a.content.decode() for a in with_next_pages(reference.resolved, pages)}
    link = r"**Read next:** [Health &#91;all&#93;](health.md)" + '\n\n<p class="ag-provenance">'
    assert link in texts["security.md"]
    assert "[Security](security.md)" in texts["health.md"]
    assert "**Read next:** [Fail over](runbooks/database-failover.md)" in texts["flow-failover.md"]
    assert "Read next" not in texts["database-failover.md"]


def test_what_design_documents_state_leads_to_them(reference: Project) -> None:
    pages = [page("decisions", "Decisions"), page("glossary", "Words"), page("sources/design", "From the design")]
    texts = {a.path.rpartition("/")[2]: a.content.decode() for a in with_next_pages(reference.resolved, pages)}
    assert "**Read next:** [From the design](sources/design.md)" in texts["decisions.md"]
    assert "Read next" not in texts["glossary.md"]
