"""The command line: arguments in, stages run, an exit code out. The only place that prints.

Exit codes: 0 clean, 1 findings, 2 unusable input or usage, 3 stale under --check, 70 an error of archgen's own.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from archgen.arguments import USAGE, parser
from archgen.coordinate import BadConditionError, Coordinate
from archgen.diagnostic import CODES, Diagnostic, did_you_mean, in_order
from archgen.extensions import ExtensionError
from archgen.pipeline import Loaded, Project, draw_difference, draw_views, load, make, validate
from archgen.report import render, summary, visible

if TYPE_CHECKING:
    from archgen.model.resolve import Resolved
    from archgen.text import Templates

CLEAN, FINDINGS, UNUSABLE, STALE, INTERNAL = 0, 1, USAGE, 3, 70


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Lets nothing through but KeyboardInterrupt."""
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left; that is its right
        return CLEAN
    except ExtensionError as error:
        _say(f"archgen: {error}\n  help: mend or uninstall the package that brings it")
        return UNUSABLE
    except OSError as error:
        _say(f"archgen: {error.strerror or error}")
        return UNUSABLE
    except Exception as error:  # the last line of defence
        if os.environ.get("ARCHGEN_DEBUG"):
            raise
        _say(f"archgen: an error of its own, not of your model: {type(error).__name__}: {error}")
        _say("Please report it. ARCHGEN_DEBUG=1 shows where it happened.")
        return INTERNAL
    return code


def _run(arguments: Sequence[str] | None) -> int:
    commands = {
        "init": _init,
        "validate": _validate,
        "build": _build,
        "diagram": _diagram,
        "show": _show_value,
        "export": _export,
        "compare": _compare,
        "parity": _parity,
        "runbook": _runbook,
        "terraform": _terraform,
        "explain": _explain,
        "schema": _schema,
    }
    options = parser().parse_args(arguments)
    return commands[options.command](options)


# -- commands ------------------------------------------------------------------------------------------


def _init(options: argparse.Namespace) -> int:
    from archgen.init import start

    root = Path(options.folder)
    written, problems = start(root)
    if problems:
        _say(render(problems, {}))
        return UNUSABLE
    for name in written:
        print(root / name)
    print(f"Next: {'' if options.folder == '.' else f'cd {options.folder}; '}archgen build")
    return CLEAN


def _validate(options: argparse.Namespace) -> int:
    loaded = load(Path(options.model))
    findings = validate(loaded.project, _today(options)) if loaded.project else loaded.diagnostics
    if options.format != "text":
        _for_machines(options.format, findings)
    elif findings:
        _show(findings, loaded)
    elif loaded.project:
        resolved = loaded.project.resolved
        counted = f"{len(resolved.default.components)} components, {len(resolved.axes.all)} coordinates"
        print(f"{loaded.files.main.file} is valid: {counted}.")
    if loaded.project is None:
        return UNUSABLE
    return FINDINGS if findings and options.fail_on == "warning" else _severity(findings)


def _build(options: argparse.Namespace) -> int:
    from archgen import write

    progress = _Progress()
    progress("reading the model")
    loaded = load(Path(options.model))
    if loaded.project is None:
        progress.done()
        return _unusable(loaded)
    project = loaded.project
    findings = validate(project, _today(options))
    artifacts, problems = make(project, progress)
    progress.done()
    if any(problem.severity == "error" for problem in problems):
        _show(in_order([*findings, *problems]), loaded)
        return UNUSABLE
    if findings or problems:
        _show(in_order([*findings, *problems]), loaded)
    if any(finding.severity == "error" for finding in findings):
        return FINDINGS
    if options.check:
        return _check(write.stale(project.root, artifacts))
    todo = write.plan(project.root, artifacts, options.force)
    problems = todo.problems or write.carry_out(project.root, todo, artifacts)
    if problems:
        _show(problems, loaded)
        return UNUSABLE
    print(f"{len(todo.write)} files written, {todo.unchanged} unchanged, {len(todo.remove)} removed.")
    return CLEAN if options.no_site else _site(project, loaded, progress)


def _site(project: Project, loaded: Loaded, progress: _Progress) -> int:
    from archgen.site import build_site

    progress("building the site")
    problems = build_site(project.root)
    progress.done()
    if problems:
        _show(problems, loaded)
        return FINDINGS
    print(f"The site is in {project.root / 'site' / 'index.html'}.")
    return CLEAN


def _check(stale: list[tuple[str, str]]) -> int:
    if not stale:
        print("Everything is as the model says.")
        return CLEAN
    for path, why in stale:
        print(f"{path}: {why}")
    print(f"{len(stale)} stale. Run archgen build and commit the result.")
    return STALE


def _diagram(options: argparse.Namespace) -> int:
    from archgen.draw.export import BINARY, FORMATS, SUFFIXES, export

    loaded = load(Path(options.model))
    if loaded.project is None:
        return _unusable(loaded)
    if bool(options.view) == options.all:
        return _usage("name a view, or --all", "archgen diagram network -o network.svg")
    format_ = options.format or SUFFIXES.get(Path(options.output or "x.svg").suffix, "" if not options.all else "svg")
    if not format_:
        return _usage(
            f"cannot draw '{options.output}'", f"name a file that ends in one of {', '.join(SUFFIXES)}, or --format"
        )
    if (options.all or format_ in BINARY) and not options.output:
        return _usage(
            "say where it goes", "add -o FOLDER" if options.all else f"add -o {options.view}{FORMATS[format_]}"
        )
    if not 0.1 <= options.scale <= 10:
        return _usage(f"a scale of {options.scale} is out of range", "choose between 0.1 and 10")
    coordinate = _coordinate(loaded, options.at)
    if coordinate is None:
        return UNUSABLE
    try:
        drawings = draw_views(loaded.project, [options.view] if options.view else [], coordinate)
    except LookupError as error:
        help_ = did_you_mean(options.view, error.args)
        _show([Diagnostic("ARC-V001", f"there is no view '{options.view}'", help_)], loaded)
        return UNUSABLE
    if not drawings:
        help_ = "archgen diagram --all draws what there is"
        _show([Diagnostic("ARC-V002", f"the view '{options.view}' shows nothing at {coordinate}", help_)], loaded)
        return UNUSABLE
    if not options.output:
        sys.stdout.write(export(drawings[options.view], format_).decode())
        return CLEAN
    from archgen.write import write_one

    for name, drawing in drawings.items():
        file = Path(options.output) / f"{name}{FORMATS[format_]}" if options.all else Path(options.output)
        write_one(file, export(drawing, format_, options.scale), folder=options.all)
        print(f"{file}: {name} at {coordinate}.")
    return CLEAN


def _explain(options: argparse.Namespace) -> int:
    from archgen.explain import as_text, explain

    code = options.code.upper()
    if code not in CODES:
        return _usage(f"there is no code '{options.code}'", did_you_mean(code, CODES))
    sys.stdout.write(as_text(explain(code)))
    return CLEAN


def _schema(options: argparse.Namespace) -> int:
    from archgen.artifacts.schema_file import text

    if not options.project:
        return _print_or_write(text(), options.output)
    from archgen.model.project_schema import project_schema

    loaded = load(Path(options.model))
    if loaded.project is None:
        return _unusable(loaded)
    data = project_schema(loaded.project.resolved)
    return _print_or_write(json.dumps(data, indent=2, ensure_ascii=False) + "\n", options.output)


def _terraform(options: argparse.Namespace) -> int:
    from archgen.terraform_check import check_all, jobs_of_folder, jobs_of_stacks

    if options.what and any(Path(options.what).glob("*.tf")):
        jobs, problems = jobs_of_folder(Path(options.what))
    else:
        loaded = load(Path(options.model))
        if loaded.project is None:
            return _unusable(loaded)
        coordinate = _coordinate(loaded, options.at) if options.at else None
        if options.at and coordinate is None:
            return UNUSABLE
        jobs, problems = jobs_of_stacks(loaded.project, options.what, coordinate)
    findings = problems or in_order(check_all(jobs, partial=options.partial))
    if options.format != "text":
        _for_machines(options.format, findings)
    elif findings:
        _say(render(findings, {job.file: job.text.splitlines() for job in jobs}))
        _say(f"\n{summary(findings)}; archgen explain {findings[0].code} says more")
    else:
        print(f"{len(jobs)} variable files fit their variables.")
    return UNUSABLE if problems else _severity(findings)


def _for_machines(format_: str, findings: Sequence[Diagnostic]) -> None:
    from archgen.machine_report import FORMATS

    sys.stdout.write(FORMATS[format_](findings))


def _show_value(options: argparse.Namespace) -> int:
    from archgen.lookup import look_up, unknown, vary
    from archgen.model.paths import parse_path

    loaded = load(Path(options.model))
    if loaded.project is None:
        return _unusable(loaded)
    resolved = loaded.project.resolved
    coordinate = _coordinate(loaded, options.at)
    if coordinate is None:
        return UNUSABLE
    path = parse_path(options.path)
    if options.at:
        rows = [(str(coordinate), look_up(resolved.architectures[coordinate], path))]
    else:
        rows = [(variation.where, variation.found) for variation in vary(resolved, path)]
    if not any(found.exists for _where, found in rows):
        _show([unknown(resolved, path, coordinate)], loaded)
        return UNUSABLE
    wide = max(len(where) for where, _found in rows)
    wider = min(60, max(len(found.text) for _where, found in rows))
    for where, found in rows:
        source = f"{found.file}:{found.line}" if found.line else "default" if found.exists else ""
        print(f"{where:<{wide}}  {visible(found.text):<{wider}}  {source}".rstrip())
    return CLEAN


def _export(options: argparse.Namespace) -> int:
    from archgen.export import export

    loaded = load(Path(options.model))
    if loaded.project is None:
        return _unusable(loaded)
    coordinate = _coordinate(loaded, options.at)
    if coordinate is None:
        return UNUSABLE
    data = export(loaded.project.resolved.architectures[coordinate])
    return _print_or_write(json.dumps(data, indent=2, ensure_ascii=False) + "\n", options.output)


def _compare(options: argparse.Namespace) -> int:
    from archgen.compare import Comparison
    from archgen.comparison import FORMATS
    from archgen.draw.export import BINARY, SUFFIXES, export

    revisions = (options.from_rev, options.to_rev)
    sides: list[tuple[Loaded, Coordinate]] = []
    for name, at, revision in (("from", options.from_, revisions[0]), ("to", options.to_, revisions[1])):
        again = bool(sides) and revisions[0] == revisions[1]
        loaded = sides[0][0] if again else _load_at(Path(options.model), revision)
        coordinate = _coordinate(loaded, at, f"--{name}") if loaded and loaded.project else None
        if loaded is None or coordinate is None:
            return UNUSABLE
        sides.append((loaded, coordinate))
    (old, one), (new, other) = sides
    assert old.project is not None
    assert new.project is not None
    format_ = options.format or SUFFIXES.get(Path(options.output or "").suffix, "text")
    if format_ in BINARY and not options.output:
        return _usage("say where it goes", f"add -o difference.{format_}")
    difference = Comparison(old.project.resolved, new.project.resolved).of(one, other)
    if format_ in FORMATS:
        _print_or_write(FORMATS[format_](difference, revisions), options.output)
    else:
        drawing = draw_difference(old.project.resolved.architectures[one], new.project.resolved.architectures[other])
        if drawing is None:
            return _usage("no component differs, so there is nothing to draw", "--format text says what else differs")
        _print_or_write(export(drawing, format_), options.output)
    return FINDINGS if options.exit_code and difference else CLEAN


def _parity(options: argparse.Namespace) -> int:
    from archgen.parity import FORMATS

    loaded = load(Path(options.model))
    if loaded.project is None:
        return _unusable(loaded)
    if options.action == "review":
        return _review(options, loaded.project)
    if options.ids or options.all or options.by or options.on:
        return _usage("only a review takes capabilities, --all, --by or --on", "archgen parity review ID")
    _print_or_write(FORMATS[options.format](loaded.project.resolved, loaded.project.reviews), options.output)
    return _ready_enough(loaded.project, options.fail_under) if options.fail_under is not None else CLEAN


def _review(options: argparse.Namespace, project: Project) -> int:
    from archgen.review import FILE, as_yaml, stamped
    from archgen.revision import author
    from archgen.write import write_one

    known = list(project.resolved.default.document.capabilities)
    names = known if options.all else options.ids
    if not names:
        return _usage("no capability to review", "name one or more, or --all")
    for name in names:
        if name not in known:
            return _usage(f"there is no capability '{visible(name)}'", did_you_mean(name, known))
    by = options.by or author(project.root)
    if not by:
        return _usage("nobody to sign the review", "give a name with --by, or to git: git config user.name")
    on = options.on or datetime.now().astimezone().date().isoformat()
    if project.reviews.problems:
        _say(render(project.reviews.problems, project.files.lines))
        return UNUSABLE
    stamps = stamped(project.resolved, project.reviews, names, by, on)
    write_one(project.root / FILE, as_yaml(stamps).encode())
    for name in names:
        print(f"{name}: compared by {visible(by)} on {on}")
    return CLEAN


def _ready_enough(project: Project, least: int) -> int:
    """Whether every cloud's readiness is at least so many percent; says which is not, and why."""
    from archgen.readiness import readiness

    short = [found for found in readiness(project.resolved, project.reviews) if found.score < least]
    for found in short:
        _say(f"{found.name} is at {found.score} %, under {least} %:")
        for lack in found.lacks:
            _say(f"  -{lack.points:4.1f}  {visible(lack.name)}: {lack.why}")
    return FINDINGS if short else CLEAN


def _runbook(options: argparse.Namespace) -> int:
    from archgen.text import TemplateFailure, Templates

    loaded = load(Path(options.model))
    if loaded.project is None:
        return _unusable(loaded)
    if (options.action == "show") != bool(options.id):
        return _usage("show takes the id of a runbook, list takes none", "archgen runbook show database-failover")
    coordinate = _coordinate(loaded, options.at)
    if coordinate is None:
        return UNUSABLE
    templates = Templates(loaded.project.root / "templates")
    show = _runbook_list if options.action == "list" else _runbook_show
    try:
        return show(options, loaded.project.resolved, coordinate, templates)
    except TemplateFailure as failure:
        _show([failure.diagnostic], loaded)
        return UNUSABLE


def _runbook_list(options: argparse.Namespace, resolved: Resolved, coordinate: Coordinate, templates: Templates) -> int:
    from archgen.runbooks import read

    today = options.today or datetime.now().astimezone().date().isoformat()
    rows = []
    for name, facts in resolved.architectures[coordinate].document.runbooks.items():
        front = read(templates, name).front
        due = f"{facts.due} overdue" if facts.due and facts.due < today else facts.due or ""
        rows.append((name, front.severity, front.title, facts.owner, due))
    widths = [max((len(row[n]) for row in rows), default=0) for n in range(4)]
    for row in rows:
        print("  ".join([*(visible(c).ljust(w) for c, w in zip(row, widths, strict=False)), row[4]]).rstrip())
    return CLEAN


def _runbook_show(options: argparse.Namespace, resolved: Resolved, coordinate: Coordinate, templates: Templates) -> int:
    from archgen.runbooks import as_text, read

    architecture = resolved.architectures[coordinate]
    everywhere = {name for a in resolved.architectures.values() for name in a.document.runbooks}
    if options.id not in architecture.document.runbooks:
        if options.id in everywhere:
            return _usage(f"the runbook '{options.id}' is not at {coordinate}", "its component is not there either")
        return _usage(f"there is no runbook '{visible(options.id)}'", did_you_mean(options.id, everywhere))
    return _print_or_write(as_text(templates, read(templates, options.id), architecture), options.output)


def _load_at(model: Path, revision: str | None) -> Loaded | None:
    """The model, as it was at a revision if one is named; None after saying why there is none."""
    from archgen.revision import RevisionError, at_revision

    try:
        with at_revision(model, revision) if revision is not None else nullcontext(model) as there:
            loaded = load(there)
    except RevisionError as error:
        _say(render([error.diagnostic], {}))
        return None
    if loaded.project is None:
        if revision is not None:
            _say(f"The model at revision '{visible(revision)}' cannot be read:\n")
        _show(loaded.diagnostics, loaded)
        return None
    return loaded


def _coordinate(loaded: Loaded, at: str | None, option: str = "--at") -> Coordinate | None:
    """The coordinate that an option names, the default without it; None after saying what is wrong with it."""
    assert loaded.project is not None
    axes = loaded.project.resolved.axes
    try:
        return axes.parse_at(at) if at else axes.default
    except BadConditionError as error:
        _show([Diagnostic("ARC-C004", str(error), error.help, subject=option)], loaded)
        return None


def _print_or_write(content: str | bytes, output: str | None) -> int:
    if output:
        from archgen.write import write_one

        write_one(Path(output), content.encode() if isinstance(content, str) else content)
    else:
        sys.stdout.write(content if isinstance(content, str) else content.decode())
    return CLEAN


# -- output --------------------------------------------------------------------------------------------


class _Progress:
    """What is being done: one line that changes on a terminal, plain lines elsewhere, always on standard error."""

    def __init__(self) -> None:
        self.terminal = sys.stderr.isatty()

    def __call__(self, text: str) -> None:
        if self.terminal:
            sys.stderr.write(f"\r\x1b[K{text} …")
        else:
            sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def done(self) -> None:
        """Clear the line."""
        if self.terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _unusable(loaded: Loaded) -> int:
    _show(loaded.diagnostics, loaded)
    return UNUSABLE


def _today(options: argparse.Namespace) -> str:
    """The day that rules about dates ask about."""
    given: str | None = options.today
    return given or datetime.now().astimezone().date().isoformat()


def _severity(findings: Sequence[Diagnostic]) -> int:
    return FINDINGS if any(finding.severity == "error" for finding in findings) else CLEAN


def _usage(message: str, help_: str) -> int:
    _say(f"archgen: {message}\n  help: {help_}")
    return UNUSABLE


def _show(diagnostics: Sequence[Diagnostic], loaded: Loaded) -> None:
    _say(render(diagnostics, loaded.files.lines))
    _say(f"\n{summary(diagnostics)}; archgen explain {diagnostics[0].code} says more")


def _say(text: str) -> None:
    print(text, file=sys.stderr)
