"""Counts which arguments public Terraform code sets on the resource types of components, and writes the numbers
to `tools/argument_use.json`.

An argument is the path of an attribute in a resource block, such as `settings.tier`. It counts once for each block that sets it,
also in a `dynamic` block. Arguments that Terraform gives to every resource are left out.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tree_sitter import Node

from archgen.catalog.terraform_types import terraform_types
from archgen.terraform.hcl import HclSyntaxError, attributes, blocks, parse_hcl, words
from tools.recorded import ROOT, update
from tools.repositories import Repository, RepositoryError, find_repository

USE = ROOT / "tools/argument_use.json"

# The estates of organizations, and code that vendors publish for others to start from.
SOURCES = (
    "2i2c-org/infrastructure",
    "Azure/terraform",
    "DFE-Digital/teaching-vacancies",
    "GoogleCloudPlatform/accelerated-platforms",
    "GoogleCloudPlatform/click-to-deploy-solutions",
    "GoogleCloudPlatform/cloud-foundation-fabric",
    "GoogleCloudPlatform/professional-services",
    "alphagov/forms-deploy",
    "alphagov/govuk-aws",
    "alphagov/govuk-infrastructure",
    "aws-samples/serverless-patterns",
    "awslabs/data-on-eks",
    "aztfmod/terraform-azurerm-caf",
    "broadinstitute/dsp-appsec-infrastructure-apps",
    "cal-itp/data-infra",
    "cds-snc/notification-terraform",
    "hmcts/cnp-module-webapp",
    "knative/infra",
    "microsoft/AzureTRE",
    "ministryofjustice/cloud-platform-environments",
    "ministryofjustice/modernisation-platform",
    "ministryofjustice/modernisation-platform-environments",
    "nationalarchives/tdr-terraform-environments",
    "rust-lang/simpleinfra",
    "terraform-google-modules/terraform-docs-samples",
    "terraform-google-modules/terraform-example-foundation",
    "wellcomecollection/platform-infrastructure",
)
KEPT = 40  # arguments of each type
# Arguments that Terraform gives to every resource: https://developer.hashicorp.com/terraform/language/meta-arguments
_META = frozenset({"count", "for_each", "provider", "depends_on"})
_META_BLOCKS = frozenset({"lifecycle", "provisioner", "connection", "timeouts"})
_RESOURCE = re.compile(r'^\s*resource\s+"', re.M)


def main(arguments: Sequence[str] | None = None) -> int:
    """Counts the arguments in the repositories of a folder and writes the record; with `--check`, returns 1 if the record would change."""
    parser = argparse.ArgumentParser(prog="python -m tools.count_arguments", description=__doc__)
    parser.add_argument("--checkouts", type=Path, required=True, help="folder with repositories, as owner+name")
    parser.add_argument(
        "--source", action="append", help="read this repository; repeat it (default: the recorded list)"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the record would change")
    parser.add_argument("--into", type=Path, default=USE, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    try:
        content = measure(options.checkouts, options.source or SOURCES)
    except RepositoryError as error:
        print(error, file=sys.stderr)
        return 2
    return int(update(options.into, content, "count_arguments", check=options.check) and options.check)


def measure(checkouts: Path, sources: Sequence[str]) -> dict[str, Any]:
    """What the record contains: the commit and the date of each source, and for each type its blocks and most used arguments."""
    components = {name for name, type_ in terraform_types().items() if type_.role == "component"}
    read: Counter[str] = Counter()
    used: dict[str, Counter[str]] = {}
    where: dict[str, set[str]] = {}
    origins = {}
    for source in sources:
        repository = find_repository(checkouts, source)
        commit = repository.commit("HEAD")
        origins[source] = {"source": source, "commit": commit, "date": repository.date(commit)}
        for text in texts(repository, commit):
            for type_, paths in resources(text):
                if type_ not in components:
                    continue
                read[type_] += 1
                where.setdefault(type_, set()).add(source)
                used.setdefault(type_, Counter()).update(paths)
    types = {
        type_: {"blocks": read[type_], "repositories": len(where[type_]), "arguments": most_used(used[type_])}
        for type_ in used
    }
    return {"tools": origins, "types": types}


def most_used(counts: Mapping[str, int]) -> dict[str, int]:
    """The arguments that most blocks set, with their numbers of blocks; by name where they are equal."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:KEPT])


def texts(repository: Repository, commit: str) -> Iterator[str]:
    """The texts of all Terraform files of a commit that contain resources. Raises RepositoryError."""
    bare = repository.path if (repository.path / "HEAD").is_file() else repository.path / ".git"
    command = ["git", f"--git-dir={bare}", "archive", "--format=tar", commit, ":(glob)**/*.tf"]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise RepositoryError(f"{repository.path}: {done.stderr.decode(errors='replace').strip()}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isreg() else None
            text = file.read().decode("utf-8", errors="replace") if file else ""
            if _RESOURCE.search(text):
                yield text


def resources(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    """The type of each resource block of a file and the arguments that it sets; nothing if the file is not valid."""
    try:
        root = parse_hcl("", text)
    except HclSyntaxError:
        return
    for block in blocks(root):
        match words(block):
            case ["resource", type_, _name]:
                yield type_, frozenset(argument_paths(block))
            case _:
                pass


def argument_paths(block: Node, prefix: str = "") -> Iterator[str]:
    """The paths of all attributes of a block; of a block without attributes, the path of the block itself."""
    for name, _value in attributes(block):
        if prefix or name not in _META:
            yield prefix + name
    for inner in blocks(block):
        name, *labels = words(inner)
        if name == "dynamic" and labels:
            for content in (one for one in blocks(inner) if words(one) == ["content"]):
                yield from _paths_of(content, f"{prefix}{labels[0]}")
        elif prefix or name not in _META_BLOCKS:
            yield from _paths_of(inner, prefix + name)


def _paths_of(block: Node, path: str) -> Iterator[str]:
    yield from list(argument_paths(block, f"{path}.")) or [path]


def read_use() -> dict[str, dict[str, Any]]:
    """For each resource type, the number of blocks that were read, of repositories, and the most used arguments."""
    return dict(json.loads(USE.read_text(encoding="utf-8"))["types"])


if __name__ == "__main__":
    sys.exit(main())
