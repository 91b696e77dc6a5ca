"""SEC502: no secret stands in the model: it would reach pages, pictures and variable files, and the history of the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.resolve import Resolved
from archgen.reading.yaml_tree import YamlNode

CODE = "SEC502"
TITLE = "The model contains a secret"
SEVERITY = "error"

# Something of each format, since most texts have nothing of any.
_MARKS = ("AKIA", "ASIA", "gh", "AIza", "xox", "PRIVATE KEY", "eyJ", "://")
# What the formats of secrets look like, as their issuers document them.
_FORMATS = r"""(?x)
    \b(?:AKIA|ASIA)[0-9A-Z]{16}\b                                  # AWS access key
    | \bgh[pousr]_[A-Za-z0-9]{36,}\b | \bgithub_pat_[A-Za-z0-9_]{60,}\b
    | \bAIza[0-9A-Za-z_-]{35}\b                                    # Google API key
    | \bxox[abprs]-[A-Za-z0-9-]{10,}                               # Slack
    | -----BEGIN\ (?:[A-Z]+\ )*PRIVATE\ KEY-----
    | \beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}   # JSON web token
    | [a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s:@]{3,}@                  # a password in an address
    """
# Keys whose values are secrets, whatever they look like.
_KEYS = ("password", "passwd", "secret", "token", "private_key", "api_key")
_SHORTEST = 6


def check_all(resolved: Resolved) -> Iterator[Diagnostic]:
    """Every text of the model at any coordinate, once."""
    seen: set[int] = set()
    for architecture in resolved.architectures.values():
        yield from _below(architecture.tree, (), seen)


def _below(node: YamlNode, path: Path, seen: set[int]) -> Iterator[Diagnostic]:
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield from _below(child, (*path, key), seen)
    elif isinstance(node.value, list):
        for position, child in enumerate(node.value):
            yield from _below(child, (*path, position), seen)
    elif isinstance(node.value, str) and len(node.value) >= _SHORTEST:
        named = bool(path) and str(path[-1]).endswith(_KEYS) and " " not in node.value
        marked = len(node.value) > 15 and any(mark in node.value for mark in _MARKS)
        if named or (marked and re.search(_FORMATS, node.value)):
            shown = f"{node.value[:4]}…"
            help_ = "revoke it, since it may have been seen; keep it in a secret store and name it here"
            yield Diagnostic(CODE, f"'{shown}' looks like a secret", help_, path, span=node.span)
