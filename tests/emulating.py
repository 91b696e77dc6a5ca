"""Terraform with real modules against moto's server, for tests of generated roots."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import time
import zipfile
from collections.abc import Iterable, Iterator
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
