"""Takes the screenshots of the guide and of README.md from the built site: `make pictures`, or `python -m tools.screenshots`.

They are WebP files in `docs/guide/screenshots`, which tests compare with this list, but not with the pages: a change of a text does not
call for new ones.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import io
import os
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "guide" / "screenshots"
WIDE, PHONE = (1280, 800), (390, 780)
LARGEST = 1_500_000  # bytes of all screenshots together
_QUALITY = 82
_SETTLED = 500  # milliseconds after loading, in which scripts arrange the page


class Screen(NamedTuple):
    """A part of the site: an address, the size of the window, light or dark, and what is scrolled to its top edge."""

    address: str
    size: tuple[int, int] = WIDE
    scheme: str = "light"
    top: str = ""


SCREENS = {
    "home": Screen(""),
    "home-dark": Screen("", scheme="dark"),
    "home-phone": Screen("", PHONE),
    "network": Screen("architecture/network/"),
    "component": Screen("architecture/components/database/"),
    "side-by-side-dark": Screen("architecture/side-by-side/", scheme="dark"),
    "parity": Screen("architecture/parity/"),
    "runbook": Screen("architecture/runbooks/database-failover/", top="#steps"),
    "runbook-phone-dark": Screen("architecture/runbooks/database-failover/", PHONE, "dark", "#steps"),
    "health": Screen("architecture/health/"),
}


def main() -> int:
    """Take all screenshots, or those that are named; the exit code is 2 if there is no site or no browser."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(SCREENS)} (default: all)")
    parser.add_argument("--site", type=Path, default=ROOT / "site", help="folder of the built site")
    parser.add_argument("--browser", default=find_browser(), help="path of Chromium (default: $CHROMIUM, or found)")
    options = parser.parse_args()
    if unknown := set(options.names) - set(SCREENS):
        parser.error(f"unknown screenshots: {', '.join(sorted(unknown))}")
    if not (options.site / "index.html").is_file():
        parser.error(f"{options.site} has no index.html: run archgen build first")
    if not options.browser:
        parser.error("Chromium was not found: name it with --browser")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with served(options.site) as address, browser(options.browser) as chromium:
        for name in options.names or SCREENS:
            picture = taken(chromium, address, SCREENS[name])
            (FOLDER / f"{name}.webp").write_bytes(picture)
            print(f"{name}: {len(picture) // 1024} KiB")
    return 0


def find_browser() -> str | None:
    """The path of Chromium; None if it is not installed."""
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if name and (path := shutil.which(name))), None)


def taken(chromium: Any, address: str, screen: Screen) -> bytes:
    """A screenshot of a page as a WebP file."""
    width, height = screen.size
    window = chromium.new_context(
        viewport={"width": width, "height": height}, color_scheme=screen.scheme, reduced_motion="reduce"
    )
    page = window.new_page()
    page.goto(address + screen.address)
    page.wait_for_timeout(_SETTLED)
    if screen.top:
        page.evaluate("id => document.querySelector(id).scrollIntoView()", screen.top)
        page.wait_for_timeout(_SETTLED)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    window.close()
    output = io.BytesIO()
    picture.save(output, "WEBP", quality=_QUALITY, method=6)
    return output.getvalue()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def served(site: Path) -> Iterator[str]:
    """The address at which a site is served meanwhile."""
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@contextmanager
def browser(path: str) -> Iterator[Any]:
    """A running Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


if __name__ == "__main__":
    sys.exit(main())
