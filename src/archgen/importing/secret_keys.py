"""Leaves out keys of instances that look like secrets, because addresses reach reports and models."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from archgen.importing.resource import Resource
from archgen.rules.secrets import without_secrets


def without_secret_keys(resources: Iterable[Resource]) -> Iterator[Resource]:
    """The resources; a key that looks like a secret, of one or of its module, is `(secret 1)`, with a number for each such instance."""
    numbers: Counter[str] = Counter()
    for resource in resources:
        address = without_secrets(resource.address)
        if address == resource.address:
            yield resource
            continue
        numbers[address] += 1
        hidden = f"(secret {numbers[address]})"
        index = resource.index
        if isinstance(index, str):
            index = without_secrets(index).replace("(secret)", hidden)
        yield replace(resource, address=address.replace("(secret)", hidden), index=index)
