"""Terraform with real modules against moto's server, for tests of generated roots."""

from __future__ import annotations

import io
import json
import os
import re
import socket
import subprocess
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import boto3
import pytest

from tools.check_roots import Copies, Emulator, Terraform

# What such tests need; they are skipped where it is not set.
NEEDED = ("ARCHGEN_MODULES", "ARCHGEN_TF_PLUGINS", "ARCHGEN_MOTO")


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """moto's server."""
    if lacking := [name for name in NEEDED if not os.environ.get(name)]:
        pytest.skip(f"{', '.join(lacking)} must be set")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (tmp_path_factory.mktemp("moto") / "log").open("w")
    settings = {**os.environ, "MOTO_IAM_LOAD_MANAGED_POLICIES": "true"}
    server = subprocess.Popen([os.environ["ARCHGEN_MOTO"], "-p", str(port)], env=settings, stdout=log, stderr=log)
    for _ in range(60):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.5)
    yield Emulator(f"http://127.0.0.1:{port}")
    server.terminate()
    server.wait()
    log.close()


def copied(roots: Iterable[Path], folder: Path, emulator: Emulator) -> dict[str, Terraform]:
    """Terraform in copies of roots with the real modules, by stack."""
    copies = Copies(Path(os.environ["ARCHGEN_MODULES"]), folder / "modules")
    found = {}
    for root in roots:
        copies.copy(root, folder / root.name)
        found[root.name] = Terraform(folder / root.name, Path(os.environ["ARCHGEN_TF_PLUGINS"]), emulator)
    return found


def deliver_code(emulator: Emulator, account: str, bucket: str, functions: Iterable[str]) -> None:
    """Put a package for each function into a new bucket of an account."""
    given = emulator.environment(account)
    s3 = boto3.client(
        "s3",
        region_name="eu-west-1",
        endpoint_url=given["AWS_ENDPOINT_URL"],
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=given["AWS_SESSION_TOKEN"],
    )
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("index.js", "exports.handler = async () => {};\n")
    for name in functions:
        s3.put_object(Bucket=bucket, Key=f"{name}.zip", Body=package.getvalue())


def with_majors(text: str, majors: Mapping[str, int]) -> str:
    """A model whose stacks use these majors of modules."""

    def listed(match: re.Match[str]) -> str:
        names = [name.strip() for name in match[1].split(",")]
        return f"modules: [{', '.join(f'{name}@{majors[name]}' if name in majors else name for name in names)}]"

    return re.sub(r"modules: \[([^\]]+)\]", listed, text)


def plan(root: Terraform, known: Mapping[str, object], account: str) -> str:
    """Terraform's plan of a root; `known` has the outputs of earlier stacks that it may need, by name."""
    root.prepare()
    root.init()
    needs = root.folder / "needs.tf"
    text = needs.read_text(encoding="utf-8") if needs.exists() else ""
    given = {
        stack[1]: {name: value for name, value in known.items() if f" {name} " in stack[2]}
        for stack in re.finditer(r'^variable "(\w+)" {\n(.*?)^}', text, re.MULTILINE | re.DOTALL)
    }
    (root.folder / "needs.from.json").write_text(json.dumps(given), encoding="utf-8")
    root.run("validate")
    files = ("-var-file=prod.tfvars.json", "-var-file=needs.from.json")
    return root.run("plan", "-input=false", *files, account=account)


def created(planned: str) -> set[str]:
    """The addresses that a plan creates, by the end of their names."""
    return set(re.findall(r"^  # (\S.*) will be created", planned, re.MULTILINE))
