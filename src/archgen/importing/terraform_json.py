"""Reads states and plans of Terraform and OpenTofu: what `show -json` prints, and raw states of version 4. Also Kubernetes objects.

The formats are those of https://developer.hashicorp.com/terraform/internals/json-format (format_version 0.1 to 1.2). Attributes
that a file marks as sensitive are dropped here, so that no other part of archgen ever sees them.
"""

from __future__ import annotations

import codecs
import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from archgen.importing.configuration import references_in
from archgen.importing.kubernetes_objects import (
    KubernetesObjects,
    NotObjectsError,
    is_kubernetes,
    read_manifests,
    read_objects,
)
from archgen.importing.large_json import Entered, Reduce, decode
from archgen.importing.packed import PackedValues
from archgen.importing.resource import Resource, as_list, as_mapping, without_indexes
from archgen.importing.secret_keys import without_secret_keys

KUBERNETES = "kubernetes"  # the format of files with Kubernetes objects
_MANIFEST = re.compile(
    rb"\A(?:\xef\xbb\xbf)?(?![\s]*[{\[])(?s:.*\n)?apiVersion:[ \t]"
)  # YAML, in which a key begins a line
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
MAX_BYTES = 1024 * 1024 * 1024
SHOW = "terraform show -json"


class UnusableError(Exception):
    """A file is neither a state nor a plan that archgen can read. The text says why, and `help` what to do."""

    def __init__(self, reason: str, help_: str, line: int = 1, column: int = 1) -> None:
        super().__init__(reason)
        self.help = help_
        self.line, self.column = line, column


@dataclass(frozen=True, slots=True)
class TerraformFile:
    """What one file says. `looked_up` is the number of data sources, which describe nothing that the file's code makes.

    `regions` has the regions of its providers, of whatever cloud.
    """

    file: str
    form: Literal["state", "plan"]
    terraform: str
    format: str
    resources: tuple[Resource, ...]
    looked_up: int
    regions: tuple[str, ...]
    lineage: str = ""

    @property
    def is_kubernetes(self) -> bool:
        """Whether it has Kubernetes objects: those of a cluster count as a state, and rendered manifests as a plan."""
        return self.format == KUBERNETES

    @property
    def what(self) -> str:
        """What the file is, in words."""
        if self.is_kubernetes:
            return "objects of a Kubernetes cluster" if self.form == "state" else "manifests of Kubernetes"
        return f"{self.form} of Terraform {self.terraform}" if self.terraform else self.form


def read(file: str) -> TerraformFile:
    """What a file says. Raises UnusableError."""
    return read_content(_bytes_of(Path(file)), file)


def _bytes_of(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnusableError(
                f"it is larger than {MAX_BYTES // 1024**2} MiB", "give the files of single stacks instead"
            )
        return path.read_bytes()
    except OSError as error:
        raise UnusableError(
            f"it cannot be read: {error.strerror or error}", "check its name and its permissions"
        ) from None


def read_content(content: bytes, file: str) -> TerraformFile:
    """What the content of a file says. Raises UnusableError."""
    if content.startswith(_UTF_16):  # `>` in Windows PowerShell writes it
        content = _as_utf_8(content, file)
    if _MANIFEST.search(content):
        return _manifests(content, file)
    try:
        return _understood(_parsed(content, file), file)
    except RecursionError:
        raise UnusableError("its values are nested too deeply", _how_to(file)) from None


def _understood(document: Any, file: str) -> TerraformFile:
    if not isinstance(document, Mapping):
        raise UnusableError("it is JSON, but neither a state nor a plan", _how_to(file))
    if is_kubernetes(document):
        return _of_objects(read_objects([document], file), file)
    if "format_version" in document:
        return _shown(document, file)
    if "version" in document and ("lineage" in document or "serial" in document or "resources" in document):
        return _raw_state(document, file)
    raise UnusableError("it is JSON, but neither a state nor a plan", _how_to(file))


def _manifests(content: bytes, file: str) -> TerraformFile:
    help_ = "give what `kubectl get -o json`, `kustomize build` or `helm template` prints"
    try:
        return _of_objects(read_manifests(content.decode("utf-8-sig"), file), file)
    except UnicodeDecodeError:
        raise UnusableError("it is not text", help_) from None
    except RecursionError:
        raise UnusableError("its values are nested too deeply", help_) from None
    except NotObjectsError as error:
        raise UnusableError(str(error), help_, error.line, error.column) from None


def _of_objects(objects: KubernetesObjects, file: str) -> TerraformFile:
    return TerraformFile(file, "state" if objects.live else "plan", "", KUBERNETES, objects.resources, 0, ())


def _as_utf_8(content: bytes, file: str) -> bytes:
    try:
        return content.decode("utf-16").encode()
    except UnicodeDecodeError:
        raise UnusableError("it is not text", _how_to(file)) from None


def _parsed(content: bytes, file: str) -> Any:
    """The value of a JSON text, of whose resources only what is needed is kept. Raises UnusableError."""
    if content[:2] == b"PK":
        raise UnusableError(
            "it is a plan in Terraform's binary format", f"convert it: {SHOW} {shlex.quote(file)} > plan.json"
        )
    if not content or content.isspace():
        raise UnusableError("it is empty", _how_to(file))
    try:
        return decode(content.removeprefix(codecs.BOM_UTF8), _ENTERED)
    except UnicodeDecodeError:
        raise UnusableError("it is not text", _how_to(file)) from None
    except UnicodeEncodeError:
        raise UnusableError("a text in it contains half of a character", _how_to(file)) from None
    except json.JSONDecodeError as error:
        cut = "it ends in the middle" if error.pos >= len(error.doc.rstrip()) - 1 else f"it is not JSON: {error.msg}"
        raise UnusableError(cut, _how_to(file), error.lineno, error.colno) from None
    except ValueError:
        raise UnusableError("it contains a number with too many digits", _how_to(file)) from None


def _reduced_resource(entry: Any) -> Any:
    """A resource of `show -json` without what is sensitive. Of a data source, no values are kept."""
    if not isinstance(entry, Mapping):
        return entry
    kept = {key: value for key, value in entry.items() if key not in ("values", "sensitive_values")}
    values = _without(entry.get("values"), entry.get("sensitive_values"))
    if isinstance(values, Mapping) and entry.get("mode") != "data":
        kept["values"] = PackedValues(values)
    return kept


def _reduced_instance(instance: Any) -> Any:
    """An instance in a raw state without what is sensitive."""
    if not isinstance(instance, Mapping):
        return instance
    kept = {key: instance[key] for key in ("index_key", "deposed") if key in instance}
    values: Any = as_mapping(instance.get("attributes"))
    for path in as_list(instance.get("sensitive_attributes")):
        values = _without_path(values, _steps(path))
    return {**kept, "attributes": PackedValues(as_mapping(values))}


def _reduced_change(change: Any) -> Any:
    """A change in a plan with nothing but the attributes that are known after apply."""
    stated = as_mapping(change)
    after = as_mapping(stated.get("change")).get("after_unknown")
    unknown = {key: True for key, value in after.items() if value} if isinstance(after, Mapping) else None
    return {"address": stated.get("address"), "deposed": stated.get("deposed"), "change": {"after_unknown": unknown}}


def _nothing(_value: Any) -> None:
    """Nothing of what archgen does not read."""


def _resources_in(reduce: Reduce) -> Entered:
    """How values of `show -json` are entered, whose modules have resources and further modules."""
    module: dict[str, Entered | Reduce] = {"resources": Entered({}, reduce)}
    module["child_modules"] = Entered({}, Entered(module))
    return Entered({"root_module": Entered(module)})


_ENTERED = Entered(
    {
        "values": _resources_in(_reduced_resource),
        "planned_values": _resources_in(_reduced_resource),
        "prior_state": Entered({"values": _resources_in(_nothing)}),
        "resource_changes": Entered({}, _reduced_change),
        "resource_drift": Entered({}, _nothing),
        "resources": Entered({}, Entered({"instances": Entered({}, _reduced_instance)})),  # of a raw state
    }
)


def _how_to(file: str) -> str:
    return f"make a file that archgen reads: {SHOW} > state.json, or for a plan: {SHOW} plan.bin > plan.json"


def _shown(document: Mapping[str, Any], file: str) -> TerraformFile:
    version = str(document["format_version"])
    if version.partition(".")[0] not in ("0", "1"):
        raise UnusableError(
            f"it has the format version {version}, and archgen reads 0.1 to 1.x",
            "use the version of archgen that knows it",
        )
    plan = "planned_values" in document or "resource_changes" in document
    values = as_mapping(document.get("planned_values" if plan else "values"))
    configuration = as_mapping(document.get("configuration"))
    references = references_in(configuration)
    unknown = _unknown_after_apply(document) if plan else {}
    found, looked_up = [], 0
    for modules, entry in _entries(values.get("root_module"), ()):
        if entry.get("mode") == "data":
            looked_up += 1
        elif "deposed_key" in entry:  # what a new object has replaced, at the same address
            continue
        elif resource := _resource(file, entry, modules, unknown, references):
            found.append(resource)
    return TerraformFile(
        file,
        "plan" if plan else "state",
        str(document.get("terraform_version", "")),
        version,
        tuple(without_secret_keys(_one_at_each_address(found))),
        looked_up,
        tuple(_regions(configuration, as_mapping(document.get("variables")))),
    )


def _entries(module: Any, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """The resources of a module and of those in it, with the names of the modules. Iterative in width, recursive in depth only."""
    if not isinstance(module, Mapping):
        return
    for entry in as_list(module.get("resources")):
        if isinstance(entry, Mapping) and isinstance(entry.get("type"), str):
            yield names, entry
    for child in as_list(module.get("child_modules")):
        if isinstance(child, Mapping):
            yield from _entries(child, _module_names(str(child.get("address", ""))))


def _module_names(address: str) -> tuple[str, ...]:
    return tuple(step for step in without_indexes(address).split(".") if step != "module")


def _resource(
    file: str,
    entry: Mapping[str, Any],
    modules: tuple[str, ...],
    unknown: Mapping[str, frozenset[str]],
    references: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> Resource | None:
    address, name = entry.get("address"), entry.get("name")
    if not isinstance(address, str) or not address or not isinstance(name, str):
        return None
    found = Resource(
        file,
        address,
        str(entry["type"]),
        name,
        modules,
        _index(entry.get("index")),
        as_mapping(entry.get("values")),
        unknown.get(address, frozenset()),
    )
    stated = references.get(found.template)
    return found if not stated else _with_references(found, stated)


def _one_at_each_address(resources: Iterable[Resource]) -> Iterable[Resource]:
    """The resources, of which only a file that contradicts itself has two at one address: then the first one counts."""
    found: dict[str, Resource] = {}
    for resource in resources:
        found.setdefault(resource.address, resource)
    return found.values()


def _index(stated: Any) -> str | int | None:
    """The index of an instance, which is a number or a text."""
    return stated if isinstance(stated, (str, int)) else None


def _with_references(resource: Resource, references: Mapping[str, tuple[str, ...]]) -> Resource:
    return replace(resource, references=references)


def _unknown_after_apply(document: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """The attributes that are unknown until the plan is applied, by the address of the resource."""
    found = {}
    for change in map(as_mapping, as_list(document.get("resource_changes"))):
        after = as_mapping(change.get("change")).get("after_unknown")
        if isinstance(after, Mapping) and not change.get("deposed"):
            found[str(change.get("address"))] = frozenset(after)
    return found


def _without(value: Any, sensitive: Any) -> Any:
    """A value without what is sensitive: marks are true for a whole value, or have its shape."""
    if sensitive is True:
        return None
    if isinstance(value, Mapping) and isinstance(sensitive, Mapping):
        return {
            key: _without(child, sensitive.get(key)) for key, child in value.items() if sensitive.get(key) is not True
        }
    if isinstance(value, list) and isinstance(sensitive, list):
        marks = [*sensitive, *([None] * (len(value) - len(sensitive)))]
        return [_without(child, mark) for child, mark in zip(value, marks, strict=False)]
    return value


def _regions(configuration: Mapping[str, Any], variables: Mapping[str, Any]) -> Iterator[str]:
    """The regions that providers state as a constant or by a variable."""
    for provider in as_mapping(configuration.get("provider_config")).values():
        stated = as_mapping(as_mapping(as_mapping(provider).get("expressions")).get("region"))
        if isinstance(stated.get("constant_value"), str):
            yield str(stated["constant_value"])
        for name in as_list(stated.get("references")):
            value = as_mapping(variables.get(str(name).removeprefix("var."))).get("value")
            if isinstance(value, str):
                yield value


def _raw_state(document: Mapping[str, Any], file: str) -> TerraformFile:
    version = document["version"]
    if version != 4:
        raise UnusableError(
            f"it is a state of version {version}, and archgen reads version 4",
            f"let a current Terraform convert it: {SHOW} > state.json",
        )
    found: list[Resource] = []
    looked_up = 0
    for block in as_list(document.get("resources")):
        if not isinstance(block, Mapping) or not all(isinstance(block.get(key), str) for key in ("type", "name")):
            continue
        instances = [i for i in as_list(block.get("instances")) if isinstance(i, Mapping)]
        if block.get("mode") == "data":
            looked_up += len(instances)
        else:
            found += [_from_state(file, block, instance) for instance in instances if "deposed" not in instance]
    lineage = str(document.get("lineage", ""))
    return TerraformFile(
        file,
        "state",
        str(document.get("terraform_version", "")),
        "4",
        tuple(without_secret_keys(_one_at_each_address(found))),
        looked_up,
        (),
        lineage,
    )


def _from_state(file: str, block: Mapping[str, Any], instance: Mapping[str, Any]) -> Resource:
    module = str(block.get("module", ""))
    index = instance.get("index_key")
    address = f"{module}.{block['type']}.{block['name']}" if module else f"{block['type']}.{block['name']}"
    if index is not None:
        address += f"[{json.dumps(index, ensure_ascii=False)}]"
    values = as_mapping(instance.get("attributes"))
    return Resource(file, address, str(block["type"]), str(block["name"]), _module_names(module), _index(index), values)


def _steps(path: Any) -> list[Any]:
    """The steps of a path to a sensitive attribute: names of attributes and indexes."""
    steps = []
    for step in path if isinstance(path, Sequence) and not isinstance(path, str) else ():
        value = step.get("value") if isinstance(step, Mapping) else step
        steps.append(value.get("value") if isinstance(value, Mapping) else value)
    return steps


def _without_path(value: Any, steps: Sequence[Any]) -> Any:
    """A value without what a path leads to; without everything if it is not clear where a step leads."""
    if not steps:
        return None
    step = steps[0]
    if isinstance(value, Mapping) and isinstance(step, str):
        return {k: (_without_path(v, steps[1:]) if k == step else v) for k, v in value.items()}
    if isinstance(value, list) and isinstance(step, (int, float)):
        return [_without_path(v, steps[1:]) if i == step else v for i, v in enumerate(value)]
    return None
