"""The AWS CLI as a program that stays in memory, so that a command takes a fraction of its usual time to start.

It is the real AWS CLI: for each command this program forks, and the copy runs the CLI's own entry point with the arguments, the
environment, the folder and the open files of the client, `aws_client.py`. Only its clock differs: it does not sleep between two
questions, so waiters come to their result at once. The session of the CLI is made before the fork, and reads its configuration after it.
This program needs the package `awscli` only, not archgen: `python aws_cli.py SOCKET [SERVICE …]`.
"""

from __future__ import annotations

import array
import gc
import json
import os
import signal
import socket
import sys
from functools import cache
from typing import Any

LOG = "REHEARSAL_CALLS"  # the file in which each command is noted with its exit code


def serve(path: str, services: list[str]) -> None:
    """Run commands for clients until the process that started this one has ended."""
    driver = _prepare(services)
    gc.collect()
    gc.freeze()  # or each command would copy all objects when it looks for garbage
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
                _command(connection, driver)
            connection.close()


def _prepare(services: list[str]) -> Any:
    """The CLI, which has loaded the definitions of services, once for all commands."""
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
    return clidriver.create_clidriver()


def _stay_here() -> None:
    """Let the CLI call the emulator for all services: its version 1 calls old addresses of four, whatever the environment says."""
    try:
        from awscli.customizations import overridesslcommonname
    except ImportError:
        return
    overridesslcommonname.SSL_COMMON_NAMES = {}


def _command(connection: socket.socket, driver: Any) -> None:
    """Run one command in this process, which ends here."""
    code = 255
    try:
        (folder, arguments, environment), files = _received(connection)
        for number, file in enumerate(files):
            os.dup2(file, number)
        own = {"AWS_DATA_PATH": os.environ["AWS_DATA_PATH"]}  # where the CLI's own definitions are
        os.environ.clear()
        os.environ.update(own)
        os.environ.update(environment)
        os.chdir(folder)
        code = _main(driver, arguments)
        _note(arguments, code)
    finally:
        connection.sendall(str(code).encode())
        os._exit(0)


def _received(connection: socket.socket) -> tuple[tuple[str, list[str], dict[str, str]], list[int]]:
    """The folder, the arguments and the environment of a command, and the open files of the client."""
    files = array.array("i")
    size, ancillary, _flags, _address = connection.recvmsg(8, socket.CMSG_LEN(3 * files.itemsize))
    for _level, _type, data in ancillary:
        files.frombytes(data)
    body = b""
    while len(body) < int.from_bytes(size, "big"):
        body += connection.recv(1 << 20)
    folder, number, *words = map(os.fsdecode, body.split(b"\0"))
    variables = (word.partition("=") for word in words[int(number) :])
    return (folder, words[: int(number)], {name: value for name, _, value in variables}), list(files)


def _main(driver: Any, arguments: list[str]) -> int:
    import io
    import time

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.stdin, sys.stdout, sys.stderr = (
        io.TextIOWrapper(os.fdopen(number, mode), encoding="utf-8", line_buffering=True, write_through=True)
        for number, mode in ((0, "rb"), (1, "wb"), (2, "wb"))
    )
    time.sleep = lambda _seconds: None
    session = driver.session
    session._config = session._profile_map = session._profile = None  # those of this command
    try:
        return int(driver.main(arguments) or 0)
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
    serve(sys.argv[1], sys.argv[2:])
