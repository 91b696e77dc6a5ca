"""The icon classes of the diagrams package, such as `aws.database.Dynamodb`, and their pictures.

The package's modules are parsed instead of imported, because importing them takes longer than validating a model.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_NAME = re.compile(r"[a-z0-9]+\.[a-z0-9]+\.[A-Za-z][A-Za-z0-9]*")


def problem_of(icon: str) -> str:
    """Why `icon` cannot be drawn: no such class, with the closest one, or a class without a picture; empty if it can."""
    if not _NAME.fullmatch(icon):
        return f"'{icon}' is not a class of the diagrams package such as aws.database.Dynamodb"
    if picture_of(icon) is not None:
        return ""
    module, _, name = icon.rpartition(".")
    if name in _pictures(module):
        return f"the picture of '{icon}' is missing from the diagrams package"
    return f"the diagrams package has no icon '{icon}'{_suggestion(module, name)}"


@cache
def picture_of(icon: str) -> Path | None:
    """The file with the picture of an icon class; None if the class or its picture does not exist."""
    if not _NAME.fullmatch(icon):
        return None
    module, _, name = icon.rpartition(".")
    file = _pictures(module).get(name)
    # The addresses of pictures are relative to the folder that has the diagrams package.
    return _package().parent / file if file and (_package().parent / file).is_file() else None


def _suggestion(module: str, name: str) -> str:
    """The closest class: one of the same module, or one of that name in another module of the same provider."""
    close = difflib.get_close_matches(name.casefold(), [known.casefold() for known in _pictures(module)], 1)
    if close:
        best = next(known for known in _pictures(module) if known.casefold() == close[0])
        return f"; did you mean {module}.{best}?"
    provider = module.partition(".")[0]
    for file in sorted((_package() / provider).glob("[a-z0-9]*.py")):
        other = f"{provider}.{file.stem}"
        for known in _pictures(other):
            if known.casefold() == name.casefold():
                return f"; did you mean {other}.{known}?"
    modules = sorted(f"{file.parent.name}.{file.stem}" for file in _package().glob("[a-z]*/[a-z0-9]*.py"))
    close = [] if module in modules else difflib.get_close_matches(module, modules, 1)
    return f"; did you mean a class of {close[0]}?" if close else ""


@cache
def _package() -> Path:
    spec = find_spec("diagrams")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


@cache
def _pictures(module: str) -> Mapping[str, str]:
    """The classes of a module such as `aws.database`, aliases included, each with the address of its picture."""
    import ast

    file = _package().joinpath(*module.split(".")).with_suffix(".py")
    if not file.is_file():
        return {}
    folder, pictures = "", dict[str, str]()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            texts = {
                target.id: str(assigned.value.value)
                for assigned in node.body
                if isinstance(assigned, ast.Assign) and isinstance(assigned.value, ast.Constant)
                for target in assigned.targets
                if isinstance(target, ast.Name)
            }
            folder = texts.get("_icon_dir", folder)
            if "_icon" in texts:
                pictures[node.name] = f"{folder}/{texts['_icon']}"
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in pictures:
            pictures |= {alias.id: pictures[node.value.id] for alias in node.targets if isinstance(alias, ast.Name)}
    return pictures
