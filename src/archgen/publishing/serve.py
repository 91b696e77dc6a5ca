"""Serves a project's site on a local address while it is rebuilt on every save; the last good site stays while the model is broken.

Pages come from `site/` with a small script added, which polls for a newer build and then reloads, or shows what
is wrong. Only this machine can connect: the server listens on the loopback address.
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
PATIENCE = 20.0  # seconds that a poll waits for a new build
SLOWEST = 30.0  # seconds after which a connection without traffic is closed
LOOK_EVERY = 0.25  # seconds between two scans of the files
# Inputs of a build besides the model, and the outputs among them, which do not count.
WATCHED = ("templates", "docs", "rules", "bindings", "mkdocs.yml", "reviews.yaml", "comparisons.json")
MADE = ("docs/index.md", "docs/architecture")

# Host headers that are accepted, with any port, since a forwarded port differs. This stops DNS rebinding: a page elsewhere whose name
# resolves to this machine still sends its own name.
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
    """The state of the builds: `builds` counts all, `site` the successful ones, `problems` is the output of the last one."""

    def __init__(self) -> None:
        self.site = 0
        self.problems = ""
        self.builds = 0
        self._changed = threading.Condition()

    def publish(self, *, good: bool, problems: str) -> None:
        """Record a finished build, and answer every page that waits for one."""
        with self._changed:
            self.site += good
            self.problems = problems
            self.builds += 1
            self._changed.notify_all()

    def wait(self, seen: int, patience: float) -> dict[str, Any]:
        """The state, as soon as more than `seen` builds have finished, or after `patience` seconds."""
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
        """The file that an address means. Raises FileNotFoundError if it is outside of the site, or no site was built yet."""
        if self.live.site == 0 and not self.earlier:
            raise FileNotFoundError
        file = super().translate_path(path)
        site, real = Path(self.directory), Path(os.path.realpath(file))
        if site.is_symlink() or not real.is_relative_to(os.path.realpath(site)):
            raise FileNotFoundError
        return file

    def parse_request(self) -> bool:
        """Whether there is a request to answer. One whose Host header is not a name of this machine is refused, whatever its method."""
        if not super().parse_request():
            return False
        hosts = self.headers.get_all("Host") or []
        if len(hosts) == 1 and _OURS.fullmatch(hosts[0].strip()):
            return True
        self.send_error(HTTPStatus.FORBIDDEN)
        return False

    def do_GET(self) -> None:
        """Answer with a page, a file, or the state."""
        self._guard(self._get)

    def do_HEAD(self) -> None:
        """Answer as to GET, without the content."""
        self._guard(super().do_HEAD)

    def _guard(self, answer: Callable[[], None]) -> None:
        """Call `answer`; a path that the operating system refuses is a bad request."""
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
            self._answer(self._with_script(_placeholder(self.live.problems)), "text/html; charset=utf-8")
        else:
            super().do_GET()

    def _page(self, path: str) -> Path | None:
        """The HTML file that an address means; None if it means something else."""
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
        """Forbid caching, so that the browser always shows the newest build."""
        if "Cache-Control" not in b"".join(getattr(self, "_headers_buffer", [])).decode("latin-1"):
            self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Log nothing: a line for each request would bury the output of the builds."""


def _placeholder(problems: str) -> bytes:
    """The page that is shown until there is a site."""
    text = html.escape(problems) or "The first build is running."
    return f"<!doctype html><html lang=en><title>archgen</title><body><pre>{text}</pre></body></html>".encode()


class _Server(ThreadingHTTPServer):
    """A server that does not report clients that disconnect."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


def server(site: Path, port: int, live: Live, *, earlier: bool = True) -> ThreadingHTTPServer:
    """A server that is already listening. `port` 0 takes any free one. `earlier` says whether an existing site is shown until there is
    a new one. Raises OSError."""
    return _Server((LOOPBACK, port), partial(_Handler, directory=str(site), live=live, earlier=earlier))


def watched(root: Path, model_files: Iterator[str] | tuple[str, ...]) -> dict[str, tuple[int, int]]:
    """Modification time in nanoseconds and size in bytes of every file that a build reads, by path from `root`."""
    stats: dict[str, tuple[int, int]] = {}
    for name in (*model_files, *WATCHED):
        path = root / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            relative = posixpath.relpath(file.as_posix(), root.as_posix())
            if relative.startswith(MADE):
                continue
            try:
                stat = file.stat()
            except OSError:
                continue
            if file.is_file():
                stats[relative] = (stat.st_mtime_ns, stat.st_size)
    return stats


Look = dict[str, tuple[int, int]]


def follow(
    before: Look, look: Callable[[], Look], changed: Callable[[list[str], float], None], stopped: threading.Event
) -> None:
    """Call `changed` with the names of changed files and the time at which that was noticed, until stopped.

    A file that is saved during a build is noticed by the next scan.
    """
    while not stopped.wait(LOOK_EVERY):
        now = look()
        if now != before:
            names = sorted(name for name in {*now, *before} if now.get(name) != before.get(name))
            before = now
            changed(names, time.perf_counter())
