"""Commands about the model itself: start one, check it, look into it, print it for other tools."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path

from archgen.commands.shared import (
    CLEAN,
    UNUSABLE,
    exit_code,
    for_machines,
    print_or_write,
    print_out,
    project_at,
    read_model,
    say,
    say_what_was_not_checked,
    show,
    today_of,
    unusable,
    usage,
)
from archgen.diagnostic import CODES, did_you_mean
from archgen.pipeline import Loaded, judge
from archgen.places import for_people
from archgen.report import render, visible


def validate_model(options: argparse.Namespace) -> int:
    """`archgen validate`."""
    loaded = read_model(options)
    if options.fix and loaded.project:
        loaded = _fixed(options, loaded)
    if loaded.project is None:
        for_machines(options.format, loaded.root, loaded.diagnostics) if options.format != "text" else show(
            loaded.diagnostics, loaded
        )
        return UNUSABLE
    judged = judge(loaded.project, today_of(options))
    if options.format != "text":
        for_machines(options.format, loaded.root, judged.findings, judged.waived)
    elif judged.findings:
        show(judged.findings, loaded)
    else:
        resolved = loaded.project.resolved
        counted = f"{len(resolved.default.components)} components, {len(resolved.axes.all)} coordinates"
        waived = f", {len(judged.waived)} findings waived" if judged.waived else ""
        print(f"{for_people(loaded.root).of(loaded.files.main.file)} is valid: {counted}{waived}.")
    say_what_was_not_checked(loaded.project)
    return exit_code(judged.findings, options.fail_on)


def _fixed(options: argparse.Namespace, loaded: Loaded) -> Loaded:
    """The model after every fix that is safe: read again, so that what is said next is about the new text."""
    from archgen.fix import fixed_files
    from archgen.outfile import write_in_project

    assert loaded.project is not None
    changed, fixes = fixed_files(loaded.project, judge(loaded.project, today_of(options)).findings)
    for name, text in changed.items():
        write_in_project(loaded.project.root, name, text.encode())
    for fix in fixes:
        file, _, what = fix.partition(":")
        say(f"fixed {for_people(loaded.root).of(file)}:{what}")
    return read_model(options) if changed else loaded


def show_value(options: argparse.Namespace) -> int:
    from archgen.lookup import look_up, unknown, vary
    from archgen.model.paths import parse_path

    there = project_at(options)
    if there is None:
        return UNUSABLE
    loaded, project, coordinate = there
    resolved = project.resolved
    path = parse_path(options.path)
    if options.at:
        rows = [(str(coordinate), look_up(resolved.architectures[coordinate], path))]
    else:
        rows = [(variation.where, variation.found) for variation in vary(resolved, path)]
    if not any(found.exists for _where, found in rows):
        show([unknown(resolved, path, coordinate)], loaded)
        return UNUSABLE
    names = for_people(loaded.root)
    wide = max(len(where) for where, _found in rows)
    wider = min(60, max(len(found.text) for _where, found in rows))
    for where, found in rows:
        source = f"{names.of(found.file)}:{found.line}" if found.line else "default" if found.exists else ""
        print(f"{where:<{wide}}  {visible(found.text):<{wider}}  {source}".rstrip())
    return CLEAN


def export_model(options: argparse.Namespace) -> int:
    from archgen.export import export

    there = project_at(options)
    if there is None:
        return UNUSABLE
    _loaded, project, coordinate = there
    data = export(project.resolved.architectures[coordinate])
    return print_or_write(json.dumps(data, indent=2, ensure_ascii=False) + "\n", options.output)


def schema(options: argparse.Namespace) -> int:
    from archgen.artifacts.schema_file import written
    from archgen.model.json_schema import part_schema
    from archgen.model.json_schema import schema as general
    from archgen.model.project_schema import project_schema

    data = general()
    if options.project:
        loaded = read_model(options)
        if loaded.project is None:
            return unusable(loaded)
        data = project_schema(loaded.project.resolved)
    return print_or_write(written(part_schema(data) if options.part else data), options.output)


def explain_code(options: argparse.Namespace) -> int:
    from archgen.explain import as_text, explain

    code = options.code.upper()
    if code not in CODES:
        return usage(f"there is no code '{options.code}'", did_you_mean(code, CODES))
    print_out(as_text(explain(code)))
    return CLEAN


def init(options: argparse.Namespace) -> int:
    from archgen.init import start

    root = Path(options.folder)
    today = date.fromisoformat(today_of(options))
    written, problems = start(root, tuple(options.cloud.split(",")), today)
    if problems:
        say(render(for_people(root).diagnostics(problems), {}))
        return UNUSABLE
    for name in written:
        print(root / name)
    print(f"Next: {'' if options.folder == '.' else f'cd {options.folder}; '}archgen build")
    return CLEAN
