"""`archgen serve`: serve the site locally and rebuild it when files change."""

from __future__ import annotations

import argparse
import gc
import io
import threading
import time
import webbrowser
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

from archgen.commands import build
from archgen.commands.shared import CLEAN, UNUSABLE, Progress, say
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.diagnostics.report import render
from archgen.model.own import icon_files
from archgen.publishing.live import Live, look_of
from archgen.publishing.serve import LOOPBACK, server
from archgen.publishing.watching import LOOK_EVERY, Watch, follow
from archgen.reading.include import read_files

if TYPE_CHECKING:
    from archgen.publishing.early import EarlyFiles

MOST_INTERRUPTED = 5  # builds in a row


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
    builds = _Builds(options, live, watch)
    builds.run([], time.perf_counter())
    if options.open:
        webbrowser.open(address)
    stopped = threading.Event()
    try:
        follow(watch, builds.run, stopped)
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


class _Superseded(BaseException):
    """A file was saved during a build, so that its result would be out of date. It must pass through code that handles exceptions."""


class _Interruptible(Progress):
    """Prints nothing, and ends a build that is out of date between two of its steps."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self.terminal = False
        self._watch = watch
        self._next = 0.0
        self.interrupted = 0  # how often in a row

    def __call__(self, text: str = "") -> None:
        """Raise _Superseded if a file has changed. Builds that are often interrupted would never end, so some of them are not."""
        now = time.monotonic()
        if now < self._next or self.interrupted >= MOST_INTERRUPTED:
            return
        self._next = now + LOOK_EVERY
        if self._watch.has_changed():
            raise _Superseded


class _Builds:
    """The builds of a process, which keeps what does not change between them."""

    def __init__(self, options: argparse.Namespace, live: Live, watch: Watch) -> None:
        self._options, self._live, self._watch = options, live, watch
        self._progress = _Interruptible(watch)
        self._early: EarlyFiles | None = None

    def run(self, names: list[str], since: float) -> None:
        """Build once, without output, and notify open pages. A broken model is normal here and is reported instead of raised."""
        errors, out = io.StringIO(), io.StringIO()
        what = (", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")) or "first build"
        try:
            with redirect_stderr(errors), redirect_stdout(out):
                code = build.build(self._options, self._progress, self._early_files())
        except _Superseded:
            self._progress.interrupted += 1
            self._watch.give_back()  # what has interrupted it may have been a file that another program has deleted since
            print(f"{what}: saved again after {time.perf_counter() - since:.1f} s", flush=True)
            return
        self._progress.interrupted = 0
        problems = errors.getvalue().strip()
        good = code == CLEAN
        look = look_of(Path(self._options.model).parent / "site") if good else ""
        self._live.publish(good=good, problems="" if good else problems, look=look)
        state = "published" if good else "not published, the last valid site is kept,"
        print(f"{what}: {state} after {time.perf_counter() - since:.1f} s", flush=True)
        if problems:
            say(problems)
        gc.collect()  # otherwise it is off, because most commands end soon

    def _early_files(self) -> EarlyFiles | None:
        """What makes files before the rest of a site; None if the site builder is not installed, which the build reports."""
        if self._early is None:
            try:
                from archgen.publishing.early import EarlyFiles
                from archgen.publishing.warm_site import WarmSite
            except ImportError:
                return None
            self._early = EarlyFiles(WarmSite(self._progress), self._live.looked_at, self._live.publish_early)
        return self._early
