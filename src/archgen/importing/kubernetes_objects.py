"""Reads Kubernetes objects: what `kubectl get -o json` prints, and the YAML streams of `kustomize build` and `helm template`.

Only the fields that the table of object types names are kept. Values of Secrets, ConfigMaps and environment variables never are: texts
of environment variables are looked at for names of Services, and dropped.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from archgen.catalog.kubernetes_types import PREFIX, fields_of
from archgen.importing.pods import of_containers, of_nodes, pod_template
from archgen.importing.resource import Resource, as_list, as_mapping, value_at

_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob")
_LIVE = ("uid", "resourceVersion", "creationTimestamp")  # of the metadata of an object that a cluster has
_POD_SECURITY = "pod-security.kubernetes.io/enforce"
_NAMESPACE_LABEL = "kubernetes.io/metadata.name"
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_NAMED = re.compile(r"[A-Za-z][A-Za-z0-9.-]*")
_MOST_KEYS = 100_000  # of a mapping
# What PyYAML raises for a value that does not have the form of its tag, with the value in the text.
_UNCONVERTIBLE = (ValueError, OverflowError, LookupError, AttributeError, TypeError)


class _ManifestLoader(yaml.CSafeLoader):
    """Reads YAML as PyYAML does, but refuses mappings that merges of merges make endless."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Put what a mapping merges into it."""
        super().flatten_mapping(node)
        if len(node.value) > _MOST_KEYS:
            raise yaml.constructor.ConstructorError(None, None, "too many keys", node.start_mark)


class NotObjectsError(Exception):
    """A text has no Kubernetes objects. The text says why; `line` and `column` say where, if that is known."""

    def __init__(self, reason: str, line: int = 1, column: int = 1) -> None:
        super().__init__(reason)
        self.line, self.column = line, column


@dataclass(frozen=True, slots=True)
class KubernetesObjects:
    """The objects of a file. `live` says that a cluster returned them, and not a tool that renders manifests."""

    resources: tuple[Resource, ...]
    live: bool


@dataclass(frozen=True, slots=True, eq=False)
class _KubernetesObject:
    """An object: its kind, name, namespace (empty for none) and content."""

    kind: str
    name: str
    namespace: str
    content: Mapping[str, Any] = field(repr=False)

    @property
    def address(self) -> str:
        place = f"{self.namespace}/" if self.namespace else ""
        return f"{place}{self.kind}/{self.name}"


def is_kubernetes(document: Any) -> bool:
    """Whether a document is an object, or a list of them."""
    return isinstance(document, Mapping) and isinstance(document.get("apiVersion"), str) and "kind" in document


def read_manifests(text: str, file: str) -> KubernetesObjects:
    """The objects in a stream of YAML documents. Raises NotObjectsError."""
    try:
        documents = [document for document in yaml.load_all(text, Loader=_ManifestLoader) if document is not None]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise NotObjectsError(_problem_of(error), *place) from None
    except yaml.YAMLError as error:
        raise NotObjectsError(f"it is not YAML: {error}") from None
    except _UNCONVERTIBLE:
        raise NotObjectsError(
            "it has a value that does not have the form of its type, such as a date without a month"
        ) from None
    if _is_circular(documents):
        raise NotObjectsError("an alias in it refers to what it is in")
    if not documents or not all(map(is_kubernetes, documents)):
        raise NotObjectsError("it has documents that are not Kubernetes objects")
    return read_objects(documents, file)


def _problem_of(error: yaml.MarkedYAMLError) -> str:
    """What is wrong with a text. Problems with tags and keys quote the text, which may be that of a secret."""
    if isinstance(error, yaml.constructor.ConstructorError):
        return "it has a tag or keys that archgen does not read"
    return f"it is not YAML: {error.problem or error.context}"


def _is_circular(value: Any) -> bool:
    """Whether a value contains itself, which aliases make possible. Looks at each list and mapping once, however often it is meant."""
    inside: set[int] = set()
    done: set[int] = set()
    waiting: list[tuple[Any, bool]] = [(value, False)]
    while waiting:
        found, leaves = waiting.pop()
        if leaves:
            inside.discard(id(found))
            done.add(id(found))
        elif isinstance(found, (list, dict)) and id(found) not in done:
            if id(found) in inside:
                return True
            inside.add(id(found))
            waiting.append((found, True))
            waiting += [(child, False) for child in (found.values() if isinstance(found, dict) else found)]
    return False


def read_objects(documents: Iterable[Any], file: str) -> KubernetesObjects:
    """The objects in documents, of which each is an object or a list of them."""
    objects = [made for document in documents for content in _flat(document) if (made := _object(content))]
    # KEDA makes an autoscaler for each ScaledObject, which says less than the object itself.
    unique = sorted({one.address: one for one in objects}.values(), key=lambda one: one.kind != "ScaledObject")
    live = any(key in as_mapping(one.content.get("metadata")) for one in unique for key in _LIVE)
    finder = _Finder(unique)
    return KubernetesObjects(tuple(_resource(one, file, finder) for one in unique), live)


def _flat(document: Any) -> Iterator[Mapping[str, Any]]:
    if str(as_mapping(document).get("kind", "")).endswith("List") and "items" in document:
        for item in as_list(document["items"]):
            yield from _flat(item)
    elif isinstance(document, Mapping):
        yield document


def _object(content: Mapping[str, Any]) -> _KubernetesObject | None:
    metadata = as_mapping(content.get("metadata"))
    name = metadata.get("name") or metadata.get("generateName")
    kind, namespace = content.get("kind"), metadata.get("namespace") or ""
    if not all(isinstance(text, str) for text in (kind, name, namespace)) or not _NAMED.fullmatch(str(kind)):
        return None
    return _KubernetesObject(str(kind), str(name), str(namespace), content)


def _resource(one: _KubernetesObject, file: str, finder: _Finder) -> Resource:
    type_ = PREFIX + re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", one.kind).lower()
    values: dict[str, Any] = {}
    content = _in_general(one)
    for path in fields_of(type_):
        _keep(values, content, path)
    references: dict[str, tuple[str, ...]] = {}
    name = one.name
    if one.kind in _WORKLOADS:
        values["pod"] = of_containers(one.content)
        references["environment"] = finder.services_named_in(one)
    elif one.kind == "Ingress":
        values["class"] = _class_of(one)
        references["backends"] = finder.backends_of(one)
        name = f"ingress-{values['class']}" if values["class"] else name
    elif one.kind == "Namespace":
        values["pod_security"] = as_mapping(value_at(one.content, "metadata.labels")).get(_POD_SECURITY)
    elif one.kind == "NodePool":
        values["nodes"] = of_nodes(one.content)
    elif one.kind == "NetworkPolicy":
        values["ports"], references = finder.rules_of(one)
    else:
        references["selected"] = finder.selected_by(one)
    modules = (one.namespace,) if one.namespace else ()
    return Resource(file, one.address, type_, name, modules, None, values, references=references)


def _in_general(one: _KubernetesObject) -> Mapping[str, Any]:
    """The content of an object without what it says about some pods only, and not about each container or the whole namespace."""
    spec = as_mapping(one.content.get("spec"))
    if one.kind == "LimitRange":
        limits = [limit for limit in as_list(spec.get("limits")) if as_mapping(limit).get("type") == "Container"]
        return {"spec": {"limits": limits}}
    if one.kind == "ResourceQuota" and (spec.get("scopes") or spec.get("scopeSelector")):
        return {}
    return one.content


def _keep(values: dict[str, Any], content: Any, path: str) -> None:
    """Copy one field. In a path, `~` stands for a dot that belongs to a key, as in `requests.cpu` of a quota."""
    found = content
    steps = path.split(".")
    for step in steps:
        while isinstance(found, list) and found:
            found = found[0]
        found = as_mapping(found).get(step.replace("~", "."))
    if found is None or isinstance(found, (list, Mapping)):
        return
    holder = values
    for step in steps[:-1]:
        holder = holder.setdefault(step, {})
    holder[steps[-1]] = found


def _class_of(ingress: _KubernetesObject) -> str:
    notes = as_mapping(value_at(ingress.content, "metadata.annotations"))
    stated = value_at(ingress.content, "spec.ingressClassName") or notes.get("kubernetes.io/ingress.class")
    return stated if isinstance(stated, str) else ""


# -- which object means which other one ----------------------------------------------------------------------


class _Finder:
    """Finds the objects that others select by labels or name."""

    def __init__(self, objects: Iterable[_KubernetesObject]) -> None:
        self._by_address = {one.address: one for one in objects}
        every = self._by_address.values()
        self._workloads: dict[str, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
        for one in every:
            if one.kind in _WORKLOADS:
                self._workloads[one.namespace].append((one.address, _labels_of_pods(one)))
        self._namespaces = {one.name: _labels(one.content) for one in every if one.kind == "Namespace"}
        self._hosts: dict[str, list[_KubernetesObject]] = defaultdict(list)
        for one in every:
            if one.kind == "Service":
                for end in ("", f".{one.namespace}", f".{one.namespace}.svc", f".{one.namespace}.svc.cluster.local"):
                    self._hosts[one.name + end].append(one)

    def selected_by(self, one: _KubernetesObject) -> tuple[str, ...]:
        """The workloads that an autoscaler names, or that a Service or a disruption budget selects."""
        target = as_mapping(value_at(one.content, "spec.scaleTargetRef"))
        if target:
            stated = _KubernetesObject(
                str(target.get("kind") or "Deployment"), str(target.get("name")), one.namespace, {}
            )
            return (stated.address,) if stated.address in self._by_address else ()
        selector = as_mapping(as_mapping(one.content.get("spec")).get("selector"))
        labels = selector.get("matchLabels") if one.kind != "Service" else selector
        return self._selected(labels, (one.namespace,)) if "matchExpressions" not in selector else ()

    def _selected(self, labels: Any, namespaces: Iterable[str]) -> tuple[str, ...]:
        """The workloads with pods that have all these labels; none without labels, which would mean all of them."""
        wanted = as_mapping(labels).items()
        there = (pair for name in dict.fromkeys(namespaces) for pair in self._workloads.get(name, ()))
        return tuple(address for address, has in there if wanted and wanted <= has.items())

    def backends_of(self, ingress: _KubernetesObject) -> tuple[str, ...]:
        """The Services that an Ingress sends requests to."""
        spec = as_mapping(ingress.content.get("spec"))
        found = [spec.get("defaultBackend")]
        for rule in as_list(spec.get("rules")):
            paths = as_list(as_mapping(as_mapping(rule).get("http")).get("paths"))
            found += [as_mapping(path).get("backend") for path in paths]
        names = (as_mapping(as_mapping(backend).get("service")).get("name") for backend in found)
        addresses = (_KubernetesObject("Service", str(name), ingress.namespace, {}).address for name in names if name)
        return tuple(dict.fromkeys(address for address in addresses if address in self._by_address))

    def services_named_in(self, workload: _KubernetesObject) -> tuple[str, ...]:
        """The Services whose host names are values of environment variables, also within a URL."""
        found: dict[str, None] = {}
        for container in as_list(as_mapping(pod_template(workload.content).get("spec")).get("containers")):
            for variable in as_list(as_mapping(container).get("env")):
                if isinstance(text := as_mapping(variable).get("value"), str):
                    host = _host_of(text)
                    same = [
                        one for one in self._hosts.get(host, ()) if "." in host or one.namespace == workload.namespace
                    ]
                    found |= dict.fromkeys(one.address for one in same)
        return tuple(found)

    def rules_of(self, policy: _KubernetesObject) -> tuple[dict[str, int], dict[str, tuple[str, ...]]]:
        """The workloads that a network policy is about (`pods`), and those of each of its rules, with the only port of a rule."""
        spec = as_mapping(policy.content.get("spec"))
        selector = as_mapping(spec.get("podSelector"))
        plain = "matchExpressions" not in selector
        pods = self._selected(selector.get("matchLabels"), (policy.namespace,)) if plain else ()
        references, ports = {"pods": pods}, {}
        for way, end in (("ingress", "from"), ("egress", "to")):
            for number, rule in enumerate(map(as_mapping, as_list(spec.get(way)))):
                peers = (self._peer(as_mapping(peer), policy.namespace) for peer in as_list(rule.get(end)))
                references[f"{way}_{number}"] = tuple(dict.fromkeys(a for addresses in peers for a in addresses))
                stated = as_list(rule.get("ports"))
                port = as_mapping(stated[0]).get("port") if len(stated) == 1 else None
                if type(port) is int and "endPort" not in as_mapping(stated[0]):
                    ports[f"{way}_{number}"] = port
        return ports, references

    def _peer(self, peer: Mapping[str, Any], namespace: str) -> tuple[str, ...]:
        selector, there = as_mapping(peer.get("podSelector")), peer.get("namespaceSelector")
        if "matchExpressions" in selector or "matchExpressions" in as_mapping(there):
            return ()
        namespaces = self._namespaces_with(as_mapping(there).get("matchLabels")) if there is not None else [namespace]
        return self._selected(selector.get("matchLabels"), namespaces)

    def _namespaces_with(self, labels: Any) -> list[str]:
        wanted = dict(as_mapping(labels))
        by_name = wanted.pop(_NAMESPACE_LABEL, None)
        return [
            name
            for name in sorted(self._workloads)
            if by_name in (None, name) and wanted.items() <= self._namespaces.get(name, {}).items()
        ]


def _labels(content: Any) -> Mapping[str, Any]:
    labels = as_mapping(as_mapping(as_mapping(content).get("metadata")).get("labels"))
    return {key: value for key, value in labels.items() if isinstance(value, str)}


def _labels_of_pods(workload: _KubernetesObject) -> Mapping[str, Any]:
    return _labels(pod_template(workload.content))


def _host_of(text: str) -> str:
    """The host in a URL or in `host:port`; empty if there is none."""
    rest = text.partition("://")[2] or text
    host = rest.rpartition("@")[2].partition("/")[0].partition(":")[0]
    return host if _HOST.fullmatch(host) else ""
