"""The AWS CLI as a program that stays in memory, so that a command takes a fraction of its usual time to start.

It is the real AWS CLI: for each command this program forks, and the copy runs the CLI's own entry point with the arguments, the
environment, the folder and the open files of the client. Only its clock differs: it does not sleep between two questions, so waiters
come to their result at once. It needs the package `awscli` only, not archgen: `python aws_cli.py serve SOCKET [SERVICE …]`.

`python aws_cli.py run SOCKET ARGUMENT …` is the client. It is installed as `aws` in the shell of a rehearsal.
"""

from __future__ import annotations

import array
import json
import os
import signal
import socket
import sys
from functools import cache
from typing import Any

LOG = "REHEARSAL_CALLS"  # the file in which each command is noted with its exit code


def run(path: str, arguments: list[str]) -> int:
    """Let the server run a command with the open files of this process; returns its exit code."""
    with socket.socket(socket.AF_UNIX) as door:
        door.connect(path)
        request = {"arguments": arguments, "environment": dict(os.environ), "folder": os.getcwd()}  # noqa: PTH109  # pathlib costs time in every command
        body = json.dumps(request).encode()
        files = array.array("i", [0, 1, 2])
        door.sendmsg([len(body).to_bytes(8, "big")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
        door.sendall(body)
        answer = door.recv(8)
        return int(answer or b"255")


def serve(path: str, services: list[str]) -> None:
    """Run commands for clients until the process that started this one has ended."""
    _prepare(services)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    parent = os.getppid()
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        door.listen(64)
        door.settimeout(1)
        while os.getppid() == parent:
            try:
                connection, _ = door.accept()
            except TimeoutError:
                continue
            if not os.fork():
                _command(connection)
            connection.close()


def _prepare(services: list[str]) -> None:
    """Load the CLI, and the definitions of services, once for all commands."""
    from awscli import clidriver

    # The CLI contains a copy of botocore, and another one may be installed: this is the one that the CLI uses.
    sessions = sys.modules[type(clidriver.create_clidriver().session).__module__]
    sessions.create_loader = cache(sessions.create_loader)  # type: ignore[attr-defined]
    loader = clidriver.create_clidriver().session.get_component("data_loader")
    for service in services:
        for kind in ("service-2", "paginators-1", "waiters-2", "endpoint-rule-set-1"):
            try:
                loader.load_service_model(service, kind)
            except Exception:  # a service need not have waiters or pages
                continue
    loader.load_data("endpoints")
    loader.load_data("partitions")
    _stay_here()


def _stay_here() -> None:
    """Let the CLI call the emulator for all services: its version 1 calls old addresses of four, whatever the environment says."""
    try:
        from awscli.customizations import overridesslcommonname
    except ImportError:
        return
    overridesslcommonname.SSL_COMMON_NAMES = {}


def _command(connection: socket.socket) -> None:
    """Run one command in this process, which ends here."""
    code = 255
    try:
        request, files = _received(connection)
        for number, file in enumerate(files):
            os.dup2(file, number)
        own = {"AWS_DATA_PATH": os.environ["AWS_DATA_PATH"]}  # where the CLI's own definitions are
        os.environ.clear()
        os.environ.update(own)
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        code = _main(request["arguments"])
        _note(request["arguments"], code)
    finally:
        connection.sendall(str(code).encode())
        os._exit(0)


def _received(connection: socket.socket) -> tuple[dict[str, Any], list[int]]:
    files = array.array("i")
    size, ancillary, _flags, _address = connection.recvmsg(8, socket.CMSG_LEN(3 * files.itemsize))
    for _level, _type, data in ancillary:
        files.frombytes(data)
    body = b""
    while len(body) < int.from_bytes(size, "big"):
        body += connection.recv(1 << 20)
    return json.loads(body), list(files)


def _main(arguments: list[str]) -> int:
    import io
    import time

    from awscli import clidriver

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.stdin, sys.stdout, sys.stderr = (
        io.TextIOWrapper(os.fdopen(number, mode), encoding="utf-8", line_buffering=True, write_through=True)
        for number, mode in ((0, "rb"), (1, "wb"), (2, "wb"))
    )
    time.sleep = lambda _seconds: None
    try:
        return int(clidriver.create_clidriver().main(arguments) or 0)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 1
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()


def _note(arguments: list[str], code: int) -> None:
    if LOG in os.environ:
        with open(os.environ[LOG], "a", encoding="utf-8") as log:  # noqa: PTH123  # pathlib costs time in every command
            log.write(json.dumps([arguments, code]) + "\n")


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(run(sys.argv[2], sys.argv[3:]))
