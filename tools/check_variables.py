"""Compares archgen's reading of Terraform modules with Terraform's own: names, types, defaults and sensitivity of all variables, and
the verdict on one good and one bad file of values for each module.

Terraform cannot read a whole module without its providers, so it reads the `variable` blocks alone. They are cut out by a scanner of
brackets, strings and comments that shares no code with archgen's parser.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archgen.terraform.check import Job, check_job
from archgen.terraform.code import FolderCode
from archgen.terraform.hcl import HclSyntaxError
from archgen.terraform.module_source import ModuleInput, is_code
from archgen.terraform.run import TerraformError, plan
from archgen.terraform.types import Type, parse
from tools.repositories import Repository, RepositoryError

_HEAD = re.compile(r'variable\s+"?([A-Za-z_][\w-]*)"?\s*\{')
_VALIDATION = re.compile(r"validation\s*\{")
_HEREDOC = re.compile(r"<<[-~]?([A-Za-z_]\w*)[^\n]*\n")


@dataclass
class Outcome:
    """What was found for one module: how many variables both read, and how many good and bad files of values both judged."""

    module: str
    variables: int = 0
    good: int = 0
    bad: int = 0
    differences: list[str] = field(default_factory=list)
    unusable: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Compares the modules in repositories; returns 0 if nothing differs, otherwise 1."""
    parser = argparse.ArgumentParser(prog="python -m tools.check_variables", description=__doc__)
    parser.add_argument("repositories", nargs="+", type=Path, help="checkouts or bare repositories of modules")
    parser.add_argument("--most", type=int, default=1000, metavar="NUMBER", help="compare at most NUMBER modules")
    options = parser.parse_args(arguments)
    modules = [module for repository in options.repositories for module in _modules(repository)][: options.most]
    counts: Counter[str] = Counter()
    with ThreadPoolExecutor(max_workers=2) as pool:
        for outcome in pool.map(_compare, modules):
            counts["modules"] += 1
            counts["variables"] += outcome.variables
            counts["good files"] += outcome.good
            counts["bad files"] += outcome.bad
            counts["modules that Terraform cannot read on their own"] += bool(outcome.unusable)
            counts["modules that differ"] += bool(outcome.differences)
            for difference in outcome.differences:
                print(f"{outcome.module}: {difference}")
            if outcome.unusable:
                print(f"{outcome.module}: not compared: {outcome.unusable}", file=sys.stderr)
    for name, number in counts.items():
        print(f"{number:6,} {name}")
    return int(counts["modules that differ"] > 0)


def _modules(path: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The folders with variables at the newest commit of a repository: their name, and the texts of their files by name."""
    repository = Repository(path)
    commit = repository.commit("HEAD")
    by_folder: dict[str, list[str]] = {}
    for file in repository.files(commit):
        folder, _, name = file.rpartition("/")
        if is_code(name):
            by_folder.setdefault(folder, []).append(name)
    for folder, names in sorted(by_folder.items()):
        try:
            texts = {name: repository.text(commit, folder, name) for name in names}
        except RepositoryError:
            continue
        if any(re.search(r'(?m)^\s*variable\s+"?\w|"variable"\s*:', text) for text in texts.values()):
            yield f"{path.parent.name}/{folder}".rstrip("/"), texts


def _compare(module: tuple[str, Mapping[str, str]]) -> Outcome:
    name, texts = module
    outcome = Outcome(name)
    try:
        code = FolderCode("", texts)
        ours = code.variables
    except HclSyntaxError as error:
        outcome.differences.append(f"archgen cannot read it: {error}")
        return outcome
    blocks = {file: list(_variable_blocks(text)) for file, text in texts.items() if file.endswith(".tf")}
    if not any(blocks.values()) and not ours:
        outcome.unusable = "it has no variables"
        return outcome
    values = {n: _good(parse(v.type)) for n, v in ours.items() if v.required}
    alone = {file: "".join(_without_validations(block) for _n, block in found) for file, found in blocks.items()}
    alone |= {file: _json_variables(text) for file, text in texts.items() if file.endswith(".json")}
    theirs = _read(alone, values)
    rebuilt = _read({"variables.tf": "".join(_block(n, v) for n, v in ours.items())}, values)
    if isinstance(theirs, str):
        outcome.unusable = theirs
        return outcome
    outcome.variables = len(theirs)
    if isinstance(rebuilt, str):
        outcome.differences.append(f"what archgen read is not valid: {rebuilt}")
        return outcome
    for variable in sorted(theirs.keys() | rebuilt.keys()):
        if theirs.get(variable) != rebuilt.get(variable):
            outcome.differences.append(f"{variable}: Terraform {theirs.get(variable)}, archgen {rebuilt.get(variable)}")
    _judge(outcome, code, {f: "".join(b for _n, b in found) for f, found in blocks.items()}, values)
    return outcome


def _read(files: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, Any] | str:
    """What Terraform reads in variable blocks, by name; or its first error."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8", newline="\n")
        (folder / "good.tfvars.json").write_text(json.dumps(values))
        complaints, outputs = plan(folder, "good.tfvars.json")
        if outputs is None:
            return next((f"{c.summary}: {c.detail}" for c in complaints if c.severity == "error"), "no reason")
        return {
            variable: {key: facts.get(key) for key in ("default", "sensitive")}
            for variable, facts in _shown_variables(folder).items()
        }


def _shown_variables(folder: Path) -> dict[str, dict[str, Any]]:
    """The variables in a saved plan, as Terraform read them."""
    done = subprocess.run(["terraform", "show", "-json", "plan.bin"], cwd=folder, capture_output=True, check=True)
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)["configuration"]["root_module"].get("variables", {})
    return found


def _judge(outcome: Outcome, code: FolderCode, full: Mapping[str, str], values: Mapping[str, Any]) -> None:
    """Compare the verdicts on a good and on a bad file. Validations that Terraform cannot evaluate alone are left out on both sides."""
    evaluable = code.evaluable()
    given = dict(full) if not evaluable.skipped else {f: _without_validations(t) for f, t in full.items()}
    locals_ = {file: text for file, text in evaluable.files.items() if "locals" in text}
    wrong = _wrong_value(code.variables)
    for verdict, each in (("good", values), ("bad", {**values, **wrong})):
        if verdict == "bad" and not wrong:
            return
        theirs = _accepts({**given, **locals_}, each)
        found = check_job(Job("v.tfvars.json", json.dumps(each), code), partial=True)
        ours = not any(d.code in ("ARC-F103", "ARC-F104") for d in found)
        outcome.good += verdict == "good"
        outcome.bad += verdict == "bad"
        if theirs != ours:
            what = "accepts" if theirs else "refuses"
            outcome.differences.append(f"{verdict} values: Terraform {what} them, archgen does not agree")


def _accepts(files: Mapping[str, str], values: Mapping[str, Any]) -> bool:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8", newline="\n")
        (folder / "v.tfvars.json").write_text(json.dumps(values))
        return plan(folder, "v.tfvars.json")[1] is not None


def _good(type_: Type) -> Any:
    """A value of a type."""
    match type_.name:
        case "string" | "any":
            return "x"
        case "number":
            return 1
        case "bool":
            return True
        case "map":
            return {}
        case "object":
            return {n: _good(inner) for n, inner, optional, _default in type_.attributes if not optional}
        case "tuple":
            return [_good(inner) for inner in type_.arguments]
    return []


def _wrong_value(variables: Mapping[str, ModuleInput]) -> dict[str, Any]:
    """A value of the wrong type for one variable; empty if all types accept everything."""
    for name, variable in sorted(variables.items()):
        type_ = parse(variable.type)
        if type_.name in ("number", "bool"):
            return {name: "neither"}
        if type_.name == "string":
            return {name: ["a list"]}
        if type_.name != "any":
            return {name: "a text"}
    return {}


def _block(name: str, variable: ModuleInput) -> str:
    """A variable as a block, from what archgen read."""
    default = "" if variable.default is None else f"  default = {variable.default}\n"
    return (
        f'variable "{name}" {{\n  type = {variable.type}\n{default}  nullable = {str(variable.nullable).lower()}\n'
        f"  sensitive = {str(variable.sensitive).lower()}\n  ephemeral = {str(variable.ephemeral).lower()}\n}}\n"
    )


def _json_variables(text: str) -> str:
    data = json.loads(text)
    return json.dumps({"variable": data["variable"]} if data.get("variable") else {})


# -- the scanner -------------------------------------------------------------------------------------------


def _variable_blocks(text: str) -> Iterator[tuple[str, str]]:
    """Name and text of each `variable` block at the top level of a file."""
    position = 0
    while position < len(text):
        skipped = _skip(text, position)
        if skipped > position:
            position = skipped
            continue
        head = _HEAD.match(text, position) if _begins_word(text, position) else None
        if head:
            end = _closing(text, head.end() - 1)
            yield head.group(1), f"{text[position:end]}\n"
            position = end
        elif text[position] == "{":
            position = _closing(text, position)
        else:
            position += 1


def _without_validations(block: str) -> str:
    """The text of blocks without their `validation` blocks."""
    kept, position = "", 0
    while position < len(block):
        skipped = _skip(block, position)
        if skipped == position and _begins_word(block, position) and (head := _VALIDATION.match(block, position)):
            position = _closing(block, head.end() - 1)
            continue
        kept += block[position : max(skipped, position + 1)]
        position = max(skipped, position + 1)
    return kept


def _begins_word(text: str, position: int) -> bool:
    return position == 0 or not (text[position - 1].isalnum() or text[position - 1] in '_-."')


def _closing(text: str, opening: int) -> int:
    """The position after the brace that closes the one at `opening`."""
    depth, position = 0, opening
    while position < len(text):
        skipped = _skip(text, position)
        if skipped > position:
            position = skipped
            continue
        depth += (text[position] == "{") - (text[position] == "}")
        position += 1
        if depth == 0:
            return position
    return len(text)


def _skip(text: str, position: int) -> int:
    """The position after a comment, a string or a heredoc that begins at `position`; otherwise, `position` itself."""
    if text.startswith(("#", "//"), position):
        end = text.find("\n", position)
        return len(text) if end < 0 else end
    if text.startswith("/*", position):
        end = text.find("*/", position)
        return len(text) if end < 0 else end + 2
    if heredoc := _HEREDOC.match(text, position):
        last = re.compile(rf"(?m)^[ \t]*{heredoc.group(1)}[ \t]*$").search(text, heredoc.end())
        return last.end() if last else len(text)
    return _string(text, position) if text[position] == '"' else position


def _string(text: str, position: int) -> int:
    """The position after a string, including templates in it, which may contain other strings."""
    position += 1
    while position < len(text):
        if text[position] == "\\":
            position += 2
        elif text.startswith(("$${", "%%{"), position):
            position += 3
        elif text.startswith(("${", "%{"), position):
            position = _closing(text, position + 1)
        elif text[position] == '"':
            return position + 1
        else:
            position += 1
    return len(text)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (RepositoryError, TerraformError) as error:
        sys.exit(str(error))
