"""A model with a payload in every text: renders every template, parses every page, opens pages, pictures and search results, and no
payload runs.

A page is not opened if pages that are have the same payloads at the same places and the same kinds of elements (`PLACES`). A long run
opens all pages.
"""

from __future__ import annotations

import functools
import http.server
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

import hostile
from archgen.parity.reviews import fingerprints
from archgen.pipeline import Project, check, load, make
from archgen.publishing.public_edition import public_edition
from archgen.publishing.write import write_all
from archgen.templating.autoescape import EscapingEnvironment
from archgen.templating.render import Templates, packaged_templates
from browsing import build_with_zensical, link_without_entries
from conftest import ROOT
from hostile_scripts import CONTROLS, ELEMENTS, LOOK, MARKER, OPEN_ALL, PLACES, SUSPECT
from sharing import Shared

RECORDED = "recorded.json"
EDITIONS = ("internal", "public")
BUILDERS = ("material", "zensical")
# `archgen build --profile public` publishes with Material only. Zensical gets the internal edition, which has every text.
SITES = (("internal", "material"), ("internal", "zensical"), ("public", "material"))
# Templates that are copied without rendering.
STARTED = (
    "aws/architecture.yaml",
    "gcp/architecture.yaml",
    "aws-gcp/architecture.yaml",
    "gitattributes",
    "gitignore",
    "mkdocs.yml",
)
COPIED = {"assets/archgen.js", "assets/live.js", "assets/worker.js", *(f"init/{name}" for name in STARTED)}
# A hand-written page may contain HTML. This one contains what text of a model must never become, to prove that the test can fail.
CONTROL = """\
# Control

<svg onload=XSS(900001)></svg>

<img src="x" onerror="XSS(900002)">

<abbr title="&lt;img src=x onerror=XSS(900003)&gt;">a word</abbr>

<a href="javascript:XSS(900004)">a link</a>
"""
EMBEDS = """\
# Notes

<!-- archgen: value components.database.title --><!-- /archgen -->, <!-- archgen: value summary.text --><!-- /archgen -->

<!-- archgen: diagram network -->
<!-- /archgen -->

{tables}

A baseline pool, a sync wave.

<!-- archgen: words -->
<!-- /archgen -->
"""
TABLES = ("components", "controls", "decisions", "environments", "owners", "parity", "runbooks")


@dataclass
class Built:
    """The hostile project: its payloads, both editions as pages, and the templates that rendered them."""

    payloads: hostile.Hostile
    editions: dict[str, Path]
    rendered: set[str]


@pytest.fixture(scope="session")
def hostile_pages(shared: Shared) -> Path:
    """The pages of both editions, and what was recorded while they were made. Made once for all workers."""
    return shared.folder("hostile-pages", _make_pages)


def _make_pages(root: Path) -> None:
    payloads, rendered = hostile.Hostile(), set[str]()
    with pytest.MonkeyPatch.context() as patch:
        _record(patch, rendered)
        project = _project(root / "internal", payloads)
        _write(project)
        (root / "public").mkdir()
        edition, problems = public_edition(project, root / "public")
        assert edition, problems
        shutil.copytree(project.root / ".archgen", root / "public" / ".archgen")  # equal pictures are drawn once
        _write(edition.project)
    seen = [[*place, count] for place, count in payloads.places_seen.items()]
    recorded = {"places": payloads.places, "seen": seen, "rendered": sorted(rendered)}
    (root / RECORDED).write_text(json.dumps(recorded), encoding="utf-8")


@pytest.fixture(scope="module")
def built(hostile_pages: Path) -> Built:
    """Both editions. What a template of archgen prints is recorded by name."""
    recorded = json.loads((hostile_pages / RECORDED).read_text(encoding="utf-8"))
    payloads = hostile.Hostile()
    payloads.model()
    payloads.places = recorded["places"]
    payloads.places_seen = {(of, name): count for of, name, count in recorded["seen"]}
    editions = {name: hostile_pages / name for name in EDITIONS}
    return Built(payloads, editions, set(recorded["rendered"]))


def _record(patch: pytest.MonkeyPatch, rendered: set[str]) -> None:
    get_template, render_text = EscapingEnvironment.get_template, Templates.render_text

    def recorded(self: EscapingEnvironment, name: str, *rest: object, **more: object) -> object:
        rendered.add(name)
        return get_template(self, name, *rest, **more)

    def recorded_text(self: Templates, name: str, *rest: object, **more: object) -> object:
        rendered.add(name)
        return render_text(self, name, *rest, **more)

    patch.setattr(EscapingEnvironment, "get_template", recorded)
    patch.setattr(Templates, "render_text", recorded_text)


def _project(root: Path, payloads: hostile.Hostile) -> Project:
    root.mkdir()
    (root / "architecture.yaml").write_text(hostile.as_yaml(payloads.model()), encoding="utf-8")
    (root / hostile.DESIGN).write_text(payloads.design(), encoding="utf-8")
    for cloud in ("aws", "gcp"):
        folder = root / "own" / cloud
        folder.mkdir(parents=True)
        (folder / "variables.tf").write_text(
            'variable "sign" { type = string }\nvariable "signs" { type = list(string) }\n'
        )
    loaded = load(root / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    (root / "reviews.yaml").write_text(_reviews(loaded.project, payloads), encoding="utf-8")
    loaded = load(root / "architecture.yaml")
    assert loaded.project, loaded.diagnostics
    assert [d.message for d in check(loaded.project).findings if d.severity == "error"] == []
    return loaded.project


def _reviews(project: Project, payloads: hostile.Hostile) -> str:
    lines = []
    for name in list(project.resolved.default.document.capabilities)[:3]:
        by = f"<svg onload=XSS({payloads.number(f'reviews.{name}')})>"
        lines.append(f"{name}: {json.dumps({'by': by, 'on': '2026-01-31', **fingerprints(project.resolved, name)})}\n")
    return "".join(lines)


def _write(project: Project) -> None:
    """Every page of an edition, and two hand-written ones."""
    docs = project.root / "docs"
    docs.mkdir()
    tables = "\n\n".join(f"<!-- archgen: table {name} -->\n<!-- /archgen -->" for name in TABLES)
    (docs / "notes.md").write_text(EMBEDS.format(tables=tables), encoding="utf-8")
    (docs / "control.md").write_text(CONTROL, encoding="utf-8")
    shutil.copy(ROOT / "mkdocs.yml", project.root / "mkdocs.yml")
    artifacts, problems = make(check(project))
    assert [d for d in problems if d.severity == "error"] == []
    write_all(project.root, artifacts)


@pytest.fixture(scope="module")
def sites(built: Built, shared: Shared) -> dict[tuple[str, str], Path]:
    """The sites by edition and builder. Made once for all workers, two at a time."""

    def make(root: Path) -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda key: _site(built.editions[key[0]], root / "-".join(key), key[1]), SITES))

    folder = shared.folder("hostile-sites", make)
    return {key: folder / "-".join(key) / "site" for key in SITES}


def _site(project: Path, root: Path, builder: str) -> None:
    shutil.copytree(project, root)
    if builder == "zensical":
        build_with_zensical(root)
        return
    # Without looking for garbage, of which there is little, it is as fast as `archgen build`.
    without_gc = "import gc; gc.disable(); from mkdocs.__main__ import cli; cli()"
    program = [sys.executable, "-c", without_gc, "build", "--strict"]
    done = subprocess.run(program, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# -- without a browser ---------------------------------------------------------------------------------


def test_every_text_of_the_model_carries_a_payload(built: Built) -> None:
    every = set(hostile.texts_of(hostile.MODEL))
    for kind in built.payloads.kinds.values():
        every |= set(hostile.texts_of(kind))
    assert set(built.payloads.places_seen) == every - set(hostile.WITHOUT)
    assert set(hostile.WITHOUT) <= every
    assert len(built.payloads.places) > 600


def test_every_template_is_rendered(built: Built) -> None:
    folder = packaged_templates()
    there = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    # Heads of runbooks and what rehearsals make are data, which is read and never filled in for a page. Files for a CI contain no text of
    # a model; tests/whole/test_ci_files.py reads them.
    there = {
        n for n in there if not n.endswith("/runbook.yaml") and not n.startswith(("rehearsal/", "ci/", "architecture-"))
    }
    only_shared = {f"runbooks/error-budget/{cloud}.yaml" for cloud in ("aws", "gcp")}  # their steps are in shared files
    for name in only_shared:
        assert "{{" not in (folder / name).read_text(encoding="utf-8")
    assert sorted(there - built.rendered - COPIED - only_shared) == []
    assert not COPIED & built.rendered
    for name in COPIED:
        assert not re.search(r"{{|{%", (folder / name).read_text(encoding="utf-8")), name


# -- in Chromium ---------------------------------------------------------------------------------------


class _Server:
    """Both builders' sites of both editions, each in a folder. `still` leaves the scripts of the themes empty, not those of archgen.

    A theme's script does the same on every page and takes longer than all else, so that it runs on some pages of each form only;
    on all of them in a long run (`--hypothesis-profile=long`).
    """

    def __init__(self, root: Path, *, still: bool) -> None:
        class Handler(http.server.SimpleHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if still and re.search(r"/assets/javascripts/bundle\.\w+\.min\.js$", self.path):
                    self.send_response(200)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                elif self.path == "/":
                    self.send_response(200)
                    self.send_header("Content-Type", "text/html")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                else:
                    super().do_GET()

            def end_headers(self) -> None:
                self.send_header("Cache-Control", "max-age=600")
                super().end_headers()

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Handler, directory=str(root))
        )
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}/"

    def close(self) -> None:
        self._server.shutdown()


class _Tab:
    """A tab that records every payload that runs, and where."""

    def __init__(self, context: object) -> None:
        self.fired: list[str] = []
        context.add_init_script(MARKER + LOOK + PLACES)
        context.on("console", lambda m: self.fired.append(m.text) if m.text.startswith("XSS ") else None)
        self.page = context.new_page()


@pytest.fixture
def tabs(chromium: object) -> Iterator[list[_Tab]]:
    """Two tabs in separate processes."""
    contexts = [chromium.new_context(viewport={"width": 1280, "height": 800}) for _ in range(2)]
    yield [_Tab(context) for context in contexts]
    for context in contexts:
        context.close()


@pytest.fixture
def tab(tabs: list[_Tab]) -> _Tab:
    return tabs[0]


@pytest.fixture(scope="module")
def long(request: pytest.FixtureRequest) -> bool:
    """Whether there is time for everything."""
    return request.config.getoption("--hypothesis-profile") == "long"


@pytest.fixture(scope="module")
def served(
    sites: dict[tuple[str, str], Path], tmp_path_factory: pytest.TempPathFactory, *, long: bool
) -> Iterator[tuple[str, str, str]]:
    """Addresses of the sites: with all scripts, with those that every page is opened with, and with nothing to search."""
    root = next(iter(sites.values())).parents[1]
    unsearched = tmp_path_factory.mktemp("unsearched")
    for key, site in sites.items():
        link_without_entries(site, unsearched / "-".join(key) / "site")
    servers = [_Server(root, still=False), _Server(root, still=not long), _Server(unsearched, still=False)]
    yield servers[0].address, servers[1].address, servers[2].address
    for server in servers:
        server.close()


def _addresses(site: Path) -> list[str]:
    return sorted(file.relative_to(site).as_posix().removesuffix("index.html") for file in site.rglob("*.html"))


def _opened(tabs: list[_Tab], home: str, lists: list[list[str]], **options: object) -> list[dict[str, object]]:
    """The results of each tab for its addresses; all tabs work in parallel."""
    for tab, addresses in zip(tabs, lists, strict=True):
        tab.page.goto(home)
        tab.page.evaluate(OPEN_ALL, [addresses, 3, options])
    return [tab.page.evaluate("window.opening") for tab in tabs]


ITEM = "<ol><li><strong>words &lt;svg onload=XSS(1)></strong></li></ol>"
TABLE = (
    '<div class="ag-sort" data-filter="A"><table><tr><th>A</th><th>B</th></tr>'
    "<tr><td>&lt;svg onload=XSS(1)></td><td>b</td></tr></table></div>"
)
# Changes of a page, and whether it has to be opened after them, too.
CHANGES = (
    (ITEM, "XSS(1)", "XSS(23)", False),
    (ITEM, "words", "other 2 words", False),
    (ITEM, "&lt;svg", "&amp;lt;svg", True),
    (ITEM, "strong>", "em>", True),
    (ITEM, "<li>", "<li data-run>", True),
    (ITEM, "<li>", '<li><i class="ag-step"></i>', True),
    (ITEM, "</ol>", '</ol><p class="ag-due">', True),
    (TABLE, "<td>b</td></tr>", "<td>b</td></tr><tr><td>b</td><td>b</td></tr>", False),
    (TABLE, 'filter="A"', 'filter="B"', True),
    (TABLE, "<th>B</th>", "<th>B</th><th>C</th>", True),
    (TABLE, "<tr><td>", "<tr><td>b</td><td>", True),
)


@pytest.mark.browser
def test_a_page_is_opened_if_a_script_could_find_something_new_on_it(tab: _Tab) -> None:
    tab.page.goto("about:blank")  # where the scripts of the tab run
    find = "pages => pages.map(page => [...places(new DOMParser().parseFromString(page, 'text/html'))])"
    before = tab.page.evaluate(find, [page for page, *_change in CHANGES])
    after = tab.page.evaluate(find, [page.replace(old, new) for page, old, new, _expected in CHANGES])
    opened = [bool(set(new) - set(old)) for old, new in zip(before, after, strict=True)]
    assert opened == [expected for *_change, expected in CHANGES]
    assert all(old in page for page, old, _new, _expected in CHANGES)


@pytest.mark.browser
@pytest.mark.parametrize(("edition", "builder"), SITES)
def test_no_page_runs_a_text_of_the_model(
    tabs: list[_Tab],
    sites: dict[tuple[str, str], Path],
    served: tuple[str, str, str],
    built: Built,
    edition: str,
    builder: str,
    *,
    long: bool,
) -> None:
    base = f"{served[1]}{edition}-{builder}/site/"
    other = f"{served[1]}internal-{builder}/site/" if edition != "internal" else ""
    pages = [base + a for a in _addresses(sites[edition, builder]) if a != "control/"]
    halves = [pages[::2], pages[1::2]]
    found = _opened(tabs, served[1], halves, fresh=not long, base=base, other=other)
    for tab, one, names in zip(tabs, found, halves, strict=True):
        assert tab.fired == [], [built.payloads.places[int(said.split()[1])] for said in tab.fired]
        assert one["bad"] == []
        assert set(one["elements"]) <= ELEMENTS, {e: a for e, a in one["elements"].items() if e not in ELEMENTS}
        assert one["parsed"] == len(names) > 50
        assert one["opened"] > (10 if edition == "internal" else 0)
    # The payloads are present as text: nearly all in the internal edition; in the other, all but identifying values and the design.
    least = {"internal": 0.9, "public": 0.75}[edition]
    said = {number for one in found for number in one["said"]}
    opened = sum(one["opened"] for one in found)
    shown = f"{len(said)} of {len(built.payloads.places)} payloads shown"
    print(f"{edition} {builder}: {len(pages)} pages, {opened} of them opened, {shown}, 0 ran")
    assert len(said) > least * len(built.payloads.places)
    control = _opened(tabs, served[1], [[base + "control/"]] * 2)
    assert [set(tab.fired) for tab in tabs] == [CONTROLS, CONTROLS]
    assert [{seen.partition(": ")[2] for seen in one["bad"]} for one in control] == [SUSPECT, SUSPECT]


@pytest.mark.browser
def test_no_picture_runs_a_text_of_the_model(
    tabs: list[_Tab], sites: dict[tuple[str, str], Path], served: tuple[str, str, str]
) -> None:
    distinct: dict[bytes, str] = {}
    for (edition, builder), site in sites.items():
        for file in sorted(site.rglob("*.svg")):
            distinct.setdefault(
                file.read_bytes(), f"{served[1]}{edition}-{builder}/site/{file.relative_to(site).as_posix()}"
            )
    addresses = list(distinct.values())
    found = _opened(tabs, served[1], [addresses[::2], addresses[1::2]])
    print(f"{len(addresses)} distinct pictures")
    assert [(tab.fired, one["bad"]) for tab, one in zip(tabs, found, strict=True)] == [([], []), ([], [])]
    assert sum(one["opened"] for one in found) == len(addresses) > 80


# Pages with every interactive element: tabs, pictures that switch and step, tables that sort and filter, folds, definitions.
USED = ("", "notes/", *(f"architecture/{name}/" for name in (
    "network", "flow-request", "clouds", "glossary", "health", "parity", "reference/kinds", "road", "side-by-side", "start/tour",
    "components/front-door", "parity/moving", "runbooks/database-failover", "terraform/05-data")))  # fmt: skip


def _of_each_form(site: Path) -> list[str]:
    """Every top-level page, and two of each folder of similar pages."""
    alike: dict[str, list[str]] = {}
    for address in _addresses(site):
        folder = "/".join(address.split("/")[:2]) if address.count("/") > 2 else ""
        alike.setdefault(folder, []).append(address)
    return [address for folder, found in alike.items() for address in (found[:2] if folder else found)]


# Use every control of a picture, every tab, every column and the filter, and move the pointer over every word with a title.
USE = r"""async () => {
  const moves = ["pointerenter", "mouseenter", "mouseover", "focus"].map(name => new MouseEvent(name, {bubbles: name === "mouseover"}));
  const over = e => moves.forEach(move => e.dispatchEvent(move));
  document.querySelectorAll("abbr, [title], .ag-node, svg.ag a").forEach(over);
  document.querySelectorAll(".ag-bar button:not([data-do=full]), .ag-order, .tabbed-labels label").forEach(e => e.click());
  for (const select of document.querySelectorAll(".ag-bar select, .ag-search select"))
    for (const option of select.options) { select.value = option.value; select.dispatchEvent(new Event("change")); }
  document.querySelectorAll(".ag-search input").forEach(e => { e.value = "svg"; e.dispatchEvent(new Event("input")); });
  document.querySelectorAll("summary").forEach(e => e.click());
  await new Promise(done => setTimeout(done, 60));
}"""


@pytest.mark.browser
@pytest.mark.parametrize("builder", BUILDERS)
def test_nothing_runs_when_a_page_is_used(
    tab: _Tab, sites: dict[tuple[str, str], Path], served: tuple[str, str, str], builder: str, *, long: bool
) -> None:
    pages = [page for page in _of_each_form(sites["internal", builder]) if page != "control/"] if long else USED
    base = served[2] + f"internal-{builder}/site/"
    hovered = 0
    for page in pages:
        tab.page.goto(base + page)
        tab.page.evaluate(USE)
        assert tab.page.evaluate("look(document)") == [], page
        assert tab.fired == [], page
    tab.page.goto(base + "notes/")
    for word in tab.page.locator("article abbr").all()[:4]:
        word.hover()
        tab.page.wait_for_timeout(350)  # themes wait before they show a definition
        hovered += 1
    assert hovered > 1
    assert tab.fired == []
    print(f"{builder}: {len(pages)} pages used, {hovered} words hovered")
    tab.page.goto(base + "control/")
    tab.page.locator("article abbr").hover()
    tab.page.locator("article a[href^=javascript]").click()
    tab.page.wait_for_timeout(350)
    assert set(tab.fired) == CONTROLS | {"XSS 900003", "XSS 900004"}  # themes interpret titles as HTML


QUERIES = ("onload", "platform", "script", "javascript", "raw", "autofocus")


@pytest.mark.browser
@pytest.mark.parametrize(("edition", "builder"), SITES)
def test_no_search_result_runs_a_text_of_the_model(
    tab: _Tab, served: tuple[str, str, str], edition: str, builder: str, *, long: bool
) -> None:
    results = ".md-search-result__link" if builder == "material" else "[role=option]"
    base = served[0] + f"{edition}-{builder}/site/"
    shown, queries = 0, QUERIES if long else QUERIES[: 3 if edition == "internal" else 1]
    tab.page.goto(base)
    for query in queries:  # on the page that the last one has led to
        tab.page.keyboard.press("/")
        tab.page.wait_for_function("document.activeElement !== document.body")
        tab.page.keyboard.type(query)
        first = tab.page.locator(results).first
        first.wait_for()
        shown += tab.page.locator(results).count()
        assert tab.page.evaluate("look(document)") == [], query
        first.hover()
        first.click()
        tab.page.wait_for_load_state("load")
        assert tab.fired == [], query
    print(f"{edition} {builder}: {len(queries)} searches, {shown} results")
    assert shown >= 10 * len(queries)
