"""The text of a stack's `backend.tf`, and of one file with the settings of its backend for each instance of the stack."""

from __future__ import annotations

from archgen.terraform.files import HEADER
from archgen.terraform.instances import StackInstance
from archgen.terraform.root_facts import facts_at, root_facts, values_of
from archgen.terraform.state import state_bucket
from archgen.terraform.tfvars_hcl import hcl
from archgen.terraform.types import aligned


def has_backend(cloud: str) -> bool:
    """Whether archgen knows a backend of the cloud."""
    return root_facts(cloud) is not None


def backend_tf(cloud: str, model: str, *, local: bool) -> str:
    """The text of `backend.tf`. Its settings are in a file for each instance, because a backend cannot refer to variables.

    Without a bucket for the states (`local`), each instance has a file for its state, so that one never overwrites that of another.
    """
    facts = root_facts(cloud)
    assert facts is not None
    rows = [] if local else list(facts.backend.get("arguments", {}).items())
    body = [f"    {line}" for line in aligned(rows)]
    head = f'  backend "{"local" if local else facts.backend["type"]}" {{'
    block = [head, *body, "  }"] if body else [f"{head}}}"]
    note = ["# The model states no bucket for the states, so they are files in this folder."] if local else []
    return "\n".join([f"# {HEADER.format(model=model)}\n", *note, "terraform {", *block, "}", ""])


def backend_files(name: str, cloud: str) -> tuple[str, str]:
    """The possible names of the file with the settings of an instance's backend: `prod.s3.tfbackend` and `prod.local.tfbackend`."""
    facts = root_facts(cloud)
    return f"{name}.{facts.backend['type'] if facts else cloud}.tfbackend", f"{name}.local.tfbackend"


def backend_file(instance: StackInstance) -> str:
    """The name of that file for an instance."""
    bucket, local = backend_files(instance.name, instance.architecture.coordinate.cloud)
    return bucket if state_bucket(instance.architecture) else local


def backend_settings(instance: StackInstance, stack: str, model: str) -> str:
    """The text of that file, for `terraform init -backend-config`."""
    a = instance.architecture
    facts = root_facts(a.coordinate.cloud)
    assert facts is not None
    if bucket := state_bucket(a):
        known = {**facts_at(a, a.home), "bucket": bucket, "stack": stack}
        rows = [(name, hcl(value)) for name, value in values_of(facts.backend["settings"], known).items()]
    else:
        rows = [("path", hcl(f"{instance.name}.tfstate"))]
    return "\n".join([f"# {HEADER.format(model=model)}", *aligned(rows), ""])
