"""Talks to a YAML language server as an editor does: opens texts, and gets diagnostics, completions and hovers.

The servers are those that tests/lsp/package-lock.json pins; `make test` installs them where npm is there.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

INSTALLED = Path(__file__).parent / "lsp" / "node_modules"
CURSOR = "▮"
OLDEST_NODE = 20
PATIENCE = 240  # seconds after which a server is assumed to hang

Place = dict[str, int]


def command(server: str) -> list[str]:
    """The command that starts a server. Skips the test if it is not installed."""
    node = shutil.which("node")
    program = INSTALLED / server / "bin" / "yaml-language-server"
    if node is None or not program.is_file():
        pytest.skip("no language server: `make test` installs it where Node.js and npm are there")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        pytest.skip(f"Node.js {version} runs no current language server; it takes {OLDEST_NODE} or later")
    return [node, str(program), "--stdio"]


class Server:
    """A running server, with which it communicates by the Language Server Protocol."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._asked = 0
        self._published: dict[str, list[dict[str, Any]]] = {}

    def open(self, file: Path, text: str) -> Place | None:
        """Open a text as the content of a file. Returns the position of the cursor mark in the text, if it has one."""
        before, _, after = text.partition(CURSOR)
        item = {"uri": file.as_uri(), "languageId": "yaml", "version": 1, "text": before + after}
        self._published.pop(file.as_uri(), None)
        self.tell("textDocument/didOpen", {"textDocument": item})
        if CURSOR not in text:
            return None
        return {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}

    def diagnostics(self, file: Path) -> list[dict[str, Any]]:
        """The diagnostics of the server for an open file."""
        while file.as_uri() not in self._published:
            self._receive()
        return self._published[file.as_uri()]

    def completions(self, file: Path, place: Place) -> list[dict[str, Any]]:
        """The completions at a position."""
        answer = self.ask("textDocument/completion", {"textDocument": {"uri": file.as_uri()}, "position": place})
        return list(answer["items"] if isinstance(answer, dict) else answer)

    def hover(self, file: Path, place: Place) -> str:
        """The hover text at a position."""
        answer = self.ask("textDocument/hover", {"textDocument": {"uri": file.as_uri()}, "position": place})
        return str(answer["contents"]["value"]) if answer else ""

    def ask(self, method: str, params: Any) -> Any:
        """Send a request; returns the answer."""
        self._asked += 1
        self._send({"id": self._asked, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self._asked and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def tell(self, method: str, params: Any) -> None:
        """Send a notification, which has no answer."""
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout
        headers = {}
        while line := self._process.stdout.readline().strip():
            name, _, value = line.decode().partition(": ")
            headers[name] = value
        assert headers, "the language server ended"
        message: dict[str, Any] = json.loads(self._process.stdout.read(int(headers["Content-Length"])))
        if "method" in message and "id" in message:  # a request by the server, which gets an empty answer
            self._send({"id": message["id"], "result": None})
        if message.get("method") == "textDocument/publishDiagnostics":
            self._published[message["params"]["uri"]] = message["params"]["diagnostics"]
        return message


@contextmanager
def running(server: str, root: Path) -> Iterator[Server]:
    """Starts a server in a folder, without any schemas except those that files name."""
    with subprocess.Popen(command(server), cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        hung = threading.Timer(PATIENCE, process.kill)
        hung.start()
        try:
            started = Server(process)
            formats = ["markdown", "plaintext"]
            client = {
                "completion": {"completionItem": {"documentationFormat": formats}},
                "hover": {"contentFormat": formats},
                "publishDiagnostics": {},
            }
            params = {"processId": None, "rootUri": root.as_uri(), "capabilities": {"textDocument": client}}
            started.ask("initialize", params)
            started.tell("initialized", {})
            wanted = {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}
            started.tell("workspace/didChangeConfiguration", {"settings": {"yaml": wanted}})
            yield started
            started.ask("shutdown", None)
            started.tell("exit", None)
        finally:
            hung.cancel()
            process.kill()
