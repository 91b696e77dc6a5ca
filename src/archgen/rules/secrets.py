"""SEC502: the model contains no secrets, which would reach pages, diagrams, variable files and the history of the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.outcome import Outcome, Passed
from archgen.model.resolve import Resolved
from archgen.reading.yaml_tree import YamlNode

CODE = "SEC502"
TITLE = "The model contains a secret"
SEVERITY = "error"
ABSENCE: dict[str, str] = {}

# A cheap filter, with a part of each format, that runs before the formats themselves.
_MARKS = re.compile("AKIA|ASIA|gh|AIza|xox|PRIVATE KEY|eyJ|://")
# The formats of secrets, as their issuers document them.
_FORMATS = r"""(?x)
    \b(?:AKIA|ASIA)[0-9A-Z]{16}\b                                  # AWS access key
    | \bgh[pousr]_[A-Za-z0-9]{36,}\b | \bgithub_pat_[A-Za-z0-9_]{60,}\b
    | \bAIza[0-9A-Za-z_-]{35}\b                                    # Google API key
    | \bxox[abprs]-[A-Za-z0-9-]{10,}                               # Slack
    | -----BEGIN\ (?:[A-Z]+\ )*PRIVATE\ KEY-----
    | \beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}   # JSON web token
    | [a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s:@]{3,}@                  # a password in an address
    """
# Keys whose values are treated as secrets in any format.
_KEYS = ("password", "passwd", "secret", "token", "private_key", "api_key")
_SHORTEST = 6


def check_all(resolved: Resolved) -> Iterator[Outcome]:
    """A finding for each text at any coordinate that looks like a secret."""
    seen: set[int] = set()
    found = False
    for architecture in resolved.architectures.values():
        findings: list[Diagnostic] = []
        _add_secrets_in(architecture.tree, (), seen, findings)
        found = found or bool(findings)
        yield from findings
    if not found:
        yield Passed(())


def looks_secret(path: Sequence[str | int], text: str) -> bool:
    """Whether a text looks like a secret, in itself or because of the last key of its path."""
    if len(text) < _SHORTEST:
        return False
    named = bool(path) and str(path[-1]).endswith(_KEYS) and " " not in text
    return named or (len(text) > 15 and bool(_MARKS.search(text)) and bool(re.search(_FORMATS, text)))


def without_secrets(text: str) -> str:
    """The text with `(secret)` in place of each part that looks like a secret in itself."""
    return re.sub(_FORMATS, "(secret)", text) if _MARKS.search(text) else text


def without_secrets_in(value: Any) -> Any:
    """Plain data with `(secret)` in place of each part of a text that looks like a secret."""
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, Mapping):
        return {without_secrets(key): without_secrets_in(inside) for key, inside in value.items()}
    return [without_secrets_in(item) for item in value] if isinstance(value, list) else value


def _add_secrets_in(node: YamlNode, path: Path, seen: set[int], findings: list[Diagnostic]) -> None:
    """Add findings in a node and its children; `seen` has the id() of nodes already checked, because coordinates share nodes."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            _add_secrets_in(child, (*path, key), seen, findings)
    elif isinstance(node.value, list):
        for position, child in enumerate(node.value):
            _add_secrets_in(child, (*path, position), seen, findings)
    elif isinstance(node.value, str) and looks_secret(path, node.value):
        shown = f"{node.value[:4]}…"
        help_ = "revoke it, because it may have been read; store secrets in a secret manager, and refer to them here by name only"
        findings.append(Diagnostic(CODE, f"'{shown}' looks like a secret", help_, path, span=node.span))
