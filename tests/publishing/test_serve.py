"""`archgen serve`: the site while the model is being edited."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import traceback
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

import processes
from archgen.publishing.live import Live
from archgen.publishing.serve import server
from archgen.publishing.watching import watched
from conftest import archgen

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, subprocess.Popen[str]]]:
    """A new project, its address, and the process that serves it. Only one test changes the project."""
    root = tmp_path_factory.mktemp("served")
    assert archgen("init", cwd=root).code == 0
    process = subprocess.Popen(
        processes.command("serve", "--port", "0", "--today", "2026-11-25"),
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        preexec_fn=heed_interruptions,  # noqa: PLW1509  # it only sets a signal
    )
    assert process.stdout is not None
    address = process.stdout.readline().split()[0]
    try:
        assert "first build: published after" in process.stdout.readline()
        yield root, address, process
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def heed_interruptions() -> None:
    """Undo what a shell does for programs in the background: they, and all that they start, ignore interruptions."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def get(address: str, path: str = "", host: str | None = None) -> str:
    request = urllib.request.Request(address + path, headers={"Host": host} if host else {})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()


def state_after(address: str, seen: int) -> dict[str, object]:
    """The state after the build with the number `seen`. Asks again, since a build may take longer than the server keeps a request."""
    for _try in range(10):
        state: dict[str, object] = json.loads(get(address, f"_archgen/state?seen={seen}"))
        if state["builds"] != seen:
            break
    return state


@pytest.mark.slow
def test_a_saved_model_is_published_and_a_broken_one_leaves_the_last_good_site(
    served: tuple[Path, str, subprocess.Popen[str]],
) -> None:
    root, address, process = served
    page = get(address, "architecture/components/database/")
    assert 'src="/_archgen/live.js" data-state="/_archgen/state"' in page
    model = root / "architecture.yaml"
    text = model.read_text(encoding="utf-8")
    model.write_text(text.replace("title: Orders", "title: Ledger of orders"), encoding="utf-8")
    assert state_after(address, 1) == {"builds": 2, "site": 2, "early": 0, "problems": ""}
    assert "Ledger of orders" in get(address, "architecture/components/database/")
    model.write_text(text.replace("retention_days: 7", "retension_days: 7"), encoding="utf-8")
    state = state_after(address, 2)
    assert state["site"] == 2
    assert "did you mean 'retention_days'?" in state["problems"]
    broken = get(address, "architecture/components/database/")
    assert "Ledger of orders" in broken
    assert "retension_days" in broken  # the page says what is wrong, as text
    model.write_text(text, encoding="utf-8")
    assert json.loads(get(address, "_archgen/state?seen=2"))["builds"] == 3  # what a page has missed is told at once
    assert state_after(address, 3)["site"] == 3
    assert process.stdout is not None
    published = re.compile(r"architecture\.yaml: published after \d+\.\d s")
    assert any(published.match(process.stdout.readline()) for _line in range(60))


@pytest.mark.slow
def test_only_this_machine_is_answered_under_its_own_name(served: tuple[Path, str, subprocess.Popen[str]]) -> None:
    _root, address, _process = served
    port = int(address.rsplit(":", 1)[1].strip("/"))
    with pytest.raises(urllib.error.HTTPError, match="403"):
        get(address, host="evil.example:80")
    outside = [i[4][0] for i in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    for host in (h for h in outside if not h.startswith("127.")):
        with pytest.raises(OSError), socket.create_connection((host, port), timeout=2):  # noqa: PT011  # each system says it its own way
            pass
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(address, "../architecture.yaml")


def test_a_port_in_use_is_reported(tmp_path: Path) -> None:
    assert archgen("init", cwd=tmp_path).code == 0
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = archgen("serve", "--port", str(taken.getsockname()[1]), cwd=tmp_path)
    assert result.code == 2
    assert "error[ARC-W005]: cannot listen on port" in result.err


def test_outputs_of_a_build_do_not_trigger_another_build(shop: Path, tmp_path: Path) -> None:
    project = Path(shutil.copytree(shop, tmp_path / "project"))
    (project / "docs" / "guide").mkdir()
    (project / "docs" / "guide" / "index.md").write_text("# Ours\n")
    edited = (project / "architecture.yaml").read_text().replace("retention_days: 30}}", "retention_days: 31}}")
    (project / "architecture.yaml").write_text(edited)
    before = watched(project, ("architecture.yaml",))
    assert "architecture.yaml" in before
    assert "docs/guide/index.md" in before
    assert "mkdocs.yml" in before
    time.sleep(0.02)
    result = archgen("build", "--no-site", cwd=project)
    assert result.code == 0
    assert not result.out.startswith("0 files written")
    assert watched(project, ("architecture.yaml",)) == before


@pytest.mark.slow
def test_memory_does_not_grow_with_many_edits(minimal: Path) -> None:
    code = """
import re, sys
from pathlib import Path
from archgen.pipeline import check, load, make
def peak(): return int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text()).group(1))
model = Path("architecture.yaml"); text = model.read_text()
seen = []
for n in range(24):
    model.write_text(text.replace("name: ", f"name: N{n} ", 1))
    project = load(model).project
    check(project).findings; make(check(project))
    seen.append(peak())
print(seen[9], seen[-1])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=minimal, capture_output=True, text=True, check=True)
    early, late = map(int, done.stdout.split())
    assert late < early * 1.1 + 4096, (early, late)


# -- clients other than browsers -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def listening(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, list[str]]]:
    """The port of a server with a small site, and the tracebacks of its internal errors."""
    site = tmp_path_factory.mktemp("site")
    (site / "index.html").write_text("<html><body>home</body></html>", encoding="utf-8")
    (site / "page").mkdir()
    said: list[str] = []
    made = server(site, 0, Live())
    made.handle_error = lambda _request, _client: said.append(traceback.format_exc())  # type: ignore[method-assign]
    with serving(made) as port:
        yield port, said


@contextmanager
def serving(made: ThreadingHTTPServer) -> Iterator[int]:
    """Let a server answer in this block; the value is its port."""
    threading.Thread(target=made.serve_forever, daemon=True).start()
    try:
        yield made.server_address[1]
    finally:
        made.shutdown()
        made.server_close()


def ask(port: int, request: bytes) -> bytes:
    """The complete answer to some bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return answer


def status(answer: bytes) -> int:
    """The status of an answer. The answer to a line that is not a request has it only in its text."""
    found = re.match(rb"HTTP/1\.1 (\d+)", answer) or re.search(rb"Error code: (\d+)", answer)
    assert found, answer
    return int(found[1])


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "BREW"])
def test_every_method_is_asked_for_its_host(listening: tuple[int, list[str]], method: str) -> None:
    port, _said = listening
    for host in (
        "evil.com",
        f"evil.com:{port}",
        f"127.0.0.1.evil.com:{port}",
        "127.0.0.1:x",
        "",
        f"localhost@evil:{port}",
    ):
        assert status(ask(port, f"{method} / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())) == 403, host
    assert status(ask(port, f"{method} / HTTP/1.1\r\n\r\n".encode())) == 403
    twice = f"{method} / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHost: evil.com\r\n\r\n"
    assert status(ask(port, twice.encode())) == 403
    expected = 200 if method in ("GET", "HEAD") else 501
    for host in ("127.0.0.1", f"127.0.0.1:{port}", "localhost:8001", f"LocalHost:{port}"):
        assert status(ask(port, f"{method} / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())) == expected, host


def test_a_page_of_another_site_is_refused(listening: tuple[int, list[str]]) -> None:
    port, _said = listening
    host = f"Host: 127.0.0.1:{port}\r\n"

    def asked(path: str, headers: str) -> int:
        return status(ask(port, f"GET {path} HTTP/1.1\r\n{host}{headers}\r\n".encode()))

    for origin in ("http://evil.com", "null", f"http://127.0.0.1:{port + 1}", f"http://127.0.0.1:{port}.evil.com", ""):
        assert asked("/", f"Origin: {origin}\r\n") == 403, origin
    assert asked("/", f"Origin: http://127.0.0.1:{port}\r\nOrigin: http://evil.com\r\n") == 403
    assert asked("/", f"Origin: http://127.0.0.1:{port}\r\n") == 200
    state = "/_archgen/state?seen=0&early=9"  # another state than that of the server, which therefore answers at once
    assert asked(state, "Sec-Fetch-Site: cross-site\r\n") == 403
    assert asked(state, "Sec-Fetch-Site: same-site\r\n") == 403
    assert asked(state, "Sec-Fetch-Site: same-origin\r\n") == 200
    for site in ("cross-site", "same-site"):  # the latter is another port of this machine
        assert asked("/", f"Sec-Fetch-Site: {site}\r\nSec-Fetch-Mode: navigate\r\n") == 200  # a link there leads here
        assert asked("/", f"Sec-Fetch-Site: {site}\r\nSec-Fetch-Mode: no-cors\r\n") == 403  # as a script or a picture
    assert asked("/", "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: no-cors\r\n") == 200
    # For browsers that do not send these headers:
    answer = ask(port, f"GET / HTTP/1.1\r\n{host}\r\n".encode())
    assert b"\r\nCross-Origin-Resource-Policy: same-origin\r\n" in answer


def test_only_paths_below_the_site_are_looked_at(tmp_path: Path) -> None:
    live = Live()
    with serving(server(tmp_path, 0, live)) as port:

        def tell(*pages: str) -> int:
            query = "".join(f"&page={page}" for page in pages)
            request = f"GET /_archgen/state?seen=0&early=9{query} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"
            return status(ask(port, request.encode()))

        assert tell("/", "/architecture/network/", "/architecture/diagrams/a%2520b.svg") == 200
        known = ["index.html", "architecture/network/index.html", "architecture/diagrams/a b.svg"]
        assert live.looked_at() == known
        for bad in (
            "/../secret",
            "/a/%252e%252e/b",
            "//evil.com/",
            "http://evil.com/",
            "a",
            "/a%255Cb",
            "/%2500",
            "/" + "a" * 2000,
        ):
            assert tell(bad) == 400, bad
        assert live.looked_at() == known
        for n in range(100):
            tell(f"/{n}/")
        assert len(live.looked_at()) <= 16  # memory is limited


def test_files_that_are_ready_early_are_served_until_the_build_ends(tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "index.html").write_text("<html><body>old</body></html>", encoding="utf-8")
    live = Live()
    with serving(server(tmp_path, 0, live)) as port:
        address = f"http://127.0.0.1:{port}/"
        live.publish_early({"page/index.html": b"<html><body>new</body></html>", "a/b.svg": b"<svg/>"})
        assert "new" in get(address, "page/")
        assert 'data-early="1"' in get(address, "page/")
        assert get(address, "a/b.svg") == "<svg/>"
        live.publish(good=False, problems="broken")
        assert "old" in get(address, "page/")
        assert (
            json.loads(get(address, "_archgen/state?seen=0&early=1"))["early"] == 2
        )  # pages go back to the last good site
        live.publish_early({"page/index.html": b"newer"})
        live.publish(good=True, problems="")
        assert "old" in get(address, "page/")  # what the build has written
        assert live.early == 3


@pytest.mark.parametrize(
    ("request_line", "expected"),
    [
        ("GET /%00 HTTP/1.1", 400),
        ("HEAD /%00 HTTP/1.1", 400),
        ("GET /index.html%00.png HTTP/1.1", 400),
        ("GET /_archgen/state?seen=" + "9" * 5000 + " HTTP/1.1", 400),
        ("GET /_archgen/state?seen=-1 HTTP/1.1", 400),
        ("GET /_archgen/state?seen=%D9%A3 HTTP/1.1", 400),
        ("GET http://[ HTTP/1.1", 400),
        ("GET /" + "a" * 4000 + ".html HTTP/1.1", 400),
        ("GET /%ED%A0%80 HTTP/1.1", 400),
        ("GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1", 404),
        ("GET / HTTP/9.9", 505),
        ("GET / HTTP/x", 400),
        ("GET", 400),
        ("\x00\x01\x02\x03", 400),
        ("GET / / HTTP/1.1", 400),
        ("GET /" + "a" * 70000 + " HTTP/1.1", 414),
    ],
    ids=lambda value: str(value)[:30].replace("\x00", "NUL"),
)
def test_a_malformed_request_is_refused_without_a_traceback(
    listening: tuple[int, list[str]], request_line: str, expected: int
) -> None:
    port, said = listening
    answer = ask(port, f"{request_line}\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode("latin-1"))
    assert status(answer) in (expected, 404 if expected == 400 else expected)
    assert said == []
    assert status(ask(port, f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())) == 200


def test_headers_without_end_are_refused(listening: tuple[int, list[str]]) -> None:
    port, said = listening
    for headers in ("X: " + "a" * 70000, "\r\n".join(f"X{n}: 1" for n in range(200))):
        answer = ask(port, f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}\r\n\r\n".encode())
        assert status(answer) == 431
    assert said == []


def test_a_slow_or_disconnected_client_is_not_an_error(
    listening: tuple[int, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, said = listening
    monkeypatch.setattr("archgen.publishing.serve._Handler.timeout", 0.2)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        slow.sendall(b"GET / HT")
        assert slow.recv(100) == b"", "the server has hung up"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as gone:
        gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # close with a reset
        gone.sendall(f"GET /_archgen/state?seen=0 HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
    assert status(ask(port, f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())) == 200
    assert [text for text in said if "ConnectionError" not in text and "ConnectionReset" not in text] == []
