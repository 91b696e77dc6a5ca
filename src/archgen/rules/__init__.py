"""Checks of resolved architectures, one file each, found by scanning.

A rule has `check(architecture)`, asked at every coordinate, or `check_all(resolved)`, asked once, or both; each yields
Diagnostics that name model paths.
"""
