"""Leaves out of addresses what must not reach reports and models: keys of instances that look like secrets, and invisible characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from archgen.diagnostics.report import visible
from archgen.importing.resource import Resource
from archgen.rules.secrets import without_secrets


def without_secret_keys(resources: Iterable[Resource]) -> Iterator[Resource]:
    """The resources; a key that looks like a secret, of one or of its module, is `(secret 1)`, with a number for each such instance.

    An invisible character, which a model cannot have, is its code.
    """
    numbers: Counter[str] = Counter()
    for resource in resources:
        address, name = without_secrets(resource.address), without_secrets(resource.name)
        hidden = ""
        if address != resource.address:
            numbers[address] += 1
            hidden = f"(secret {numbers[address]})"
        shown = visible(address.replace("(secret)", hidden) if hidden else address), visible(name)
        if shown == (resource.address, resource.name):
            yield resource
            continue
        index = resource.index
        if isinstance(index, str):
            index = visible(without_secrets(index).replace("(secret)", hidden) if hidden else index)
        yield replace(resource, address=shown[0], name=shown[1], index=index)
