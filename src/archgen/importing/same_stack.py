"""Decides whether two files are about the same stack. Small stacks often have equal addresses, such as `aws_s3_bucket.this`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archgen.importing.placing import mapping_of
from archgen.importing.resource import Resource, value_at
from archgen.importing.terraform_json import TerraformFile

_IDENTITIES = ("arn", "self_link", "id")


def has_most_of(source: TerraformFile, earlier: TerraformFile) -> bool:
    """Whether an earlier file has most of the resources of a file, too."""
    return _shared(source, earlier) * 2 > len(source.resources)


def are_of_one_stack(one: TerraformFile, other: TerraformFile) -> bool:
    """Whether most resources of the smaller of two files are in the other one, too."""
    return _shared(one, other) * 2 > min(len(one.resources), len(other.resources))


def _shared(one: TerraformFile, other: TerraformFile) -> int:
    """The number of addresses that both files have; 0 if what they have there is mostly not the same."""
    if one.lineage and other.lineage and one.lineage != other.lineage:
        return 0  # Terraform gives every new state another lineage, which the state keeps forever
    mine, theirs = _by_address(one.resources), _by_address(other.resources)
    shared = mine.keys() & theirs.keys()
    names_count = one.form == other.form  # a plan may give a resource another name
    same = [_is_same(mine[address], theirs[address], names_count=names_count) for address in shared]
    return 0 if same.count(False) > same.count(True) else len(shared)


def _by_address(resources: Iterable[Resource]) -> Mapping[str, Resource]:
    return {resource.address: resource for resource in resources}


def _is_same(one: Resource, other: Resource, *, names_count: bool) -> bool | None:
    """Whether two resources are one, by what identifies them, or by their names; None if the files do not say."""
    name = mapping_of(one).named
    for key in (*_IDENTITIES, *((name,) if name and names_count else ())):
        mine, theirs = value_at(one.values, key), value_at(other.values, key)
        if isinstance(mine, str) and isinstance(theirs, str) and mine and theirs:
            return mine == theirs
    return None
