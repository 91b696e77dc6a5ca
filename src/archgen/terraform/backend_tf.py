"""The text of a stack's `backend.tf`, and of one file with the settings of its backend for each instance of the stack."""

from __future__ import annotations

from archgen.model.architecture import Architecture
from archgen.terraform.files import HEADER
from archgen.terraform.root_facts import facts_at, root_facts, values_of
from archgen.terraform.tfvars_hcl import hcl
from archgen.terraform.types import aligned


def has_backend(cloud: str) -> bool:
    """Whether archgen knows a backend of the cloud."""
    return root_facts(cloud) is not None


def backend_tf(cloud: str, model: str) -> str:
    """The text of `backend.tf`. Its settings are in a file for each instance, because a backend cannot refer to variables."""
    facts = root_facts(cloud)
    assert facts is not None
    body = [f"    {line}" for line in aligned(list(facts.backend.get("arguments", {}).items()))]
    head = f'  backend "{facts.backend["type"]}" {{'
    block = [head, *body, "  }"] if body else [f"{head}}}"]
    return "\n".join([f"# {HEADER.format(model=model)}\n", "terraform {", *block, "}", ""])


def backend_file(name: str, cloud: str) -> str:
    """The name of the file with the settings of an instance's backend, such as `prod.s3.tfbackend`."""
    facts = root_facts(cloud)
    return f"{name}.{facts.backend['type'] if facts else cloud}.tfbackend"


def backend_settings(a: Architecture, stack: str, bucket: str, model: str) -> str:
    """The text of that file, for `terraform init -backend-config`."""
    facts = root_facts(a.coordinate.cloud)
    assert facts is not None
    known = {**facts_at(a, a.home), "bucket": bucket, "stack": stack}
    rows = [(name, hcl(value)) for name, value in values_of(facts.backend["settings"], known).items()]
    return "\n".join([f"# {HEADER.format(model=model)}", *aligned(rows), ""])
