"""The command that shows the site while one works on it."""

from __future__ import annotations

import argparse
import io
import threading
import time
import webbrowser
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from archgen.commands import build
from archgen.commands.shared import CLEAN, UNUSABLE, say
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.diagnostics.report import render
from archgen.publishing.serve import LOOPBACK, Live, Look, follow, server, watched
from archgen.reading.include import read_files


def run(options: argparse.Namespace) -> int:
    """`archgen serve`."""
    model = Path(options.model)
    root = model.parent
    live = Live()
    try:
        listening = server(root / "site", options.port, live, earlier=not options.no_project_code)
    except OSError as error:
        why = error.strerror or str(error)
        help_ = "choose another with --port, or 0 for any that is free"
        say(
            render([Diagnostic("ARC-W005", f"cannot listen on port {options.port}: {why}", help_, subject="serve")], {})
        )
        return UNUSABLE
    address = f"http://{LOOPBACK}:{listening.server_address[1]}/"
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    print(f"{address}  (Ctrl-C ends it)", flush=True)

    def look() -> Look:
        return watched(root, _model_files(model))

    before = look()
    _made(options, live, time.perf_counter(), [])
    if options.open:
        webbrowser.open(address)
    stopped = threading.Event()
    try:
        follow(before, look, lambda names, since: _made(options, live, since, names), stopped)
    except KeyboardInterrupt:
        say("")
    finally:
        listening.shutdown()
        listening.server_close()
    return CLEAN


def _model_files(model: Path) -> tuple[str, ...]:
    """The model's files, as far as they can be read; design documents are few and seldom change."""
    files, _problems = read_files(model)
    return tuple(source.file for source in files.sources) or (model.name,)


def _made(options: argparse.Namespace, live: Live, since: float, names: list[str]) -> None:
    """Build once, quietly, and tell the pages. Never raises: a broken model is what one works on."""
    said, out = io.StringIO(), io.StringIO()
    with redirect_stderr(said), redirect_stdout(out):
        code = build.run(options)
    problems = "\n".join(
        line
        for line in said.getvalue().splitlines()
        if not line.startswith(("making ", "reading ", "building ", "drawing"))
    )
    live.publish(good=code == CLEAN, problems="" if code == CLEAN else problems.strip())
    what = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    state = "published" if code == CLEAN else "not published, the last good site stays"
    print(f"{what or 'first build'}: {state} after {time.perf_counter() - since:.1f} s", flush=True)
    if problems.strip():
        say(problems.strip())
