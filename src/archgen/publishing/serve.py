"""Serves a project's site on a local address while it is rebuilt on every save; the last good site stays while the model is broken.

Pages come from `site/` with a small script added, which waits for a newer build and then replaces the content of the page, or shows
what is wrong. It tells the server which page and pictures it shows, so that these are made first.

Only this machine can connect: the server listens on the loopback address, and answers no request that a page of another site sends.
"""

from __future__ import annotations

import html
import json
import os
import re
import sys
from collections.abc import Callable
from functools import cache, partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from archgen.publishing.live import Live
from archgen.templating.render import Templates

LOOPBACK = "127.0.0.1"
STATE = "/_archgen/state"
PATIENCE = 20.0  # seconds that a poll waits for a new build
SLOWEST = 30.0  # seconds after which a connection without traffic is closed
SCRIPT = "/_archgen/live.js"
_OTHER_SITES = ("cross-site", "same-site")  # what browsers state about requests that a page of another origin sends
_MOST_PATHS, _LONGEST_PATH = 8, 1000  # of files that a page says it shows

# Host headers that are accepted, with any port, since a forwarded port differs. This stops DNS rebinding: a page elsewhere whose name
# resolves to this machine still sends its own name.
_OURS = re.compile(r"(127\.0\.0\.1|localhost)(:\d{1,5})?", re.IGNORECASE)
_COUNT = re.compile(r"[0-9]{1,9}")


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
        """Whether there is a request to answer. One whose Host header is not a name of this machine is refused, whatever its method, and
        so is one from a page of another origin, unless a link there leads here."""
        if not super().parse_request():
            return False
        hosts = self.headers.get_all("Host") or []
        is_here = len(hosts) == 1 and _OURS.fullmatch(hosts[0].strip())
        if is_here and self._is_ours(hosts[0].strip()) and not self._is_embedded():
            return True
        self.send_error(HTTPStatus.FORBIDDEN)
        return False

    def _is_ours(self, host: str) -> bool:
        """Whether a request comes from a page of this server, or from no page. Browsers send `Origin` with all requests that may have
        effects."""
        origins = [origin.strip().lower() for origin in self.headers.get_all("Origin") or []]
        return all(origin in (f"http://{host.lower()}", f"https://{host.lower()}") for origin in origins)

    def _is_embedded(self) -> bool:
        """Whether a page of another site loads this, such as a script with data of the model. Browsers send no `Origin` with that."""
        return self._is_from_another_site() and self.headers.get("Sec-Fetch-Mode", "").strip().lower() != "navigate"

    def _is_from_another_site(self) -> bool:
        return self.headers.get("Sec-Fetch-Site", "none").strip().lower() in _OTHER_SITES

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
        script = self._script_element()  # before the content is read, which may be newer then: the page asks again
        if address.path == STATE:
            self._get_state(parse_qs(address.query))
        elif address.path == SCRIPT:
            self._answer(_script(), "text/javascript; charset=utf-8")
        elif early := self._early_file(address.path):
            is_page = address.path.endswith(("/", ".html"))
            self._answer(
                _with_script(early, script) if is_page else early,
                "text/html; charset=utf-8" if is_page else self.guess_type(address.path),
            )
        elif file := self._page(address.path):
            self._answer(_with_script(file.read_bytes(), script), "text/html; charset=utf-8")
        elif self.live.site == 0 and address.path == "/":
            self._answer(_with_script(_placeholder(self.live.problems), script), "text/html; charset=utf-8")
        else:
            super().do_GET()

    def _get_state(self, query: dict[str, list[str]]) -> None:
        """Answer with the state, as soon as it is another one than the page knows. Raises ValueError."""
        if self._is_from_another_site():
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        seen, early = (_count(query.get(name, ["0"])[0]) for name in ("seen", "early"))
        self.live.look_at(_below_site(path) for path in query.get("page", [])[:_MOST_PATHS])
        self._answer(json.dumps(self.live.wait(seen, early, PATIENCE)).encode(), "application/json")

    def _early_file(self, address: str) -> bytes | None:
        """The content of a file that is ready before the rest of its site; None if the address means something else."""
        files = self.live.files
        try:
            return files.get(_below_site(address)) if files else None
        except ValueError:
            return None

    def _page(self, path: str) -> Path | None:
        """The HTML file that an address means; None if it means something else."""
        try:
            file = Path(self.translate_path(self.path))
        except FileNotFoundError:
            return None
        file = file / "index.html" if file.is_dir() and path.endswith("/") else file
        return file if file.suffix == ".html" and file.is_file() else None

    def _script_element(self) -> bytes:
        """The element that adds the script to a page, with the state of the builds."""
        live = self.live
        facts = {"state": STATE, "site": live.site, "early": live.early, "builds": live.builds, "look": live.look}
        data = "".join(f' data-{name}="{value}"' for name, value in facts.items())
        problems = html.escape(live.problems)
        return f'<script id="archgen-live" src="{SCRIPT}"{data} data-problems="{problems}"></script>'.encode()

    def _answer(self, content: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def end_headers(self) -> None:
        """Forbid caching, so that the browser always shows the newest build, and that pages of other sites load what is here."""
        if "Cache-Control" not in b"".join(getattr(self, "_headers_buffer", [])).decode("latin-1"):
            self.send_header("Cache-Control", "no-store")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        super().end_headers()

    def log_message(self, format: str, *arguments: Any) -> None:
        """Log nothing: a line for each request would bury the output of the builds."""


@cache
def _script() -> bytes:
    """The script that is added to every page."""
    return Templates(None).source("assets/live.js").encode()


def _with_script(page: bytes, script: bytes) -> bytes:
    """A page with the script at its end."""
    head, body, tail = page.rpartition(b"</body>")
    return head + script + body + tail if body else page + script


def _count(text: str) -> int:
    """A number of builds. Raises ValueError."""
    if not _COUNT.fullmatch(text):
        raise ValueError
    return int(text)


def _below_site(address: str) -> str:
    """The path below the site of the file that an address without query means. Raises ValueError if it is not below the site.

    Only names are compared with it; no file is opened by it.
    """
    path = unquote(address, errors="strict")
    parts = path.split("/")
    is_usable = len(path) <= _LONGEST_PATH and path.isprintable() and "\\" not in path
    if not is_usable or parts[0] or not all(parts[1:-1]) or {".", ".."} & set(parts):
        raise ValueError
    return path[1:] + ("index.html" if path.endswith("/") else "")


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
