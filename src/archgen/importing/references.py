"""Which resources a resource refers to: by the values in a state, or by the configuration in a plan.

A value refers to a resource if it is its ARN, its ID, its self link or another value by which providers know it. Tags, names, places
and descriptions are not looked at, because equal names there mean nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from archgen.importing.mappings import NOTHING
from archgen.importing.resource import Resource, texts_of, without_indexes
from archgen.importing.resource_types import all_mappings

# Attributes by which others know a resource, the most specific first.
IDENTITIES = (
    "arn", "self_link", "id", "invoke_arn", "execution_arn", "url", "uri", "repository_url", "dns_name", "domain_name",
    "bucket_domain_name", "bucket_regional_domain_name", "regional_domain_name", "latest_version", "stream_arn", "arn_suffix", "zone_id",
)  # fmt: skip
# Attributes that only one type of resource has as the name by which others refer to it.
NAMES = (
    "name", "bucket", "function_name", "identifier", "cluster_identifier", "replication_group_id", "creation_token", "family",
    "email", "unique_id", "secret_id", "repository_id", "dataset_id", "cluster_id",
)  # fmt: skip
# Of these, the attributes that other types have, too, to refer to it: the word that its own type ends with.
_OF_OTHERS = {
    "zone_id": "zone", "bucket": "bucket", "function_name": "function", "cluster_identifier": "cluster",
    "replication_group_id": "replication_group", "secret_id": "secret", "repository_id": "repository",
    "dataset_id": "dataset", "cluster_id": "cluster",
}  # fmt: skip
_SILENT = frozenset(
    {
        "project",
        "region",
        "location",
        "zone",
        "tags",
        "tags_all",
        "labels",
        "effective_labels",
        "terraform_labels",
        "description",
        "name",
        "name_prefix",
        "timeouts",
        "metadata",
    }
)
_ARN = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:[A-Za-z0-9_./:+=,@-]+")
_LINK = re.compile(r"(?:https?://[A-Za-z0-9_./:-]+|projects/[A-Za-z0-9_./:-]+)")
_ACCOUNT = re.compile(r"[a-z0-9.-]{1,64}@[a-z0-9.-]{4,200}\.gserviceaccount\.com")  # in `serviceAccount:…`
_SHORTEST = 4
_LONGEST = 2000  # of an ARN or link; what is longer identifies nothing


class ResourceIndex:
    """Finds resources by address and by the values that identify them."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.resources = tuple(resources)
        self._by_template: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        self._known: dict[str, list[Resource]] = defaultdict(list)
        for resource in self.resources:
            self._by_template[resource.stack, resource.template].append(resource)
            for value in dict.fromkeys(identities(resource)):
                self._known[value].append(resource)

    @cached_property
    def targets(self) -> Mapping[tuple[str, str], Mapping[str, tuple[Resource, ...]]]:
        """For each key of a resource, the resources that each of its attributes refers to."""
        return {resource.key: self._targets(resource) for resource in self.resources}

    def from_(self, resource: Resource, attribute: str) -> tuple[Resource, ...]:
        """What one attribute of a resource refers to; of `redrive_policy.x`, everything in `redrive_policy` is looked at."""
        return self.targets[resource.key].get(attribute.partition(".")[0], ())

    def all_from(self, resource: Resource) -> tuple[Resource, ...]:
        """Everything that a resource refers to."""
        return self._all[resource.key]

    def all_to(self, resource: Resource) -> tuple[Resource, ...]:
        """Everything that refers to a resource."""
        return self._sources.get(resource.key, ())

    @cached_property
    def _all(self) -> Mapping[tuple[str, str], tuple[Resource, ...]]:
        return {
            key: tuple({target.key: target for targets in by_name.values() for target in targets}.values())
            for key, by_name in self.targets.items()
        }

    @cached_property
    def _sources(self) -> Mapping[tuple[str, str], tuple[Resource, ...]]:
        found: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        for resource in self.resources:
            for target in self._all[resource.key]:
                found[target.key].append(resource)
        return {key: tuple(sources) for key, sources in found.items()}

    def named_in(self, value: Any) -> tuple[Resource, ...]:
        """The resources that the texts in a value name."""
        return tuple({target.key: target for target in self._of_value("", value)}.values())

    def _targets(self, resource: Resource) -> dict[str, tuple[Resource, ...]]:
        found: dict[str, dict[tuple[str, str], Resource]] = defaultdict(dict)
        for name, value in resource.values.items():
            if name in _SILENT or name == "id":
                continue
            for target in self._of_value(name, value):
                if target is not resource:
                    found[name][target.key] = target
        for name, templates in resource.references.items():
            for template in templates:
                for target in self._instances(template, resource):
                    found[name].setdefault(target.key, target)
        return {name: tuple(targets.values()) for name, targets in found.items()}

    def _instances(self, address: str, resource: Resource) -> Iterator[Resource]:
        """The instances that an address stands for: with its index, with that of the resource that refers to it, otherwise all."""
        template = without_indexes(address)
        instances = self._by_template.get((resource.stack, template), [])
        if template != address:
            instances = [i for i in instances if i.address.endswith(address[len(template) :])]
        same = [i for i in instances if i.index is not None and i.index == resource.index]
        yield from (other for other in same or instances if other is not resource)

    def _of_value(self, attribute: str, value: Any) -> Iterator[Resource]:
        for text in texts_of(value):
            if text in self._known:
                yield from _meant(attribute, self._known[text])
            elif len(text) > 20 and ("arn:" in text or "projects/" in text or "://" in text or "@" in text):
                for part in (*_ARN.findall(text), *_LINK.findall(text), *_ACCOUNT.findall(text)):
                    yield from self._of_part(part)

    def _of_part(self, part: str) -> list[Resource]:
        """The resources that an ARN or link in a longer text names; what follows a `/` or `:` may be a part of the resource."""
        while part and len(part) < _LONGEST:
            if part in self._known:
                return self._known[part]
            shorter = re.sub(r"[/:][^/:]*$", "", part)
            part = shorter if shorter != part and len(shorter) > 12 else ""
        return []


def _meant(attribute: str, candidates: list[Resource]) -> list[Resource]:
    """Of resources with the same name, those of the type that the attribute is called after, if there are such."""
    if len(candidates) < 2:
        return candidates
    subject = re.sub(r"_(?:name|id|ids|arn|arns|url)s?$", "", attribute)
    return [c for c in candidates if subject in c.type or c.type.partition("_")[2] in subject] or candidates


def _names_itself(resource: Resource, attribute: str) -> bool:
    """Whether an attribute identifies its resource: the `zone_id` of a zone does, and that of a record names its zone.

    The domain of a certificate is where something else is, such as the origin of a distribution.
    """
    if attribute == "domain_name" and resource.type.endswith("_certificate"):
        return False
    return attribute not in _OF_OTHERS or resource.type.endswith(_OF_OTHERS[attribute])


def identities(resource: Resource) -> Iterator[str]:
    """The values by which other resources may refer to this one."""
    for name in (*IDENTITIES, *NAMES):
        value = resource.values.get(name)
        if isinstance(value, str) and len(value) >= _SHORTEST and _names_itself(resource, name):
            yield value
    if pattern := all_mappings().get(resource.type, NOTHING).known_as:
        last = {
            name: str(value).rpartition("/")[2] for name, value in resource.values.items() if isinstance(value, str)
        }
        yield re.sub(r"\{(\w+)\}", lambda match: last.get(match[1], ""), pattern)
