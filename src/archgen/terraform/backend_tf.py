"""The text of a stack's `backend.tf`, and of one file with the settings of its backend for each instance of the stack."""

from __future__ import annotations

from archgen.model.architecture import Architecture
from archgen.terraform.files import HEADER, quoted
from archgen.terraform.role import role_of
from archgen.terraform.types import aligned

# The backend of each cloud for which archgen has bindings.
_TYPES = {"aws": "s3", "gcp": "gcs"}


def has_backend(cloud: str) -> bool:
    """Whether archgen knows a backend of the cloud."""
    return cloud in _TYPES


def backend_tf(cloud: str, model: str) -> str:
    """The text of `backend.tf`. Its settings are in a file for each instance, because a backend cannot refer to variables."""
    rows = [("encrypt", "true"), ("use_lockfile", "true")] if cloud == "aws" else []
    body = [f"    {line}" for line in aligned(rows)]
    block = [f'  backend "{_TYPES[cloud]}" {{', *body, "  }"] if body else [f'  backend "{_TYPES[cloud]}" {{}}']
    return "\n".join([f"# {HEADER.format(model=model)}\n", "terraform {", *block, "}", ""])


def backend_file(name: str, cloud: str) -> str:
    """The name of the file with the settings of an instance's backend, such as `prod.s3.tfbackend`."""
    return f"{name}.{_TYPES.get(cloud, cloud)}.tfbackend"


def backend_settings(a: Architecture, stack: str, bucket: str, model: str) -> str:
    """The text of that file, for `terraform init -backend-config`."""
    rows = [("bucket", quoted(bucket))]
    if a.coordinate.cloud == "aws":
        rows += [("key", quoted(f"{stack}/terraform.tfstate")), ("region", quoted(a.cloud.region))]
        if number := a.home_number:
            rows.append(("allowed_account_ids", f"[{quoted(number)}]"))
        if number and (role := role_of(a)):
            rows.append(("assume_role", f"{{ role_arn = {quoted(f'arn:aws:iam::{number}:role/{role}')} }}"))
    else:
        rows.append(("prefix", quoted(stack)))
    return "\n".join([f"# {HEADER.format(model=model)}", *aligned(rows), ""])
