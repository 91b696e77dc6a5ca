"""Rules: checks of resolved architectures, one module each, found by scanning this package.

A rule has `check(architecture)`, which runs at every coordinate, or `check_all(resolved)`, which runs once, or both; each yields
Diagnostics with paths into the model.
"""
