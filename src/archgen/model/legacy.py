"""Old forms of a model: the only place that knows the words of version 1.

A model with `version: 1` may use them. They are rewritten on the tree before anything else reads it, and each is reported with its
new wording. With `version: 2` they are refused. `archgen validate --fix` rewrites them in the files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from archgen.diagnostics.diagnostic import Diagnostic, Path, Severity
from archgen.reading.changes import Change, ChangeError, DeleteKey, RenameKey, SetValue, with_change
from archgen.reading.yaml_tree import YamlNode
from archgen.records import dataclass

CODE = "ARC-M010"
NEWEST = 2
ANY = "*"


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One row of the table: an old form, the new one, and what the change means.

    `at` has the paths at which the old form can be, with ANY for any key; conditions in between are not part of a path.
    `changes` returns the changes that rewrite the value at a path, or None for a value that is not in the old form.
    """

    old: str
    new: str
    about: str
    at: tuple[tuple[str, ...], ...]
    changes: Callable[[Path, YamlNode], Sequence[Change] | None]


@dataclass(frozen=True, slots=True)
class OldForm:
    """A place in a model that has an old form, and the changes that rewrite it."""

    rewrite: Rewrite
    path: Path
    node: YamlNode
    changes: tuple[Change, ...]


def _answers(path: Path, node: YamlNode) -> Sequence[Change]:
    """Changes of `answers` to `data`. A call without answers has no direction of data, since version 1 could not state it.

    Under a condition, `answers: false` takes back what another line says, so a person has to state the direction.
    """
    if node.value is True:
        return SetValue(path, "both"), RenameKey(path, "data")
    return (DeleteKey(path),) if node.value is False and "when" not in path else ()


REWRITES: tuple[Rewrite, ...] = (
    Rewrite(
        "answers",
        "data",
        "`data` says which way the data goes: `sent`, `received` or `both`, seen from the caller",
        (("components", ANY, "calls", ANY, "answers"), ("network", "segments", ANY, "calls", ANY, "answers")),
        _answers,
    ),
)


def old_forms(root: YamlNode) -> list[OldForm]:
    """The old forms in a model, in the order of the table."""
    return [
        OldForm(rewrite, path, node, tuple(changes))
        for rewrite in REWRITES
        for pattern in rewrite.at
        for path, node in _matches(root, pattern, ())
        if (changes := rewrite.changes(path, node)) is not None
    ]


def modernized(root: YamlNode) -> YamlNode:
    """The tree of a model with `version: 1` without old forms; the tree of any other model unchanged.

    A form that cannot be rewritten, for example because the new key exists next to the old one, stays and is validated as it is.
    """
    if not _is_old(root):
        return root
    for form in old_forms(root):
        with suppress(ChangeError):
            rewritten = root
            for change in form.changes:
                rewritten = with_change(rewritten, change)
            root = rewritten
    return root


def report_old_forms(root: YamlNode, *, refused: bool) -> Iterator[Diagnostic]:
    """A diagnostic for each old form: an error if the version of the model refuses it, otherwise a hint.

    `refused` selects which of the two to report.
    """
    if _is_old(root) == refused:
        return
    severity: Severity = "error" if refused else "info"
    for form in old_forms(root):
        rewrite = form.rewrite
        message = f"`{rewrite.old}` is the wording of version 1"
        automatic = "; archgen validate --fix rewrites it" if form.changes and not refused else ""
        help_ = f"write `{rewrite.new}`: {rewrite.about}{automatic}"
        span = form.node.key_span or form.node.span
        yield Diagnostic(CODE, message, help_, form.path, severity=severity, span=span)


def new_version(root: YamlNode) -> Change | None:
    """The change that sets the newest version; None if the model has it."""
    return SetValue(("version",), NEWEST) if _is_old(root) else None


def _is_old(root: YamlNode) -> bool:
    version = root.get(("version",))
    return version is not None and version.value == 1 and version.value is not True


def _matches(node: YamlNode, pattern: tuple[str, ...], path: Path) -> Iterator[tuple[Path, YamlNode]]:
    """The values whose paths fit a pattern, with their paths; `when` and a condition may come before any key."""
    if not pattern:
        yield path, node
        return
    if not isinstance(node.value, dict):
        return
    for key, child in node.value.items():
        if key == "when" and isinstance(child.value, dict):
            for condition, body in child.value.items():
                yield from _matches(body, pattern, (*path, key, condition))
        elif key not in ("in", "assumed") and pattern[0] in (key, ANY):
            yield from _matches(child, pattern[1:], (*path, key))
