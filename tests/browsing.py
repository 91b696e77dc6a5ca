"""Fixtures for tests that open the built site in Chromium, as both site builders make it."""

from __future__ import annotations

import functools
import http.server
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser import find
from conftest import copy_built, missing
from sharing import Shared


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


@pytest.fixture(scope="session", params=["material", "zensical"])
def address(
    request: pytest.FixtureRequest, built: Path, zensical: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Serves the site below a path, as GitHub Pages does."""
    parent = tmp_path_factory.mktemp(f"served-{request.param}")
    (parent / "sub").mkdir()
    (parent / "sub" / "path").symlink_to(zensical if request.param == "zensical" else built / "site")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/sub/path/"
    server.shutdown()


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


@pytest.fixture
def open_page(chromium, address: str):
    """Opens a page. The test fails at its end if the page wrote to the console or sent a request to another host."""
    complaints: list[str] = []
    contexts = []

    def opened(path: str, **options: object):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on(
            "request", lambda r: None if r.url.startswith((address, "data:", "blob:")) else complaints.append(r.url)
        )
        page.on("response", lambda r: None if r.status < 400 else complaints.append(f"{r.status} {r.url}"))
        page.goto(address + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
