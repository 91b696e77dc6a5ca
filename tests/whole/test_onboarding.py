"""What a newcomer finds: pages by clicks and by search, a tour, a checklist, definitions, and every statement of the design."""

from __future__ import annotations

import contextlib
import html
import json
import re
import shlex
from functools import cache
from pathlib import Path

import pytest
import yaml

from archgen.artifacts.addresses import MOVED
from archgen.pipeline import load
from archgen.publishing.links import resolve
from conftest import DATA, ROOT
from questions import QUESTIONS
from shell_commands import aws_error, commands

CLICKS = 3


@cache
def text_of(file: Path) -> str:
    """The text of a page, without markup."""
    body = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", file.read_text(encoding="utf-8"))
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.casefold()).strip()


LINK = re.compile(r"""<a\b[^>]*?[\s:]href=["']?([^"'\s>]+)""")  # HTML and SVG; themes leave quotes out


@cache
def clicks(site: Path) -> dict[str, int]:
    """The number of clicks from the home page to each page."""
    names = {file.relative_to(site).as_posix() for file in site.rglob("*.html")}
    found, waiting = {"index.html": 0}, ["index.html"]
    while waiting:
        name = waiting.pop(0)
        for to in map(html.unescape, LINK.findall((site / name).read_text(encoding="utf-8"))):
            target = resolve(name, to.partition("#")[0], names) if not re.match(r"[a-z]+:|//", to) else None
            if target and target not in found:
                found[target] = found[name] + 1
                waiting.append(target)
    return found


def test_nothing_is_more_than_three_clicks_from_home(built: Path, zensical: Path) -> None:
    for site in (built / "site", zensical):
        far = clicks(site)
        pages = {file.relative_to(site).as_posix() for file in site.rglob("*.html")} - {"404.html"}
        pages -= {f"architecture/{old}/index.html" for old in MOVED}
        assert pages - set(far) == set()
        assert {name: n for name, n in far.items() if n > CLICKS} == {}


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: asked[0])
def test_a_newcomers_question_is_answered(built: Path, asked: tuple[str, str, str, str]) -> None:
    _question, page, answer, _search = asked
    file = built / "site" / page / "index.html"
    assert plain(answer) in plain(text_of(file))
    assert clicks(built / "site")[f"{page}index.html"] <= CLICKS


# Names that people use, and the page that they expect among the results, or another that links to it.
CALLED = (
    ("Postgres", "architecture/components/database/"),
    ("k8s", "architecture/components/cluster/"),
    ("load balancer", "architecture/components/load-balancer/"),
    ("bucket", "architecture/components/log-archive/"),
    ("SSO", "architecture/components/single-sign-on/"),
    ("ElastiCache", "architecture/components/cache/"),
    ("Cloud SQL", "architecture/components/database/"),
    ("database failover", "architecture/runbooks/database-failover/"),
    ("IRSA", "architecture/glossary/"),
)


@pytest.mark.browser
def test_search_finds_first_what_people_mean(open_page) -> None:
    page = open_page("", searched=True)
    results = MATERIAL_RESULTS if page.locator("[data-md-component=search-query]").count() else SHADOW_RESULTS
    page.keyboard.press("/")
    page.wait_for_function("document.activeElement !== document.body")
    missed = []
    for search, wanted in (*((asked[3], asked[1]) for asked in QUESTIONS[::4]), *CALLED):
        if not is_found(page, results, search, [wanted]):
            missed.append((search, wanted, page.evaluate(results)))
    for search, pages in yaml.safe_load((DATA / "searches.yaml").read_text(encoding="utf-8")).items():
        enter(page, results, search)
        with contextlib.suppress(Exception):
            page.wait_for_function(f"({results})().length > 0", polling=20, timeout=10_000)
        first = next(iter(page.evaluate(results)), "").partition("/searched/")[2]
        if not first.startswith(tuple(f"architecture/{name}/" for name in pages.split())):
            missed.append((search, pages, first))
    assert missed == []


# The addresses of the results. All at once, since the page may replace them while they are read one by one.
MATERIAL_RESULTS = """() => [...document.querySelectorAll('a.md-search-result__link')].map(link => link.href)"""
# The other builder's search lives in a shadow tree. Its elements are looked for once, because a page has many.
SHADOW_RESULTS = """() => { const all = []; const inner = root => [...root.querySelectorAll('*')].filter(e => e.shadowRoot);
    window.shadows = window.shadows?.length ? window.shadows : inner(document);
    const walk = root => { for (const link of root.querySelectorAll('a[href*="h="]')) all.push(link.href);
      for (const e of inner(root)) walk(e.shadowRoot); };
    window.shadows.forEach(e => walk(e.shadowRoot)); return all; }"""


def enter(page, results: str, search: str) -> None:
    """Enter a search into the open field, after the results of an earlier one are removed."""
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.press("Delete")
    page.wait_for_function(f"({results})().length === 0", polling=20)
    page.keyboard.insert_text(search)  # at once, so that there is one search instead of one for each letter
    page.keyboard.press("End")  # one builder reads the field when a key is released


def is_found(page, results: str, search: str, wanted: list[str], tries: int = 3) -> bool:
    """Whether the open search finds one of these pages, or one that links to it."""
    from playwright.sync_api import TimeoutError as WaitedTooLong

    for _try in range(tries):  # what is entered before the index is loaded may be lost
        enter(page, results, search)
        expected = f"wanted => ({results})().some(address => wanted.some(page => address.includes(page)))"
        with contextlib.suppress(WaitedTooLong):
            page.wait_for_function(expected, arg=wanted, polling=20, timeout=10_000)
            return True
    return False


def test_search_has_every_component_product_runbook_and_term(built: Path) -> None:
    project = load(ROOT / "architecture.yaml").project
    assert project
    index = json.loads((built / "site/search/search_index.json").read_text(encoding="utf-8"))
    said = plain(
        " ".join(f"{entry['title']} {entry['text']} {' '.join(entry.get('tags', []))}" for entry in index["docs"])
    )
    wanted = {c.title for a in project.resolved.architectures.values() for c in a.components.values()}
    used = {p for a in project.resolved.architectures.values() for c in a.components.values() for p in a.products_of(c)}
    wanted |= {project.resolved.default.catalog.products[p].name for p in used}
    wanted |= {name.replace("-", " ") for a in project.resolved.today() for name in a.document.runbooks}
    wanted |= {"RTO", "PITR", "IRSA", "sync wave"}
    missing = {text for text in wanted if plain(text) not in said}
    assert missing <= {"snapshot copy and restore", "disaster recovery promote"}, (
        missing
    )  # the titles of their pages differ


def test_every_statement_of_the_design_is_on_a_page(built: Path) -> None:
    project = load(ROOT / "architecture.yaml").project
    assert project
    page = (built / "site/architecture/sources/design/index.html").read_text(encoding="utf-8")
    said = plain(html.unescape(re.sub(r"<[^>]+>", "", page)))
    statements = [row.statement.text for _name, rows, _problems in project.traces() for row in rows]
    assert len(statements) > 100
    missing = [text for text in statements if plain(text) not in said]
    assert missing == []


def test_the_commands_that_give_access_are_commands(built: Path) -> None:
    text = (built / "docs/architecture/start/weeks.md").read_text(encoding="utf-8")
    found = commands(text)
    tools = {command[0] for command in found}
    assert tools == {"aws", "gcloud", "kubectl"}
    for command in (c for c in found if c[0] == "aws" and c[1] != "configure"):
        at = command.index("--profile")  # no profile is configured here, so the parser gets the command without it
        assert aws_error(command[:at] + command[at + 2 :]) is None, shlex.join(command)
    assert ["aws", "configure", "sso", "--profile", "innovate-dev"] in found


def test_a_model_of_twenty_lines_has_a_start_too(minimal: Path) -> None:
    from conftest import archgen

    assert archgen("build", "--no-site", cwd=minimal).code == 0
    start = (minimal / "docs/architecture/start/index.md").read_text(encoding="utf-8")
    assert "runbooks" not in start.casefold()
    assert not (minimal / "docs/architecture/start/teams.md").exists()


def test_words_are_explained_in_text_and_never_in_pictures(built: Path) -> None:
    page = (built / "site/index.html").read_text(encoding="utf-8")
    assert re.search(r'<abbr title="Amazon EKS: Managed Kubernetes[^"]*">EKS</abbr>', page)
    for picture in re.findall(r"(?s)<svg\b.*?</svg>", page):
        assert "<abbr" not in picture
    assert "CDN" in text_of(built / "site/index.html")
    assert re.search(r"(?s)<svg.*?>CDN<.*?</svg>", page) or "&#67;&#68;&#78;" in page


def test_pages_say_what_is_planned_who_is_a_person_and_where_the_road_starts(built: Path) -> None:
    site = built / "site/architecture"
    components = text_of(site / "components/index.html")
    assert "Connection pool (planned)" in components
    assert "Users / Browsers Actor people people" in components
    road = text_of(site / "road/index.html")
    assert 0 < road.index("Production is in this phase.") < road.index("Move to it when:")
    assert "what monitors it? The parts" in text_of(site / "start/tour/index.html")
