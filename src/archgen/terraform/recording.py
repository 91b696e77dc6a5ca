"""Recording a Terraform module: its interface as the content of a file that bindings read, and a first binding for it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from archgen.catalog.cloud_facts import clouds
from archgen.records import dataclass
from archgen.terraform.module_source import ModuleInput, ModuleInterface
from archgen.terraform.root_facts import root_facts

_SOURCE = re.compile(r"[\w-]+/terraform-(?P<provider>[a-z0-9]+)-(?P<name>[\w-]+)")
_RELEASE = re.compile(r"v?(?P<major>\d+)(\.(?P<minor>\d+))?(\.\d+)*([-+].*)?")


class OriginError(ValueError):
    """A module whose repository or version is not known; the text says which."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a module comes from: its repository as `owner/terraform-provider-name`, its folder there, and the version with its date."""

    source: str
    path: str
    version: str
    commit: str = ""
    date: str = ""

    @property
    def id(self) -> str:
        """The name of the recorded file, such as `aws-vpc-6`, or `gcp-secret-manager-0.9` before 1.0. Raises OriginError."""
        source, release = _SOURCE.fullmatch(self.source), _RELEASE.fullmatch(self.version)
        if source is None:
            raise OriginError(f"'{self.source}' is not a repository of a module such as acme/terraform-aws-queue")
        if release is None:
            raise OriginError(f"'{self.version}' is not a version such as v1.4.0")
        major = release["major"] if release["major"] != "0" else f"0.{release['minor'] or 0}"
        inner = self.path.rpartition("/")[2].lower().replace("_", "-")
        name = "-".join(filter(None, (source["name"].lower(), inner)))
        return f"{_cloud_of(source['provider'])}-{name}-{major}"


def _cloud_of(provider: str) -> str:
    """The cloud of a provider such as `aws` or `google`; the provider itself for one that is not the provider of a cloud's stacks."""
    found = ((cloud, root_facts(cloud)) for cloud in clouds())
    return next((cloud for cloud, facts in found if facts and facts.provider == provider), provider)


def interface_record(found: ModuleInterface) -> dict[str, Any]:
    """The interface of a module as the content of its recorded file."""
    return {
        "inputs": {name: _input(entry) for name, entry in found.inputs.items()},
        "outputs": {name: {"sensitive": True} if hidden else {} for name, hidden in found.outputs.items()},
        "required_version": found.required_version,
        "providers": {name: {"source": p.source, "version": p.version} for name, p in found.providers.items()},
    }


def _input(entry: ModuleInput) -> dict[str, Any]:
    """One input; what is the usual case is left out."""
    record: dict[str, Any] = {"type": entry.type}
    record |= {"required": True} if entry.default is None else {"default": entry.default}
    record |= {} if entry.nullable else {"nullable": False}
    return record | ({"sensitive": True} if entry.sensitive else {})


def module_text(origin: Origin, found: ModuleInterface) -> str:
    """The text of the recorded file of a module."""
    content = {
        "source": origin.source,
        "path": origin.path,
        "version": origin.version,
        "commit": origin.commit,
        "date": origin.date,
        "recorded_by": "archgen terraform record",
        **interface_record(found),
    }
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def first_binding(id_: str, found: ModuleInterface) -> str:
    """A binding for a recorded module to start from: with its required inputs, whose values have to be filled in."""
    cloud, _, rest = id_.partition("-")
    name = rest.rpartition("-")[0]
    required = {n: entry for n, entry in found.inputs.items() if entry.required}
    lines = [
        f"module: {id_}",
        f"id: {name}",
        f"cloud: {cloud}",
        "binds: environment",
        f"variable: {re.sub('[^a-z0-9_]', '_', name)}",
        f"description: The module {name}.",
        *(["inputs:"] if required else ["inputs: {}"]),
        *(f"  {n}: ''  # {entry.type}" for n, entry in required.items()),
    ]
    return "".join(f"{line}\n" for line in lines)


def missing_origin(given: Mapping[str, str]) -> str | None:
    """The option that has to state what Git does not know about a module: `source` or `version`; None if everything is known."""
    return next((name for name in ("source", "version") if not given.get(name)), None)
