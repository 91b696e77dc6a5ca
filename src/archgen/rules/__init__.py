"""Rules: checks of resolved architectures, one module each, found by scanning this package.

A rule states its `CODE`, its `TITLE` and its `SEVERITY`, which is the most severe level of its findings. It has at least one of
`check(architecture)`, which runs at every coordinate; `check_all(resolved)`, which runs once; `check_on(resolved, today)`, which runs
once if the date (ISO 8601) is known; and `check_project(project)`, which runs once. Each yields a Diagnostic with that code for each
violation, Passed for each part of the model that it looked at and found nothing wrong with, and Unsaid for each part that it could not
check because a fact is not stated; nothing for parts that it is not about. The explanation is `explanations/<CODE>.md`. Modules without
a code report codes that begin with `ARC-` (diagnostics/codes.py).
"""
