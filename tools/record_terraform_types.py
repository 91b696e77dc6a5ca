"""Records the arguments and attributes of Terraform resource types, from wheels with generated bindings of a provider.

The wheels are those of `cdktf-cdktf-provider-aws` and `-google`, whose docstrings have Terraform's names. Nothing in them is
run, and they need not be installed. Only the types whose attributes archgen reads are recorded: those with a table in
`catalog/terraform_types/*.toml`, networks and firewalls, and a few more.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from archgen.catalog.terraform_types import terraform_types
from archgen.importing.mappings import mappings
from tools.recorded import TERRAFORM_TYPES, update

SCRIPT = "record_terraform_types"
PROVIDERS = ("aws", "google")
_WHEEL = re.compile(r"cdktf_cdktf_provider_(?P<provider>[a-z]+)-(?P<version>[0-9.]+)-")
_VERSION = re.compile(r"registry\.terraform\.io/providers/hashicorp/[a-z]+/([0-9.]+)/docs")
_LINK = re.compile(r"\{@link [^ }]*#(\w+) ")
_OF_BINDINGS = frozenset({"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioners"})
_UNRELATED = frozenset({"id", "timeouts"})  # of every resource
_DEEPEST = 4  # what blocks in blocks in blocks have is not listed: statements of firewalls contain statements


# Identities that connections follow from, and types that tests have in states.
_ALSO = (
    "aws_iam_policy", "aws_iam_role", "aws_iam_role_policy", "aws_iam_role_policy_attachment",
    "google_cloud_run_v2_service_iam_member", "google_project_iam_member", "google_pubsub_topic_iam_member",
    "google_pubsub_subscription_iam_member", "google_secret_manager_secret_iam_member", "google_service_account",
    "google_storage_bucket_iam_member", "google_secret_manager_secret_version", "google_sql_database",
    "google_container_node_pool",
)  # fmt: skip


class BindingsError(Exception):
    """A wheel that cannot be downloaded or read, or that has no bindings of a type."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Records the types; returns 0, or 1 if a wheel cannot be read or, with `--check`, differs from the record."""
    options = _parser().parse_args(arguments)
    changed = False
    try:
        with tempfile.TemporaryDirectory() as folder:
            for wheel in options.wheel or [download_wheel(name, Path(folder)) for name in PROVIDERS]:
                provider, content = types_record(wheel, read_types())
                changed |= update(options.into / f"{provider}.json", content, SCRIPT, check=options.check)
    except BindingsError as error:
        print(error, file=sys.stderr)
        return 1
    return int(changed and options.check)


def read_types() -> set[str]:
    """The types whose attributes archgen reads."""
    by_role = {name for name, type_ in terraform_types().items() if type_.role in ("network", "firewall")}
    return {*mappings(), *by_role, *_ALSO}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m tools.{SCRIPT}", description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--wheel", type=Path, action="append", help="read this wheel; can be repeated")
    source.add_argument("--latest", action="store_true", help="download the newest wheels with pip")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the record would change")
    parser.add_argument("--into", type=Path, default=TERRAFORM_TYPES, help=argparse.SUPPRESS)
    return parser


def download_wheel(provider: str, folder: Path) -> Path:
    """The newest wheel of a provider, which pip downloads into the folder. Raises BindingsError."""
    name = f"cdktf-cdktf-provider-{provider}"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    done = subprocess.run([*command, "--dest", str(folder), name], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BindingsError(f"pip cannot download {name}: {done.stderr.strip()}")
    return next(folder.glob(f"{name.replace('-', '_')}-*.whl"))


def types_record(wheel: Path, wanted: Iterable[str]) -> tuple[str, dict[str, Any]]:
    """The provider of a wheel, and the content of its record: the types with their arguments and attributes. Raises BindingsError."""
    named = _WHEEL.match(wheel.name)
    if not named:
        raise BindingsError(f"{wheel.name} is not a wheel of a provider's bindings")
    provider = named["provider"]
    types: dict[str, Any] = {}
    versions: set[str] = set()
    try:
        with zipfile.ZipFile(wheel) as archive:
            day = "{:04}-{:02}-{:02}".format(*max(info.date_time for info in archive.infolist())[:3])
            for name in sorted(name for name in wanted if name.startswith(f"{provider}_")):
                text = _module_text(archive, provider, name)
                if text is not None:
                    types[name] = type_record(text)
                    versions |= {*_VERSION.findall(text)}
    except (OSError, zipfile.BadZipFile, ValueError, SyntaxError) as error:
        raise BindingsError(f"{wheel.name} cannot be read: {error!r}") from None
    if len(versions) != 1:
        raise BindingsError(f"{wheel.name} does not say which version of the provider it is for")
    content = {"source": f"hashicorp/{provider}", "revision": versions.pop(), "date": day, "types": types}
    return provider, content


def _module_text(archive: zipfile.ZipFile, provider: str, name: str) -> str | None:
    """The bindings of a type; None if the provider no longer has it."""
    package = f"cdktf_cdktf_provider_{provider}"
    short = name.removeprefix(f"{provider}_")
    for folder in (short, f"{provider}_{short}"):  # names that are words of Python have a prefix
        path = f"{package}/{folder}/__init__.py"
        if path in archive.NameToInfo:
            return archive.read(path).decode()
    return None


def type_record(text: str) -> dict[str, list[str]]:
    """The paths of all arguments of a type, such as `versioning.enabled`, and its other attributes."""
    classes = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)}
    config, resource = (_derived(classes, base) for base in ("TerraformMetaArguments", "TerraformResource"))
    arguments = sorted(_paths(classes, config, ()))
    tops = {path.partition(".")[0] for path in arguments}
    known = {argument.arg for argument in _init_of(classes[config]).args.kwonlyargs}
    attributes = sorted(_properties(classes[resource]) - tops - known - _UNRELATED)
    return {"arguments": arguments, "attributes": attributes}


def _derived(classes: Mapping[str, ast.ClassDef], base: str) -> str:
    """The name of the class of the bindings that is derived from a class of CDK for Terraform."""
    for name, cls in classes.items():
        if any(isinstance(b, ast.Attribute) and b.attr == base for b in cls.bases):
            return name
    raise ValueError(f"no class is derived from {base}")


def _paths(classes: Mapping[str, ast.ClassDef], name: str, above: tuple[str, ...]) -> Iterator[str]:
    """The paths of the arguments that a class of the bindings has, also of blocks in blocks; a block in itself is entered once."""
    init = _init_of(classes[name])
    texts = (ast.get_docstring(init, clean=False) or "").split(":param ")[1:]
    named = (text.partition(":") for text in texts)
    terraform = {name: link[1] if (link := _LINK.search(text)) else name for name, _, text in named}
    for argument in init.args.kwonlyargs:
        if not above and argument.arg in _UNRELATED | _OF_BINDINGS:
            continue
        inner = [n for n in _names(argument.annotation) if n in classes and n not in above]
        if inner and len(above) < _DEEPEST - 1:
            for path in _paths(classes, inner[0], (*above, inner[0])):
                yield f"{terraform[argument.arg]}.{path}"
        else:
            yield terraform[argument.arg]


def _init_of(cls: ast.ClassDef) -> ast.FunctionDef:
    return next(n for n in cls.body if isinstance(n, ast.FunctionDef) and n.name == "__init__")


def _names(annotation: ast.expr | None) -> Iterator[str]:
    for node in ast.walk(annotation) if annotation else ():
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value.strip('"')


def _properties(resource: ast.ClassDef) -> set[str]:
    """The attributes of a resource, which its bindings have as properties."""
    return {
        node.name
        for node in resource.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.endswith("_input")
        and any(isinstance(d, ast.Attribute) and d.attr == "property" for d in node.decorator_list)
    }


if __name__ == "__main__":
    sys.exit(main())
