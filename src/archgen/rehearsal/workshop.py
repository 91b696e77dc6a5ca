"""What a rehearsal runs in: the emulator, the AWS CLI, and a folder of the programs that commands may start.

Only harmless programs are the real ones (see tools.toml). All others are replaced by one that notes that it was called and fails,
so a rehearsal cannot reach a cloud, a cluster or a database.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from archgen.records import dataclass
from archgen.rehearsal.tools import tool_facts

HERE = Path(__file__).parent
NOT_HERE = 97  # the exit code of a program that is replaced
_REFUSAL = f'#!/bin/bash\necho "${{0##*/}}" >> "$REHEARSAL_REFUSED"\necho "${{0##*/}}: not in a rehearsal" >&2\nexit {NOT_HERE}\n'
# A pause ends at once. In a trial that must fail, a loop that waits ends after three of them.
_SLEEP = (
    '#!/bin/bash\necho >> "$REHEARSAL_PAUSES"\n'
    '[ "$(wc -l < "$REHEARSAL_PAUSES")" -gt "${REHEARSAL_PATIENCE:-100}" ] && kill -TERM "$REHEARSAL_SHELL"\nexit 0\n'
)
_KUBECTL = '#!/bin/bash\ncase "$1" in kustomize) exec {real} "$@";; esac\n'


class UnavailableError(Exception):
    """A tool that a rehearsal needs is not installed; the message says which one and how to install it."""


@dataclass(frozen=True, slots=True)
class World:
    """A world of resources in the emulator: its socket, the keys of each account, and what people set, by coordinate and variable."""

    socket: str
    keys: Mapping[str, Mapping[str, str]]
    values: Mapping[str, str]
    failures: tuple[str, ...] = ()


class Server:
    """A copy of a world that listens at a port. Ends with `close`."""

    def __init__(self, world: World) -> None:
        answer = _ask(world.socket, {"do": "serve"})
        self.port = int(answer["port"])
        self._pid = int(answer["pid"])

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_exception: object) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, 15)


class Workshop:
    """The emulator and the AWS CLI as running processes, and a folder with the programs for shells. Ends them on exit."""

    def __init__(self, folder: Path, services: Iterable[str]) -> None:
        self.folder = folder
        self._services = sorted(services)
        self._running: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Workshop:
        """Start everything. Raises UnavailableError."""
        tools = _aws_interpreter(), _moto_interpreter()
        self.programs = self._programs()
        self._start(tools[0], "aws_cli.py", str(self.folder / "cli"), *self._services)
        self._start(tools[1], "emulator.py", str(self.folder / "moto"))
        for name in ("cli", "moto"):
            self._wait(self.folder / name)
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.wait(10)

    def prepare(self, calls: Iterable[Mapping[str, Any]]) -> None:
        """Let the emulator load what calls need, once for all worlds."""
        places = sorted({(call["service"], call["account"], call["region"]) for call in calls if call["service"]})
        _ask(str(self.folder / "moto"), {"do": "load", "places": places})

    def world(self, name: str, calls: Sequence[Mapping[str, Any]], accounts: Sequence[str]) -> World:
        """A new world after the calls were made in it."""
        path = str(self.folder / name)
        request = {"do": "world", "socket": path, "calls": list(calls), "accounts": list(accounts)}
        answer = _ask(str(self.folder / "moto"), request)
        return World(path, answer["keys"], answer["values"], tuple(answer["failures"]))

    def _programs(self) -> Path:
        programs = self.folder / "programs"
        programs.mkdir()
        for name in tool_facts().harmless:
            if real := shutil.which(name):
                (programs / name).symlink_to(real)
        for name in tool_facts().refused:
            _write(programs / name, _REFUSAL)
        _write(programs / "sleep", _SLEEP)
        if kubectl := shutil.which("kubectl"):
            _write(programs / "kubectl", _KUBECTL.format(real=kubectl) + _REFUSAL.partition("\n")[2])
        client = f"exec {sys.executable} -I -S {HERE / 'aws_client.py'} {self.folder / 'cli'}"
        _write(programs / tool_facts().emulated, f'#!/bin/bash\n{client} "$@"\n')
        return programs

    def _start(self, *words: str) -> None:
        interpreter, script, *arguments = words
        environment = {
            key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "MOTO_", "PYTHON"))
        }
        with (self.folder / f"{script}.log").open("wb") as log:
            words = (interpreter, str(HERE / script), *arguments)
            self._running.append(
                subprocess.Popen(words, env=environment, cwd=self.folder, stdout=log, stderr=subprocess.STDOUT)
            )

    def _wait(self, path: Path) -> None:
        for _ in range(1200):
            if path.exists():
                return
            if any(process.poll() is not None for process in self._running):
                break
            time.sleep(0.05)
        raise UnavailableError(f"a program of the rehearsal did not start: {path.name}")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def _ask(path: str, request: Mapping[str, Any]) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX) as door:
        door.connect(path)
        with door.makefile("rw") as stream:
            stream.write(json.dumps(request) + "\n")
            stream.flush()
            answer = stream.readline()
    if not answer:
        raise UnavailableError(f"the emulator gave no answer to '{request['do']}'")
    return dict(json.loads(answer))


def _aws_interpreter() -> str:
    if importlib.util.find_spec("awscli"):
        return sys.executable
    raise UnavailableError("the AWS CLI is not installed here: pip install awscli")


def _moto_interpreter() -> str:
    """The interpreter that has moto: this one, or that of the `moto_server` that ARCHGEN_MOTO names or that is on the path."""
    if importlib.util.find_spec("moto"):
        return sys.executable
    script = os.environ.get("ARCHGEN_MOTO") or shutil.which("moto_server")
    for neighbor in (Path(script).parent / "python", _first_words(script)) if script else ():
        if neighbor and Path(neighbor).is_file() and _has_moto(str(neighbor)):
            return str(neighbor)
    raise UnavailableError("moto is not installed here: pip install moto flask flask-cors")


def _first_words(script: str) -> str | None:
    with suppress(OSError, UnicodeDecodeError), Path(script).open(encoding="utf-8") as file:
        return file.readline().removeprefix("#!").strip()
    return None


def _has_moto(interpreter: str) -> bool:
    return subprocess.run([interpreter, "-c", "import moto.server"], check=False, capture_output=True).returncode == 0
