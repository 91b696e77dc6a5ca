"""Which generated rules let a connection through: network policies, security groups and firewall rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archgen.kubernetes.manifests import objects_of
from archgen.kubernetes.objects import NOTES
from archgen.model.architecture import Architecture
from archgen.model.stacks import Stack
from archgen.terraform.aws_groups import rules_of_connections
from archgen.terraform.bindings import find
from archgen.terraform.google import firewall_rules


def generated_rules(a: Architecture) -> dict[str, list[str]] | None:
    """The rules that the stacks of an environment make for each connection, by its ID; None if no stack makes any rules."""
    terraform = a.document.terraform
    stacks: Mapping[str, Stack] = terraform.stacks if terraform else {}
    called = {reference.partition("@")[0] for stack in stacks.values() for reference in stack.modules}
    known = {id_ for id_ in called if find(a, id_)}
    pairs: list[tuple[str, str]] = []
    if "network-policies" in known:
        pairs += [pair for stack in stacks for pair in _policies(a, stack)]
    if "security-groups" in known:
        pairs += _security_groups(a)
    if "network" in known:
        pairs += [(id_, f"firewall rule {name}") for id_, names in firewall_rules(a).items() for name in names]
    if not known & {"network-policies", "security-groups", "network"}:
        return None
    found: dict[str, list[str]] = {}
    for id_, text in pairs:
        if text not in found.setdefault(id_, []):
            found[id_].append(text)
    return found


def _policies(a: Architecture, stack: str) -> Iterator[tuple[str, str]]:
    """Pairs of connection and network policy, from the annotations of policies."""
    for made in objects_of(a, stack):
        metadata = made["metadata"]
        notes = metadata.get("annotations", {}) if made["kind"] == "NetworkPolicy" else {}
        for direction in ("egress", "ingress"):
            for id_ in filter(None, notes.get(f"{NOTES}/{direction}", "").split(", ")):
                yield id_, f"network policy {metadata['namespace']}/{metadata['name']} ({direction})"


def _security_groups(a: Architecture) -> Iterator[tuple[str, str]]:
    """Pairs of connection and security group."""
    for rule in rules_of_connections(a):
        yield rule.connection.id, f"security group {rule.group} ({rule.direction})"
