"""A project in, its site out on a local address, made anew whenever somebody saves: the last good site stays while the model is broken.

Pages are served from `site/` as they are, with a small script added that asks whether there is something newer, reloads, or
shows what is wrong. Only this machine can ask: the server listens on the loopback address.
"""

from __future__ import annotations

import html
import json
import os
import posixpath
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

LOOPBACK = "127.0.0.1"
STATE = "/_archgen/state"
PATIENCE = 20.0  # seconds that a page's question waits for an answer
SLOWEST = 30.0  # seconds that a client may take to send or to take something
LOOK_EVERY = 0.25  # seconds between two looks at the files
# What a build reads besides the model: everything of these, but for what it makes itself.
WATCHED = ("templates", "docs", "rules", "mkdocs.yml", "reviews.yaml")
MADE = ("docs/index.md", "docs/architecture")

# The names of this machine, with any port: one that is forwarded has another. A page elsewhere that had its own name point here
# still asks under that name.
_OURS = re.compile(r"(127\.0\.0\.1|localhost)(:\d{1,5})?", re.IGNORECASE)
_COUNT = re.compile(r"[0-9]{1,9}")

_SCRIPT = """<script>
(() => {
  const site = %d;
  let seen = %d;
  const show = (text) => {
    let box = document.getElementById("archgen-problems");
    if (!text) { box?.remove(); return; }
    if (!box) {
      box = document.createElement("pre");
      box.id = "archgen-problems";
      box.setAttribute("role", "alert");
      box.style.cssText = "position:fixed;inset:auto 0 0 0;max-height:50vh;overflow:auto;margin:0;padding:1rem;z-index:99;" +
        "background:#2b0d0d;color:#ffe9e6;font:13px/1.5 monospace;white-space:pre-wrap;border-top:3px solid #ff6b5e";
      document.body.append(box);
    }
    box.textContent = text;
  };
  const ask = async () => {
    try {
      const answer = await (await fetch("%s?seen=" + seen)).json();
      if (answer.site > site) { location.reload(); return; }
      seen = answer.builds;
      show(answer.problems);
      setTimeout(ask, 50);
    } catch { setTimeout(ask, 1000); }
  };
  show(%s);
  ask();
})();
</script>"""


class Live:
    """What the newest build has come to: `builds` counts all, `site` the good ones, `problems` is what the last one said."""

    def __init__(self) -> None:
        self.site = 0
        self.problems = ""
        self.builds = 0
        self._changed = threading.Condition()

    def publish(self, *, good: bool, problems: str) -> None:
        """Tell every page that waits."""
        with self._changed:
            self.site += good
            self.problems = problems
            self.builds += 1
            self._changed.notify_all()

    def wait(self, seen: int, patience: float) -> dict[str, Any]:
        """The state, once there was another build than those that were seen, or after so many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self.builds > seen, patience)
            return {"builds": self.builds, "site": self.site, "problems": self.problems}


class _Handler(SimpleHTTPRequestHandler):
    """Files of the site, with the script in every page."""

    server_version = "archgen"
    protocol_version = "HTTP/1.1"
    timeout = SLOWEST

    def __init__(self, *arguments: Any, live: Live, earlier: bool, **named: Any) -> None:
        self.live = live
        self.earlier = earlier
        super().__init__(*arguments, **named)

    def translate_path(self, path: str) -> str:
        """The file that an address means. Raises FileNotFoundError for one that is not part of a site which was built here."""
        if self.live.site == 0 and not self.earlier:
            raise FileNotFoundError
        found = super().translate_path(path)
        site, place = Path(self.directory), Path(os.path.realpath(found))
        if site.is_symlink() or not place.is_relative_to(os.path.realpath(site)):
            raise FileNotFoundError
        return found

    def parse_request(self) -> bool:
        """Whether there is a request to answer: none is, whatever its method, that was made under a name which is not this machine's."""
        if not super().parse_request():
            return False
        hosts = self.headers.get_all("Host") or []
        if len(hosts) == 1 and _OURS.fullmatch(hosts[0].strip()):
            return True
        self.send_error(HTTPStatus.FORBIDDEN)
        return False

    def do_GET(self) -> None:
        """A page, a file, or the state."""
        self._guarded(self._get)

    def do_HEAD(self) -> None:
        """The same without its content."""
        self._guarded(super().do_HEAD)

    def _guarded(self, answer: Callable[[], None]) -> None:
        """Answer; an address that no file of any system can have is a bad request."""
        try:
            if "\0" in unquote(self.path):
                raise ValueError
            answer()
        except (ConnectionError, TimeoutError):
            raise
        except FileNotFoundError:
            self.send_error(HTTPStatus.NOT_FOUND)
        except (OSError, ValueError):
            self.send_error(HTTPStatus.BAD_REQUEST)

    def _get(self) -> None:
        address = urlsplit(self.path)
        if address.path == STATE:
            seen = parse_qs(address.query).get("seen", ["0"])[0]
            if not _COUNT.fullmatch(seen):
                raise ValueError
            self._answer(json.dumps(self.live.wait(int(seen), PATIENCE)).encode(), "application/json")
            return
        file = self._page(address.path)
        if file:
            self._answer(self._with_script(file.read_bytes()), "text/html; charset=utf-8")
        elif self.live.site == 0 and address.path == "/":
            self._answer(self._with_script(_nothing_yet(self.live.problems)), "text/html; charset=utf-8")
        else:
            super().do_GET()

    def _page(self, path: str) -> Path | None:
        """The file of a page; None where the address means no page."""
        try:
            file = Path(self.translate_path(self.path))
        except FileNotFoundError:
            return None
        file = file / "index.html" if file.is_dir() and path.endswith("/") else file
        return file if file.suffix == ".html" and file.is_file() else None

    def _with_script(self, page: bytes) -> bytes:
        problems = json.dumps(self.live.problems).replace("<", "\\u003c")
        script = (_SCRIPT % (self.live.site, self.live.builds, STATE, problems)).encode()
        head, body, tail = page.rpartition(b"</body>")
        return head + script + body + tail if body else page + script

    def _answer(self, content: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def end_headers(self) -> None:
        """Nothing is kept by the browser: what it shows is always the newest."""
        if "Cache-Control" not in b"".join(getattr(self, "_headers_buffer", [])).decode("latin-1"):
            self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Requests are not worth a line."""


def _nothing_yet(problems: str) -> bytes:
    said = html.escape(problems) or "The first build is running."
    return f"<!doctype html><html lang=en><title>archgen</title><body><pre>{said}</pre></body></html>".encode()


class _Server(ThreadingHTTPServer):
    """A server to which a client that leaves is no error."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


def server(site: Path, port: int, live: Live, *, earlier: bool = True) -> ThreadingHTTPServer:
    """A server that listens already. `port` 0 takes any free one. `earlier` says whether a site that was there before is shown until
    there is a new one. Raises OSError."""
    return _Server((LOOPBACK, port), partial(_Handler, directory=str(site), live=live, earlier=earlier))


def watched(root: Path, model_files: Iterator[str] | tuple[str, ...]) -> dict[str, tuple[int, int]]:
    """Every file that a build reads, with its time and size: two looks differ when somebody has saved something."""
    found: dict[str, tuple[int, int]] = {}
    for name in (*model_files, *WATCHED):
        place = root / name
        for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
            relative = posixpath.relpath(file.as_posix(), root.as_posix())
            if relative.startswith(MADE):
                continue
            try:
                stat = file.stat()
            except OSError:
                continue
            if file.is_file():
                found[relative] = (stat.st_mtime_ns, stat.st_size)
    return found


Look = dict[str, tuple[int, int]]


def follow(
    before: Look, look: Callable[[], Look], changed: Callable[[list[str], float], None], stopped: threading.Event
) -> None:
    """Call `changed` with the names of files that differ from the last look, and the time when that was seen, until stopped.

    What is saved during a build is seen by the next look.
    """
    while not stopped.wait(LOOK_EVERY):
        now = look()
        if now != before:
            names = sorted(name for name in {*now, *before} if now.get(name) != before.get(name))
            before = now
            changed(names, time.perf_counter())
