"""`archgen serve`: serve the site locally and rebuild it when files change."""

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
from archgen.model.own import icon_files
from archgen.publishing.live import Live, look_of
from archgen.publishing.serve import LOOPBACK, server
from archgen.publishing.watching import Watch, follow
from archgen.reading.include import read_files


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted; returns the exit code."""
    model = Path(options.model)
    root = model.parent
    live = Live()
    try:
        listening = server(root / "site", options.port, live, earlier=not options.no_project_code)
    except OSError as error:
        why = error.strerror or str(error)
        help_ = "choose a different port with --port, or --port 0 for any free one"
        say(
            render([Diagnostic("ARC-W005", f"cannot listen on port {options.port}: {why}", help_, subject="serve")], {})
        )
        return UNUSABLE
    address = f"http://{LOOPBACK}:{listening.server_address[1]}/"
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    print(f"{address}  (press Ctrl-C to stop)", flush=True)

    watch = Watch(root, lambda: _model_files(model))
    _rebuild(options, live, time.perf_counter(), [])
    if options.open:
        webbrowser.open(address)
    stopped = threading.Event()
    try:
        follow(watch, lambda names, since: _rebuild(options, live, since, names), stopped)
    except KeyboardInterrupt:
        say("")
    finally:
        listening.shutdown()
        listening.server_close()
    return CLEAN


def _model_files(model: Path) -> tuple[str, ...]:
    """The names of the model's files, as far as they can be read; without design documents, which rarely change."""
    files, _problems = read_files(model)
    icons = icon_files(files.root) if files.root else {}
    return (*(source.file for source in files.sources), *icons) or (model.name,)


def _rebuild(options: argparse.Namespace, live: Live, since: float, names: list[str]) -> None:
    """Build once, without output, and notify open pages. A broken model is normal here and is reported instead of raised."""
    errors, out = io.StringIO(), io.StringIO()
    with redirect_stderr(errors), redirect_stdout(out):
        code = build.run(options)
    problems = "\n".join(
        line
        for line in errors.getvalue().splitlines()
        if not line.startswith(("generating ", "reading ", "building ", "drawing"))
    )
    good = code == CLEAN
    look = look_of(Path(options.model).parent / "site") if good else ""
    live.publish(good=good, problems="" if good else problems.strip(), look=look)
    what = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    state = "published" if code == CLEAN else "not published, the last valid site is kept,"
    print(f"{what or 'first build'}: {state} after {time.perf_counter() - since:.1f} s", flush=True)
    if problems.strip():
        say(problems.strip())
