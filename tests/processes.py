"""Run the command line as users do: each run is a separate process.

A new interpreter spends most of a run on importing modules. So a run is usually forked from a process that has imported them
all, made the pages of a small model once, and filled in the runbooks of the reference model. The run has its own memory, working
directory, environment and standard streams. Where the interpreter itself has to start differently
(`PYTHONPATH`, the locale), or the system cannot fork, a new one starts.

This file is also the program that forks: `python processes.py FOLDER [--cold]`.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pkgutil
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

import measuring

SECONDS = 300  # more than any run needs
CAN_FORK = sys.platform == "linux"
# What the interpreter reads when it starts: it cannot be changed by forking.
READ_AT_START = ("PYTHON", "LC_", "LANG", "LD_")
MEASURED = "--measured"
COLD = "--cold"
SMALL = Path(__file__).parent / "models" / "ledger" / "architecture.yaml"
LARGE = Path(__file__).parents[1] / "architecture.yaml"
PLUGINS = ("mkdocs.commands.build", "material.plugins.search.plugin", "pymdownx.superfences", "pymdownx.tabbed")


@dataclass(frozen=True)
class Run:
    """The arguments of one run, its folder, and its whole environment."""

    arguments: tuple[str, ...]
    cwd: Path
    env: dict[str, str]


Ended = tuple[int, str, str]  # exit code, output, errors


def run(command: Run) -> Ended:
    """The exit code, standard output and standard error of a run. Raises subprocess.TimeoutExpired when it hangs."""
    if not CAN_FORK or _starts_differently(command.env):
        return _run_anew(command)
    return _forking().run(command)


def _starts_differently(env: dict[str, str]) -> bool:
    names = {name for name in {*env, *os.environ} if name.startswith(READ_AT_START)}
    return any(env.get(name) != _FIRST.get(name) for name in names)


_FIRST = dict(os.environ)


def _run_anew(command: Run) -> Ended:
    done = subprocess.run(
        [sys.executable, "-m", "archgen", *command.arguments],
        cwd=command.cwd,
        env=command.env,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def command(*arguments: str) -> list[str]:
    """What starts the command line in a new interpreter. It is measured if it ends by itself, or with Ctrl-C."""
    return [sys.executable, *(["-m", "archgen"] if not measuring.NOTES else [__file__, MEASURED]), *arguments]


class Forking:
    """The process that forks, for as long as these tests run."""

    def __init__(self, folder: Path, *options: str) -> None:
        self._lock = threading.Lock()
        self._files = folder / "stdout", folder / "stderr"
        program = [sys.executable, __file__, str(folder), *options]
        self._process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, command: Run) -> Ended:
        requests, answers = self._process.stdin, self._process.stdout
        assert requests is not None
        assert answers is not None
        with self._lock:
            request = {"arguments": command.arguments, "cwd": str(command.cwd), "env": command.env}
            with contextlib.suppress(BrokenPipeError):
                requests.write(json.dumps(request) + "\n")
                requests.flush()
            answer = answers.readline()
            assert answer, "the process that forks has ended; its errors are on standard error"
            code = json.loads(answer)
            out, err = (file.read_text(encoding="utf-8") for file in self._files)
        if code == -signal.SIGALRM:
            raise subprocess.TimeoutExpired(command.arguments, SECONDS, out, err)
        return code, out, err

    def close(self) -> None:
        """End the process, which has to write down what it has covered."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._process.stdout.close()
        shutil.rmtree(self._files[0].parent)


_started: list[Forking] = []


def start(*options: str) -> None:
    """Start the process that forks, if there is none. With COLD, it imports everything and makes nothing."""
    if not _started:
        _started.append(Forking(Path(tempfile.mkdtemp(prefix="archgen-runs-")), *options))


def _forking() -> Forking:
    """The process of this worker, which starts when it is first needed."""
    start()
    return _started[0]


def stop() -> None:
    """End the process that forks, if there is one."""
    while _started:
        _started.pop().close()


# -- in the process that forks -------------------------------------------------------------------------


def _import_everything() -> None:
    """Import every module of archgen and of the site builder."""
    import archgen

    names = (module.name for module in pkgutil.walk_packages(archgen.__path__, "archgen."))
    for name in (*(name for name in names if not name.endswith("__main__")), *PLUGINS):
        with contextlib.suppress(ImportError):  # the run that needs it says that it is missing
            importlib.import_module(name)


def _warm_up() -> None:
    """Read catalogs and fonts, compile templates and the texts of runbooks, and make the schemas of models for either cloud."""
    from archgen.artifacts import reference_pages, runbook_pages, schema_file
    from archgen.artifacts.base import Context
    from archgen.model.json_schema import shared_schema
    from archgen.pipeline import check, graph, load, make

    small, large = load(SMALL).project, load(LARGE).project
    assert small is not None
    assert large is not None
    make(check(small))
    check(large)
    context = Context(large, graph(large))
    # The runbooks have a thousand texts, which are compiled once.
    for output in (runbook_pages, reference_pages, schema_file):
        output.emit(context)
    shared_schema(context.scope._replace(clouds=(("aws", "aws"),)))


def _serve(folder: Path, *, warm: bool) -> None:
    """Answer each line of standard input, which describes a run, with a line that has its exit code."""
    _import_everything()
    if warm:
        _warm_up()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _become(json.loads(line), folder)
        _child, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()
    measuring.note()


def _become(request: dict[str, object], folder: Path) -> NoReturn:
    """Make this process what `python -m archgen` is when it starts, run the command and end."""
    signal.alarm(SECONDS)
    measuring.start_again()
    os.chdir(str(request["cwd"]))
    os.environ.clear()
    os.environ.update(request["env"])  # type: ignore[call-overload]
    time.tzset()
    sys.argv = ["archgen", *request["arguments"]]  # type: ignore[misc]
    sys.path[0] = str(Path.cwd())
    sys.stdin, sys.stdout, sys.stderr = (
        _stream(0, os.devnull),
        _stream(1, folder / "stdout"),
        _stream(2, folder / "stderr"),
    )
    from archgen.__main__ import main

    try:
        code = main()
    except SystemExit as ended:  # usage errors and --help
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        traceback.print_exc()
        code = 1
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    measuring.note()
    os._exit(code)  # taking the interpreter apart takes longer than most runs


def _stream(number: int, file: str | Path) -> IO[str]:
    """A standard stream, opened anew."""
    opened = os.open(file, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(opened, number)
    os.close(opened)
    return open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False)


def _run_measured(arguments: list[str]) -> int:
    from archgen.__main__ import main

    sys.argv = ["archgen", *arguments]
    try:
        return main()
    finally:
        measuring.note()


if __name__ == "__main__":
    if sys.argv[1] == MEASURED:
        sys.exit(_run_measured(sys.argv[2:]))
    _serve(Path(sys.argv[1]), warm=sys.argv[2:] != [COLD])
