"""Checks generated Terraform roots with the real modules: init, validate, and plan or apply against an emulator of AWS.

A root is copied, and every module in it is replaced by a copy of the module's files at the tag that the root names, taken from repositories
on this machine. Nothing is downloaded: providers come from a folder, and what the modules need of providers that are not there is
replaced by fixed values (resources of random, time, tls and similar providers), or by an empty module (modules without a repository).
Everything that was replaced is printed.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools.repositories import Repository, RepositoryError, find_repository

# Providers whose resources a copy of a module can do without, since nothing outside of it sees them.
REPLACED = ("archive", "cloudinit", "external", "local", "null", "random", "time", "tls", "utils")
# What their resources return.
_FIXED = {
    "hex": '"0a1b2c3d"',
    "id": '"0a1b2c3d"',
    "result": '"0a1b2c3d"',
    "b64_url": '"ChssPQ"',
    "rendered": '""',
    "certificates": '[{ sha1_fingerprint = "9e99a48a9960b14926bb7f3b02e22da2b0ab7280", subject = "CN=example" }]',
}
_SOURCE = re.compile(
    r'source\s*=\s*"(?P<source>[\w-]+/[\w-]+/[\w-]+(?://[\w./-]+)?)"(?:\s*#[^\n]*)?\n\s*version\s*=\s*"(?P<version>[^"]+)"[^\n]*'
)


@dataclass
class Replaced:
    """What a copy does without: resources of other providers and modules without a repository, each once."""

    resources: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)

    def lines(self) -> Iterator[str]:
        """One line for each kind of replacement."""
        if self.resources:
            yield f"fixed values instead of {', '.join(sorted(self.resources))}"
        if self.modules:
            yield f"empty modules instead of {', '.join(sorted(self.modules))}"


# -- copies ----------------------------------------------------------------------------------------------


class Copies:
    """Copies of roots and modules that name only files. `checkouts` has the repositories, and `cache` receives their files at tags."""

    def __init__(self, checkouts: Path, cache: Path) -> None:
        self.checkouts, self.cache = checkouts, cache
        self.replaced = Replaced()

    def copy(self, root: Path, into: Path) -> None:
        """Copy a root, with a local state and with addresses of local modules."""
        shutil.copytree(root, into, ignore=shutil.ignore_patterns(".terraform*", "backend.tf", "moved.tf"))
        self._localize(into)

    def _localize(self, folder: Path) -> None:
        texts = {file: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.tf"))}
        changed = dict(texts)
        for file, text in texts.items():
            changed[file] = _SOURCE.sub(lambda match: self._address(match, folder, text), text)  # noqa: B023  # used at once
        for file, text in self._without_providers(changed).items():
            if text != texts[file]:
                file.write_text(text, encoding="utf-8")

    def _address(self, match: re.Match[str], folder: Path, text: str) -> str:
        address, _, path = match["source"].partition("//")
        namespace, name, provider = address.split("/")
        source = f"{namespace}/terraform-{provider}-{name}"
        try:
            made = self._extracted(source, match["version"])
        except RepositoryError:
            self.replaced.modules.add(f"{source} {match['version']}")
            made = _empty_module(text, match.start(), folder, name)
        return f'source = "./{os.path.relpath(made / path if path else made, folder)}"'

    def _extracted(self, source: str, version: str) -> Path:
        """The folder with the files of a repository at a version. Raises RepositoryError."""
        into = self.cache / source.replace("/", "+") / version
        if into.is_dir():
            return into
        repository = find_repository(self.checkouts, source, clone=False)
        commit = _commit(repository, version)
        listed = _git(repository.path, "ls-tree", "-r", "--name-only", commit).decode().split("\n")
        names = [
            n
            for n in listed
            if n.endswith((".tf", ".tpl", ".json", ".yaml")) and not n.startswith(("examples/", "test", "wrappers/"))
        ]
        with tarfile.open(fileobj=io.BytesIO(_git(repository.path, "archive", commit, "--", *names))) as archive:
            archive.extractall(into, filter="data")
        for folder in sorted({(into / name).parent for name in names if name.endswith(".tf")}):
            self._localize(folder)
        return into

    def _without_providers(self, texts: Mapping[Path, str]) -> dict[Path, str]:
        """A module's files with fixed values instead of resources of providers that are not on this machine."""
        names, renamed = "|".join(REPLACED), set()
        made = dict(texts)
        for file, text in texts.items():
            heads = [*re.finditer(rf'^(resource|data) "((?:{names})(?:_\w+)?)" "(\w+)" {{\n', text, re.MULTILINE)]
            for head in reversed(heads):
                end = _end_of(text, head.end() - 2)
                text = text[: head.start()] + _fixed(head[2], head[3], text[head.end() : end]) + text[end + 1 :]  # noqa: PLW2901
                renamed.add((head[2], head[3]))
            made[file] = text
        self.replaced.resources |= {kind for kind, _name in renamed}
        for file, text in made.items():
            for kind, name in sorted(renamed):
                text = re.sub(rf"\b(data\.)?{kind}\.{name}\b", f"local.{kind}_{name}", text)  # noqa: PLW2901
            text = re.sub(r"depends_on\s*=\s*\[([^\]]*)\]", _known_dependencies, text)  # noqa: PLW2901
            made[file] = re.sub(rf"^ +({names})\s*=\s*{{[^}}]*}}\n", "", text, flags=re.MULTILINE)
        return made


def _known_dependencies(match: re.Match[str]) -> str:
    names = [name.strip() for name in re.sub(r"#[^\n]*", "", match[1]).split(",")]
    names = [name for name in names if name and not name.startswith("local.")]
    return f"depends_on = [{', '.join(names)}]"


def _fixed(kind: str, name: str, body: str) -> str:
    """A local value instead of a resource, with the triggers that the resource passes on."""
    values = dict(_FIXED)
    if found := re.search(r"^\s*triggers\s*=\s*({)", body, re.MULTILINE):
        values["triggers"] = body[found.start(1) : _end_of(body, found.start(1)) + 1]
    value = "{ " + ", ".join(f"{key} = {text}" for key, text in values.items()) + " }"
    if count := re.search(r"^\s*count\s*=\s*(.+)$", body, re.MULTILINE):
        value = f"[for _ in range({count[1]}) : {value}]"
    elif each := re.search(r"^\s*for_each\s*=\s*(.+)$", body, re.MULTILINE):
        value = f"{{ for key, _ in {each[1]} : key => {value} }}"
    return f"locals {{\n  {kind}_{name} = {value}\n}}"


def _end_of(text: str, start: int) -> int:
    """The position of the brace that closes the one at `start`."""
    depth = 0
    for position in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position
    raise ValueError("a block is not closed")


def _empty_module(text: str, position: int, folder: Path, name: str) -> Path:
    """A module that takes what a call passes, and whose outputs are null. It is for calls that create nothing."""
    start = text.rindex('module "', 0, position)
    label = text[start:].split('"')[1]
    body = text[text.index("{", start) + 1 : _end_of(text, text.index("{", start))]
    meta = {"source", "version", "count", "for_each", "providers", "depends_on"}
    inputs = sorted({m[1] for m in re.finditer(r"^  (\w+)\s*=", body, re.MULTILINE)} - meta)
    everywhere = "".join(file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.tf")))
    outputs = sorted(set(re.findall(rf"module\.{label}(?:\[[^\]]*\])?\.(\w+)", everywhere)))
    into = folder / "empty" / f"{name}-{label}"
    into.mkdir(parents=True, exist_ok=True)
    blocks = [f'variable "{i}" {{\n  type    = any\n  default = null\n}}\n' for i in inputs]
    blocks += [f'output "{o}" {{\n  value = null\n}}\n' for o in outputs]
    (into / "main.tf").write_text("\n".join(blocks), encoding="utf-8")
    return into


def _commit(repository: Repository, version: str) -> str:
    exact = version.removeprefix("=").strip()
    for tag in (f"v{exact}", exact):
        try:
            return repository.commit(tag)
        except RepositoryError:
            continue
    raise RepositoryError(f"{repository.path} has no release {version}")


def _git(path: Path, *arguments: str) -> bytes:
    done = subprocess.run(["git", "-C", str(path), *arguments], capture_output=True, check=False)
    if done.returncode:
        raise RepositoryError(done.stderr.decode(errors="replace").strip())
    return done.stdout


# -- runs ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Emulator:
    """An emulator of AWS at an address, such as moto's server."""

    address: str

    def environment(self, account: str) -> dict[str, str]:
        """The environment variables with which Terraform reaches one account of it, as a role that exists there."""
        role = f"arn:aws:iam::{account}:role/check"
        text = self._ask("sts", "any", Action="AssumeRole", Version="2011-06-15", RoleSessionName="check", RoleArn=role)
        found = [re.search(f"<{name}>([^<]+)<", text) for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")]
        key, secret, token = (match[1] if match else "" for match in found)
        with contextlib.suppress(urllib.error.HTTPError):  # it exists already
            trust = json.dumps({"Version": "2012-10-17", "Statement": []})
            asked = {
                "Action": "CreateRole",
                "Version": "2010-05-08",
                "RoleName": "check",
                "AssumeRolePolicyDocument": trust,
            }
            self._ask("iam", key, **asked)
        return {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_SESSION_TOKEN": token,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def ask(self, account: str, service: str, region: str = "us-east-1", **parameters: str) -> str:
        """The answer to a request in one account."""
        return self._ask(service, self.environment(account)["AWS_ACCESS_KEY_ID"], region, **parameters)

    def _ask(self, service: str, key: str, region: str = "us-east-1", /, **parameters: str) -> str:
        """The answer to a request, which the emulator does not authenticate."""
        scope = f"Credential={key}/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"
        body = urllib.parse.urlencode(parameters).encode()
        headers = {"Authorization": f"AWS4-HMAC-SHA256 {scope}"}
        with urllib.request.urlopen(urllib.request.Request(self.address, body, headers)) as answer:
            return str(answer.read().decode())


# S3 at an address without names of buckets in it, and no long waits for what the emulator cannot do.
_OVERRIDE = 'provider "aws" {{\n{alias}  s3_use_path_style = true\n  max_retries       = 1\n}}\n'


class Terraform:
    """Terraform in a folder, with providers from `plugins` and, if it plans, with an emulator."""

    def __init__(self, folder: Path, plugins: Path, emulator: Emulator | None = None) -> None:
        self.folder, self.plugins, self.emulator = folder, plugins, emulator

    def prepare(self) -> None:
        """Write what makes the folder independent of AWS: a local state, and settings of the emulator."""
        (self.folder / "check_override.tf").write_text('terraform {\n  backend "local" {}\n}\n', encoding="utf-8")
        if self.emulator is None:
            return
        text = (self.folder / "providers.tf").read_text(encoding="utf-8")
        aliases = ["", *(f'  alias = "{name}"\n' for name in re.findall(r'alias\s*=\s*"(\w+)"', text))]
        with (self.folder / "check_override.tf").open("a", encoding="utf-8") as file:
            file.writelines(_OVERRIDE.format(alias=alias) for alias in aliases)

    def init(self) -> None:
        """Raises subprocess.CalledProcessError."""
        self.run("init", "-input=false", f"-plugin-dir={self.plugins}")

    def run(self, *arguments: str, account: str = "") -> str:
        """The output of a command. Raises subprocess.CalledProcessError."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "AWS_"))}
        extra = self.emulator.environment(account) if self.emulator and account else {}
        command = ["terraform", *arguments, "-no-color"]
        done = subprocess.run(
            command, cwd=self.folder, env=plain | extra, capture_output=True, text=True, timeout=300, check=False
        )
        if done.returncode:
            error = subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
            error.add_note(done.stderr)
            raise error
        return done.stdout

    def outputs(self) -> dict[str, object]:
        """The outputs of the state by name."""
        return {name: entry["value"] for name, entry in json.loads(self.run("output", "-json")).items()}


def account_of(values: Path) -> str:
    """The account that a variable file is for; empty if it does not say."""
    target = json.loads(values.read_text(encoding="utf-8")).get("target", {})
    return str(target.get("account_id", ""))


def main(arguments: Sequence[str] | None = None) -> int:
    """Checks roots; returns 0, or 1 if Terraform refuses one."""
    options = _parser().parse_args(arguments)
    copies = Copies(options.checkouts, options.work / "modules")
    emulator = Emulator(options.emulator) if options.emulator else None
    failed = False
    outputs: dict[str, Mapping[str, object]] = {}
    for root in options.roots:
        into = options.work / "roots" / root.name
        shutil.rmtree(into, ignore_errors=True)
        try:
            copies.copy(root, into)
            for step in _check(Terraform(into, options.plugins, emulator), options, outputs):
                print(f"{root.name}: {step}")
        except subprocess.CalledProcessError as error:
            print(
                f"{root.name}: {' '.join(error.cmd[:2])} failed\n{error.stdout[-2000:]}{error.stderr[-6000:]}",
                file=sys.stderr,
            )
            failed = True
    for line in copies.replaced.lines():
        print(line)
    return int(failed)


def _check(
    terraform: Terraform, options: argparse.Namespace, outputs: dict[str, Mapping[str, object]]
) -> Iterator[str]:
    """Run Terraform in a prepared folder; yields what succeeded. Raises subprocess.CalledProcessError."""
    terraform.prepare()
    terraform.init()
    terraform.run("validate")
    yield "init, validate"
    if terraform.emulator is None:
        return
    wanted = [terraform.folder / f"{name}.tfvars.json" for name in options.instances]
    for values in [file for file in wanted if file.exists()] or sorted(terraform.folder.glob("*.tfvars.json"))[:1]:
        needs = terraform.folder / "needs.from.json"
        needs.write_text(
            json.dumps({f"stack_{name.replace('-', '_')}": o for name, o in outputs.items()}), encoding="utf-8"
        )
        given = [f"-var-file={values.name}", *_needed(terraform.folder, needs)]
        account = account_of(values)
        planned = terraform.run("plan", "-input=false", "-out=check.plan", *given, account=account)
        yield f"{values.name}: {_summary(planned)}"
        if options.apply:
            terraform.run("apply", "-input=false", "check.plan", account=account)
            outputs[terraform.folder.name] = terraform.outputs()
            yield f"{values.name}: applied"


def _needed(folder: Path, needs: Path) -> list[str]:
    return [f"-var-file={needs.name}"] if (folder / "needs.tf").exists() else []


def _summary(planned: str) -> str:
    return next((line for line in planned.split("\n") if line.startswith(("Plan:", "No changes"))), "planned")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.check_roots", description=__doc__)
    parser.add_argument(
        "roots", nargs="+", type=Path, metavar="ROOT", help="generated roots, in the order in which they are applied"
    )
    parser.add_argument(
        "--checkouts", type=Path, required=True, help="folder with the repositories of modules, as owner+name"
    )
    parser.add_argument(
        "--plugins", type=Path, required=True, help="folder with providers, for terraform init -plugin-dir"
    )
    parser.add_argument("--work", type=Path, required=True, help="folder for the copies")
    parser.add_argument(
        "--emulator", metavar="URL", help="the address of moto's server; without it, roots are only validated"
    )
    parser.add_argument(
        "--instances", nargs="*", default=["prod"], help="the variable files to plan with (default: prod, or the first)"
    )
    parser.add_argument("--apply", action="store_true", help="apply, and hand the outputs to the next roots")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
