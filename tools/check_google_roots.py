"""Checks generated roots of Google Cloud against the variables of the modules that they call, without any provider.

Each root is copied. Its modules are replaced by their variable blocks: with types and validations from checkouts at the pinned tags, or
with the recorded types. Its resources are replaced by Terraform's built-in one. What only the cloud knows is unknown, so a plan checks all
other values, references and required inputs. It does not check the arguments of resources outside of modules, which needs the provider.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from archgen.terraform.binding import Module
from archgen.terraform.bindings import versions
from archgen.terraform.types import parse
from tools.recorded import ROOT
from tools.repositories import RepositoryError, find_repository

CLOUD = "gcp"
_CALL = re.compile(r'(?m)^  source\s+= "([^"]+)"\n  version\s+= "([^"]+)"')
_BLOCK = re.compile(r'(?ms)^(resource|data|ephemeral) "(\w+)" "(\w+)" \{\n(.*?)^\}\n')
_MODULE = re.compile(r'(?ms)^module "\w+" \{\n.*?^\}\n')
_VARIABLE = re.compile(r'(?ms)^variable "(\w+)" \{\n.*?^\}\n')
# An ID that is known only after an apply; what jsondecode() makes of it can be of any type.
_UNKNOWN = 'resource "terraform_data" "unknown" {\n  input = "x"\n}\n'


@dataclass(frozen=True, slots=True)
class RootResult:
    """The result of planning one root with one variable file: the modules and inputs that were checked, and Terraform's errors."""

    root: str
    file: str
    modules: int
    inputs: int
    errors: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Checks all roots; returns 0, or 1 if a root has errors or a checkout is missing."""
    options = _parser().parse_args(arguments)
    try:
        results = [result for root in roots(options.folder) for result in check(root, options.checkouts)]
    except RepositoryError as error:
        print(error, file=sys.stderr)
        return 1
    source = "the modules' own variable blocks" if options.checkouts else "the recorded types"
    for r in results:
        state = "has errors" if r.errors else "fits"
        print(f"{r.root}/{r.file} {state}: {r.modules} modules with {r.inputs} inputs, against {source}")
        if r.errors:
            print(r.errors)
    return int(any(result.errors for result in results))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.check_google_roots", description=__doc__)
    parser.add_argument("--checkouts", type=Path, help="folder with repositories, as owner+name, owner/name or name")
    parser.add_argument("--folder", type=Path, default=ROOT / "infra" / CLOUD, help="folder with the roots")
    return parser


def roots(folder: Path) -> list[Path]:
    """The folders of all roots below a folder, sorted."""
    return sorted({file.parent for file in folder.rglob("main.tf")})


def check(root: Path, checkouts: Path | None, files: Sequence[str] = ()) -> Iterator[RootResult]:
    """The result for each variable file of a root, or for some of them. Raises RepositoryError for a module that cannot be read."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        modules, inputs = _copy(root, scratch, checkouts)
        started = _terraform(scratch, "init", "-backend=false", "-input=false")
        for file in sorted(root.glob("*.tfvars.json")):
            if ".from-" in file.name or (files and file.name not in files):
                continue
            shutil.copy(file, scratch / file.name)
            errors = started or _terraform(scratch, "plan", "-input=false", "-lock=false", f"-var-file={file.name}")
            yield RootResult(root.name, file.name, modules, inputs, errors)


def _terraform(folder: Path, *arguments: str) -> str:
    """Terraform's errors; empty if there are none."""
    done = subprocess.run(
        ["terraform", *arguments, "-no-color"], cwd=folder, capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


# -- the copy of a root ----------------------------------------------------------------------------------


def _copy(root: Path, scratch: Path, checkouts: Path | None) -> tuple[int, int]:
    """Write a root that needs no provider; returns the numbers of its modules and of their inputs."""
    text = (root / "main.tf").read_text(encoding="utf-8")
    known = _modules()
    counts = [0, 0]

    def replace(match: re.Match[str]) -> str:
        module = known[match[1], match[2]]
        counts[0] += 1
        stub = scratch / "modules" / module.id
        if not stub.exists():
            stub.mkdir(parents=True)
            (stub / "main.tf").write_text(_stub(module, checkouts), encoding="utf-8")
        return f'  source = "./modules/{module.id}"'

    text = _CALL.sub(replace, text)
    counts[1] = sum(len(re.findall(r"(?m)^  (?!source)\w+\s+= ", block)) for block in _MODULE.findall(text))
    text, names = _without_resources(text)
    outputs = root / "outputs.tf"
    text += outputs.read_text(encoding="utf-8") if outputs.is_file() else ""
    stacks = sorted(set(re.findall(r"var\.(stack_\w+)", text)))
    text = re.sub(r"var\.(stack_\w+)", r"local.\1", text)
    unknown = "".join(f"  {name} = jsondecode(terraform_data.unknown.id)\n" for name in (*stacks, *names))
    (scratch / "main.tf").write_text(f"{text}\n{_UNKNOWN}\nlocals {{\n{unknown}}}\n", encoding="utf-8")
    shutil.copy(root / "variables.tf", scratch / "variables.tf")
    return counts[0], counts[1]


def _without_resources(text: str) -> tuple[str, list[str]]:
    """The text with built-in resources in the place of others, and the names of locals that stand for what they become."""
    names = []
    for kind, type_, label, _body in _BLOCK.findall(text):
        name = f"{kind}_{type_}_{label}"
        names.append(name)
        prefix = "(?<!data\\.)(?<!ephemeral\\.)" if kind == "resource" else f"{kind}\\."
        text = re.sub(rf"{prefix}\b{type_}\.{label}\b", f"local.{name}", text)

    def built_in(match: re.Match[str]) -> str:
        rows = re.findall(r"(?m)^  (\w+)\s+= (.*)$", match[4])
        kept = "".join(f"  {key} = {value}\n" for key, value in rows if key == "for_each")
        given = "".join(f"    {key} = {value}\n" for key, value in rows if key not in ("for_each", "provider"))
        return f'resource "terraform_data" "{match[1]}_{match[2]}_{match[3]}" {{\n{kept}  input = {{\n{given}  }}\n}}\n'

    return _BLOCK.sub(built_in, text), names


def _modules() -> Mapping[tuple[str, str], Module]:
    """The recorded modules by address and version."""
    found = (binding.module for binding in versions(CLOUD).values() if binding.module)
    return {(module.address, module.version.removeprefix("v")): module for module in found}


def _stub(module: Module, checkouts: Path | None) -> str:
    """A module with the variables of another one, whose outputs are unknown."""
    outputs = "".join(
        f'output "{name}" {{\n  value = jsondecode(terraform_data.unknown.id)\n}}\n' for name in module.outputs
    )
    return "\n".join([*(_recorded(module) if checkouts is None else _real(module, checkouts)), _UNKNOWN, outputs])


def _recorded(module: Module) -> Iterator[str]:
    for name, entry in module.inputs.items():
        default = "" if entry.get("required") else "\n  default = null"
        yield f'variable "{name}" {{\n  type = {parse(entry["type"]).render(2)}{default}\n}}\n'


def _real(module: Module, checkouts: Path) -> Iterator[str]:
    """The variable blocks of a module at its pinned version, with their defaults and validations. Raises RepositoryError."""
    repository = find_repository(checkouts, module.source, clone=False)
    commit = repository.commit(module.version)
    if commit != module.commit:
        raise RepositoryError(f"{module.source} {module.version} is not the recorded commit")
    for name in repository.names(commit, module.path):
        if name.endswith(".tf"):
            yield from (m[0] for m in _VARIABLE.finditer(repository.text(commit, module.path, name)))


if __name__ == "__main__":
    sys.exit(main())
