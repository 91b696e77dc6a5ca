"""The rules, one module each, found by scanning.

A rule states its `CODE`, its `TITLE` and its `SEVERITY`, which is the most severe level of its findings. It has at least one of
`check(architecture)`, asked at every coordinate; `check_all(resolved)`, asked once; `check_on(resolved, today)`, asked once where the
day (ISO 8601) is known; and `check_project(project)`, asked once. Each yields Diagnostics with that code, which name model paths. The
explanation is `explanations/<CODE>.md`. Modules without a code report codes that begin with `ARC-` (diagnostics/codes.py).
"""
