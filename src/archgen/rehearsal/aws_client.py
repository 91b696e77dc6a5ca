"""The command `aws` in the shell of a rehearsal: it lets `aws_cli.py` run a command with the open files of this process.

`python -I -S aws_client.py SOCKET ARGUMENT …`. It imports only what is part of the interpreter itself, because a rehearsal calls it
thousands of times: importing `socket`, `os` and `json` takes three times as long as all the rest of it.
"""

from __future__ import annotations

import _socket
import posix
import sys


def run(path: str, arguments: list[str]) -> int:
    """Let the server run a command; returns its exit code."""
    words = [posix.getcwdb(), str(len(arguments)).encode(), *map(_encode, arguments)]
    body = b"\0".join([*words, *(name + b"=" + value for name, value in posix.environ.items())])
    files = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
    door = _socket.socket(_socket.AF_UNIX)
    door.connect(path)
    door.sendmsg([len(body).to_bytes(8, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, files)])
    sent = 0
    while sent < len(body):
        sent += door.send(body[sent:])
    return int(door.recv(8) or b"255")


def _encode(argument: str) -> bytes:
    """The bytes of an argument, as os.fsencode returns them."""
    return argument.encode(sys.getfilesystemencoding(), "surrogateescape")


if __name__ == "__main__":
    posix._exit(run(sys.argv[1], sys.argv[2:]))
