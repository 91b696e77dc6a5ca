"""Fixtures for tests that open the built site in Chromium, as both site builders make it."""

from __future__ import annotations

import functools
import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browser import find
from conftest import copy_built, missing
from sharing import Shared

# One page of each kind.
KINDS = (
    "", *(f"architecture/{page}" for page in (
        "network/", "flow-request/", "platform/", "sources/design/", "start/", "start/tour/", "start/teams/", "start/weeks/",
        "components/", "components/database/", "environments/", "road/", "side-by-side/", "parity/", "parity/cache/", "clouds/",
        "runbooks/", "runbooks/database-failover/", "terraform/", "terraform/05-data/", "security/", "health/", "observability/",
        "costs/", "decisions/", "assumptions/", "delivery/")), "architecture/start/site/")  # fmt: skip


@pytest.fixture(scope="session")
def zensical(built: Path, shared: Shared) -> Path:
    """The site of the reference project as Zensical builds it."""

    def make(root: Path) -> None:
        copy_built(built, root / "project")
        build_with_zensical(root / "project")

    return shared.folder("zensical", make) / "project" / "site"


def build_with_zensical(root: Path) -> None:
    """Build the site of a project whose pages are made."""
    program = Path(sys.executable).parent / "zensical"
    done = subprocess.run([str(program), "build", "--strict"], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


INDEXES = ("search/search_index.json", "search.json")  # of Material and of Zensical
ENTRIES = ("docs", "items")


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a site that does not change, so that a browser need not ask for a style sheet or a script again."""

    protocol_version = "HTTP/1.1"

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="session", params=["material", "zensical"])
def builder(request: pytest.FixtureRequest) -> str:
    """Which site builder made the site of `published`."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def published(builder: str, built: Path, zensical: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serves the site twice, below paths, as GitHub Pages does: `path/` finds nothing, `searched/` has its search index."""
    site = zensical if builder == "zensical" else built / "site"
    parent = tmp_path_factory.mktemp(f"served-{builder}")
    (parent / "sub").mkdir()
    (parent / "sub" / "searched").symlink_to(site)
    link_without_entries(site, parent / "sub" / "path")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/sub/"
    server.shutdown()


def link_without_entries(site: Path, to: Path) -> None:
    """Make a folder with links to all files of a site but the search index, whose copy has no entries."""
    (index,) = (name for name in INDEXES if (site / name).is_file())
    read = json.loads((site / index).read_text(encoding="utf-8"))
    (to / index).parent.mkdir(parents=True)
    (to / index).write_text(json.dumps(read | {key: [] for key in ENTRIES if key in read}), encoding="utf-8")
    for file in site.iterdir():
        if file.name != index.partition("/")[0]:
            (to / file.name).symlink_to(file)


@pytest.fixture(scope="session")
def address(published: str) -> str:
    """The address of the site without entries in its search index: on each page, reading them takes longer than all else."""
    return f"{published}path/"


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    path = find()
    if not path:
        missing("Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def complain_to(complaints: list[str], page: Any, published: str) -> None:
    """Note what a page writes to the console, what fails in it, and requests to other hosts."""
    page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: complaints.append(str(e)))
    page.on("request", lambda r: None if r.url.startswith((published, "data:", "blob:")) else complaints.append(r.url))
    page.on("response", lambda r: None if r.status < 400 else complaints.append(f"{r.status} {r.url}"))


@pytest.fixture
def open_page(chromium, published: str, address: str):
    """Opens a page. The test fails at its end if the page wrote to the console or sent a request to another host."""
    complaints: list[str] = []
    contexts = []

    def opened(path: str, *, searched: bool = False, **options: object):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        complain_to(complaints, page, published)
        page.goto((f"{published}searched/" if searched else address) + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
