"""Rules: checks of resolved architectures, one module each, found by scanning this package.

A rule states its `CODE`, its `TITLE` and its `SEVERITY`, which is the most severe level of its findings. It has at least one of
`check(architecture)`, which runs at every coordinate; `check_all(resolved)`, which runs once; `check_on(resolved, today)`, which runs
once if the date (ISO 8601) is known; and `check_project(project)`, which runs once. Each yields Diagnostics with that code and with
paths into the model. The explanation is `explanations/<CODE>.md`. Modules without a code report codes that begin with `ARC-`
(diagnostics/codes.py).
"""
