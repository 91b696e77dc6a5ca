"""Finding, reading and checking the files of bindings and of recorded modules, including those of installed packages.

An installed package adds a folder like `bindings/` with the entry point group `archgen.bindings`. Its recorded modules are in the
folder `modules/` inside it.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import yaml

from archgen.catalog import catalog
from archgen.catalog.cloud_facts import clouds
from archgen.diagnostics.diagnostic import did_you_mean
from archgen.expressions.evaluate import parse, trees_in
from archgen.expressions.trees import Plain, make_known
from archgen.expressions.values import ExpressionError
from archgen.registry import ExtensionError, folders
from archgen.system.kept import DATA, key_of
from archgen.terraform.binding import PROJECT
from archgen.terraform.types import TypeSyntaxError
from archgen.terraform.types import parse as parse_type

Value = TypeVar("Value")

_HERE = Path(__file__).parent
_BINDINGS = _HERE / "bindings"
_BELOW_HERE = f"{_HERE}{os.sep}"


# -- finding them ----------------------------------------------------------------------------------------


def binding_files(cloud: str, own: Path | None = None) -> Iterator[tuple[Path, str]]:
    """Pairs of file and package for the bindings of a cloud; archgen's first, with an empty name of the package.

    `own` is the folder of a project's bindings, which come last, as those of the package `project`.

    Raises ExtensionError for a file of a package whose name does not begin with a cloud, because it would never be read.
    """
    yield from ((_BINDINGS / name, "") for name in own_names(cloud))
    yield from added_files(cloud, own)


def own_names(cloud: str) -> list[str]:
    """The names of archgen's files of bindings of a cloud, sorted; none for one that only a model declares."""
    if cloud not in clouds():
        return []
    with os.scandir(_BINDINGS) as entries:
        return sorted(e.name for e in entries if e.name.startswith(f"{cloud}-") and e.name.endswith(".yaml"))


def added_files(cloud: str, own: Path | None = None) -> Iterator[tuple[Path, str]]:
    """Those of `binding_files` that are not archgen's. Raises ExtensionError."""
    if cloud not in clouds():
        return
    places = [(folder.path, folder.package) for folder in folders("bindings")]
    for place, package in (*places, *([(own, PROJECT)] if own else [])):
        for file in sorted(place.glob("*.y*ml")):
            of = file.name.partition("-")[0]
            if of not in clouds() or file.suffix != ".yaml":
                help_ = "name it <cloud>-<module>-<major>.yaml, such as aws-sqs-5.yaml"
                raise ExtensionError(f"the name of the binding '{file.name}' is not valid", help_, str(file))
            if of == cloud:
                yield file, package


def module_file(id_: str, beside: Path) -> Path:
    """The file of a recorded module, from the folder of a binding or from archgen. Raises ExtensionError if there is none."""
    searched = (_HERE,) if is_own(beside) else (beside.parent, _HERE)
    places = [folder / "modules" / f"{id_}.json" for folder in searched]
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        known = {recorded.stem for place in places for recorded in place.parent.glob("*.json")}
        message = f"the module '{id_}' is not recorded"
        raise ExtensionError(message, did_you_mean(id_, known), str(beside), _line_of(beside, "module"))
    return file


# -- reading them ----------------------------------------------------------------------------------------


def is_own(file: Path) -> bool:
    """Whether a file is one of archgen's, whose format is checked by a test instead of every time that it is read."""
    return str(file).startswith(_BELOW_HERE)  # Path.is_relative_to() takes 30 times longer, for each of 150 files


def read_binding(file: Path, *, checked: bool = True) -> dict[str, Any]:
    """The values in a binding's file by key. Raises ExtensionError if the file is not valid; unless `checked`, only if it is not YAML."""
    try:
        text = file.read_text(encoding="utf-8")
        entry = _load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or error
        raise ExtensionError(
            f"the binding is not valid YAML: {problem}", "", str(file), mark.line + 1 if mark else 1
        ) from None
    if not checked:
        return _completed(entry, file)
    entry = _completed(entry, file) if isinstance(entry, dict) and isinstance(entry.get("like"), str) else entry
    _check_format("the binding", entry, file)
    if entry["cloud"] != file.name.partition("-")[0]:
        message = f"the binding is for {entry['cloud']}, but its file is named {file.name}"
        raise ExtensionError(message, f"name it {entry['cloud']}-….yaml", str(file), _line_of(file, "cloud"))
    values: dict[str, Any] = entry
    return values


@cache
def read_own_bindings(cloud: str) -> Mapping[str, dict[str, Any]]:
    """The values in archgen's files of bindings of a cloud by file; the expressions in them are known afterwards.

    Callers must not change them. Raises ExtensionError for a file that is not YAML.
    """
    names = own_names(cloud)
    files = [f"{_BINDINGS}{os.sep}{name}" for name in names]
    text = "\n".join((*names, *map(_text_of, files)))
    entries = _with_trees(text, lambda: [read_binding(Path(file), checked=False) for file in files])
    return dict(zip(files, entries, strict=True))


def _text_of(file: str) -> str:
    with io.open_code(file) as opened:  # pathlib takes as long as all else about 150 files
        return opened.read().decode()


def read_own_module(id_: str) -> dict[str, Any]:
    """The values in the file of one of archgen's recorded modules, as `read_module` returns them without checks."""
    return read_module(_HERE / "modules" / f"{id_}.json", checked=False)


def load_own(text: str) -> Any:
    """What a YAML text of archgen's states; the expressions in it are known afterwards. Raises yaml.YAMLError."""
    return _with_trees(text, lambda: _load(text))


def _with_trees(texts: str, load: Callable[[], Value]) -> Value:
    """What `load` returns for these texts, kept between runs; the expressions in it are known afterwards."""

    def make() -> tuple[Value, Mapping[str, Plain]]:
        loaded = load()
        return loaded, trees_in(loaded)

    loaded, trees = DATA.get(key_of(texts, __name__, "yaml.constructor", *_PARSERS), make)
    make_known(trees)
    return loaded


# What decides the syntax tree of an expression, and whether it is allowed.
_PARSERS = ("archgen.expressions", "jinja2")


def _load(text: str) -> Any:
    """What a YAML text states. Raises yaml.YAMLError."""
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))


# The keys of a binding that are mappings; a binding `like` another one adds to them, and removes entries with null.
_MERGED = ("inputs", "optional", "types", "needs", "wired", "extra", "outputs")


def _completed(entry: dict[str, Any], file: Path) -> dict[str, Any]:
    """A binding's entry with what it takes from the one that it is `like`, a file in the same folder. Raises ExtensionError."""
    if "like" not in entry:
        return entry
    base_file = file.parent / f"{entry['like']}.yaml"
    if not base_file.is_file() or base_file == file:
        known = [other.stem for other in sorted(file.parent.glob("*.yaml")) if other != file]
        message = f"the binding is like '{entry['like']}', which does not exist"
        raise ExtensionError(message, did_you_mean(entry["like"], known), str(file), _line_of(file, "like"))
    base = read_binding(base_file, checked=False)
    own = {key: value for key, value in entry.items() if key != "like"}
    merged = {key: {**base.get(key, {}), **own[key]} for key in _MERGED if isinstance(own.get(key), dict)}
    kept = {key: {k: v for k, v in value.items() if v is not None} for key, value in merged.items()}
    return {key: value for key, value in {**base, **own, **kept}.items() if value is not None}


def read_module(file: Path, *, checked: bool = True) -> dict[str, Any]:
    """The values in the file of a recorded module by key. Raises ExtensionError if the file is not valid.

    Unless `checked`, it is raised only if the file is not JSON.
    """
    try:
        entry = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"the module is not valid JSON: {error}"
        raise ExtensionError(message, "", str(file), getattr(error, "lineno", 1)) from None
    if checked:
        _check_format("the module", entry, file)
        _check_types(entry, file)
    return {key: entry[key] for key in _REQUIRED} | {key: entry.get(key, empty) for key, empty in _OPTIONAL.items()}


# The keys of a recorded module that archgen reads, and the values of those that it can leave out.
_REQUIRED = ("source", "path", "version", "commit", "inputs")
_OPTIONAL: Mapping[str, Any] = MappingProxyType({"date": "", "outputs": {}, "required_version": "", "providers": {}})


def _check_types(entry: Mapping[str, Any], file: Path) -> None:
    """Raise ExtensionError for an input of a recorded module without a type."""
    for name, facts in entry["inputs"].items():
        if not isinstance(facts.get("type"), str):
            message, help_ = (
                f"the input '{name}' has no type",
                'add the type that its variable block declares, such as "type": "string"',
            )
            raise ExtensionError(message, help_, str(file), _line_of(file, f'"{name}"'))


def _check_format(what: str, entry: object, file: Path) -> None:
    """Raise ExtensionError with the first error of an entry; `what` is `the binding` or `the module`."""
    # Imported here, because building its classes takes time, and only the files of packages are checked.
    from archgen.terraform.binding_format import problem_in

    if problem := problem_in(what, entry):
        message, help_, key = problem
        raise ExtensionError(message, help_, str(file), _line_of(file, key))


def _line_of(file: Path, key: str) -> int:
    """The line of a key; 1 if it is not found."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if key and line.strip().startswith(f"{key}:")), 1)


# -- checking what they name -----------------------------------------------------------------------------


def check_inputs(entry: Mapping[str, Any], inputs: Mapping[str, Any], file: Path) -> None:
    """Raise ExtensionError for an input that the module does not have."""
    extra = entry.get("extra") or {}
    for key in ("inputs", "optional", "types", "needs", "wired"):
        for name in entry.get(key) or ():
            if name not in inputs and not (key == "types" and name in extra):
                message = f"the module {entry['module']} has no input '{name}'"
                raise ExtensionError(message, did_you_mean(name, inputs), str(file), _line_of(file, name))


def check_contents(entry: Mapping[str, Any], inputs: Mapping[str, Any], file: Path) -> None:
    """Raise ExtensionError for an unknown product, an invalid expression or type, or a required input without a value.

    Bindings of installed packages are checked every time they are loaded; those of archgen are checked by a test.
    """
    for product in entry["binds"] if isinstance(entry["binds"], list) else ():
        if product not in catalog().products:
            help_ = did_you_mean(product, catalog().products)
            raise ExtensionError(f"unknown product '{product}'", help_, str(file), _line_of(file, "binds"))
    for key in ("when", "value", "provider_when"):
        if entry.get(key) is not None:
            _check_expression(key, entry[key], file)
    expressions = {**(entry.get("inputs") or {}), **(entry.get("optional") or {}), **(entry.get("extra") or {})}
    for name, expression in expressions.items():
        _check_expression(name, expression, file)
    for name, type_ in {**(entry.get("types") or {}), **({"type": entry["type"]} if entry.get("type") else {})}.items():
        try:
            parse_type(type_)
        except TypeSyntaxError as error:
            raise ExtensionError(f"the type of '{name}': {error}", "", str(file), _line_of(file, name)) from None
    attributes = [name for name, *_rest in parse_type(entry["type"]).attributes] if entry.get("type") else []
    for name in entry.get("supplied") or ():
        if name not in attributes:
            message = f"`supplied` has '{name}', which the type of the binding does not have"
            raise ExtensionError(message, did_you_mean(name, attributes), str(file), _line_of(file, "supplied"))
    given = {*(entry.get("inputs") or ()), *(entry.get("needs") or ()), *(entry.get("wired") or ())}
    for name in entry.get("optional") or ():
        if "default" not in inputs[name]:
            message = f"the input '{name}' of the module {entry['module']} has no default, so it cannot be left out"
            raise ExtensionError(message, "add it to inputs instead", str(file), _line_of(file, name))
    lacking = [name for name, facts in inputs.items() if facts.get("required") and name not in given]
    if lacking:
        message = f"the module {entry['module']} requires the input '{lacking[0]}'"
        raise ExtensionError(message, f"add {lacking[0]} to inputs or needs", str(file), _line_of(file, "inputs"))


def _check_expression(name: str, expression: Any, file: Path) -> None:
    for inner in (
        expression.values() if isinstance(expression, dict) else expression if isinstance(expression, list) else ()
    ):
        _check_expression(name, inner, file)
    if isinstance(expression, (dict, list)):
        return
    try:
        parse(str(expression))
    except ExpressionError as error:
        line = _line_of(file, name)
        raise ExtensionError(f"the expression of '{name}' ({expression}): {error}", "", str(file), line) from None
