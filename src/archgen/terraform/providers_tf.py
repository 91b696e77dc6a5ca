"""The text of a stack's `providers.tf`: the versions that it requires, and its providers with the account, region and role to use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from archgen.terraform.binding import TARGET, Binding
from archgen.terraform.files import HEADER, Variable, quoted
from archgen.terraform.main_tf import Code
from archgen.terraform.root_facts import RootFacts, root_facts
from archgen.terraform.types import aligned, parse
from archgen.terraform.wiring import Wiring

# The minimum for `var.x == null ? true : …` in validations, and for optional attributes in types.
OLDEST = ">= 1.9"
# The providers that a cluster's API needs; their configuration refers to the cluster.
OF_CLUSTERS = ("helm", "kubernetes")


def providers_tf(wiring: Wiring, stack: str, model: str, *, locked: bool) -> str:
    """The text of `providers.tf`. `locked` says whether the state has a lock file in S3, which needs a later version of Terraform."""
    declared = wiring.stacks[stack]
    facts = root_facts(declared[0].binding.cloud)
    required = _required(declared)
    rows = [("required_version", quoted(_terraform(declared, facts if locked else None)))]
    body = [
        f"    {line}"
        for line in aligned(
            [(name, _provider(source, version)) for name, (source, version) in sorted(required.items())]
        )
    ]
    text = "\n".join(
        ["terraform {", *(f"  {line}" for line in aligned(rows)), "", "  required_providers {", *body, "  }", "}", ""]
    )
    blocks = [f"# {HEADER.format(model=model)}\n", text]
    target = next((variable for variable in declared if variable.binding.id == TARGET), None)
    if target and facts:
        blocks += list(_configured(facts, declared, required, target, stack))
        blocks += list(_cluster_providers(wiring, stack, facts, [n for n in required if n in OF_CLUSTERS], target))
    return "\n".join(blocks)


# -- versions --------------------------------------------------------------------------------------------


def _provider(source: str, version: str) -> str:
    rows = [("source", quoted(source)), *([("version", quoted(version))] if version else [])]
    return "{\n" + "".join(f"      {line}\n" for line in aligned(rows)) + "    }"


def _terraform(declared: Sequence[Variable], facts: RootFacts | None) -> str:
    """The version of Terraform that a root, its backend (if `facts` are given) and all of its modules accept."""
    backend = str(facts.backend.get("required_version", "")) if facts else ""
    needed = (
        v.binding.module.required_version if v.binding.module else v.binding.versions.get("terraform", "")
        for v in declared
    )
    return merged([OLDEST, backend, *needed])


def _required(declared: Sequence[Variable]) -> dict[str, tuple[str, str]]:
    """The providers of a stack by name, each with its source and the versions that all of its modules accept."""
    found: dict[str, tuple[str, list[str]]] = {}
    for variable in declared:
        for name, source, version in _providers_of(variable.binding):
            found.setdefault(name, (source, []))[1].append(version)
    return {name: (source, merged(versions)) for name, (source, versions) in found.items()}


def _providers_of(binding: Binding) -> Iterator[tuple[str, str, str]]:
    if binding.module is None:
        facts = root_facts(binding.cloud)
        for name in binding.uses or ((facts.provider,) if facts else ()):
            yield name, f"hashicorp/{name}", binding.versions.get(name, "")
        return
    for name, stated in binding.module.providers.items():
        accepted = [stated.get("version", ""), binding.versions.get(name, "")]
        yield name, stated.get("source") or f"hashicorp/{name}", ", ".join(filter(None, accepted))


def merged(constraints: list[str]) -> str:
    """One version constraint for several: the highest of the minimums, then what else they say, each once."""
    parts = [part.strip() for text in constraints for part in text.split(",") if part.strip()]
    minimums = [part for part in parts if part.startswith(">=")]
    others = sorted({re.sub(r"^([<>=~!]+)\s*", r"\1 ", part) for part in parts if not part.startswith(">=")})
    highest = max(minimums, key=_numbers, default="")
    return ", ".join([*([f">= {highest[2:].strip()}"] if highest else []), *others])


def _numbers(constraint: str) -> tuple[int, ...]:
    numbers = [int(n) for n in re.findall(r"\d+", constraint)]
    return tuple([*numbers, 0, 0, 0][:3])


# -- the cloud's own provider ----------------------------------------------------------------------------


def _attributes(variable: Variable) -> set[str]:
    """The attributes of the target's variable."""
    return {name for name, *_rest in parse(variable.binding.type or "object({})").attributes}


def _configured(
    facts: RootFacts, declared: Sequence[Variable], required: Mapping[str, object], target: Variable, stack: str
) -> Iterator[str]:
    """The blocks of the cloud's provider: for the stack's own account, and for each alias."""
    has = _attributes(target)
    for name in (facts.provider, *(also for also in facts.also if also in required)):
        yield _block(facts, name, "", has, stack)
    for alias in sorted({variable.provider for variable in declared if variable.provider}):
        yield _block(facts, facts.provider, alias, has, stack)


def _block(facts: RootFacts, name: str, alias: str, has: set[str], stack: str) -> str:
    other = bool(alias) and alias not in facts.aliases
    account = facts.other_account.replace("@alias", alias) if other else facts.account

    def filled(code: str) -> str:
        return code.replace("@account", account).replace("@stack", stack)

    stated = {key: filled(a["value"]) for key, a in facts.arguments.items() if has.issuperset(a.get("needs", ()))}
    rows = [("alias", quoted(alias))] if alias else []
    rows += {**stated, **facts.aliases.get(alias, {})}.items()
    lines = [f'provider "{name}" {{', *(f"  {line}" for line in aligned(rows))]
    for key, inner in facts.blocks.items():
        if has.issuperset(inner.get("needs", ())):
            arguments = [(argument, filled(code)) for argument, code in inner["arguments"].items()]
            lines += ["", f"  {key} {{", *(f"    {line}" for line in aligned(arguments)), "  }"]
    return "\n".join([*lines, "}", ""])


# -- providers of clusters -------------------------------------------------------------------------------

# kubernetes: https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs#exec-plugins
# helm 3 has an attribute `kubernetes` where helm 2 had a block: https://registry.terraform.io/providers/hashicorp/helm/latest/docs


def _cluster_providers(
    wiring: Wiring, stack: str, facts: RootFacts, names: list[str], target: Variable
) -> Iterator[str]:
    """The providers that reach a cluster's API, if exactly one cluster is known."""
    declared = wiring.stacks[stack]
    users = [v for v in declared if any(name in OF_CLUSTERS for name, *_rest in _providers_of(v.binding))]
    for way in facts.clusters if names and users else ():
        code = Code(wiring, stack, users[0])
        bodies = {name: code.expression(_body(way, name, _attributes(target))) for name in sorted(names)}
        if all(bodies.values()):
            if "blocks" in way:
                yield f"{way['blocks'].rstrip()}\n"
            yield from (_cluster_block(name, body or "") for name, body in bodies.items())
            return


def _body(way: Mapping[str, Any], name: str, has: set[str]) -> str:
    """The arguments of a provider, as lines of Terraform code with references."""
    lines = aligned(list(way["arguments"].items()))
    if "exec" in way:
        role = way.get("role", "") if {"account_id", "role"} <= has else ""
        rows = [(key, code.replace("@role", role)) for key, code in way["exec"].items()]
        lines += ["exec = {" if name == "helm" else "exec {", *(f"  {line}" for line in aligned(rows)), "}"]
    return "\n".join(lines)


def _cluster_block(name: str, body: str) -> str:
    indent = "    " if name == "helm" else "  "
    lines = [f"{indent}{line}" for line in body.split("\n")]
    if name == "helm":
        lines = ["  kubernetes = {", *lines, "  }"]
    return "\n".join([f'provider "{name}" {{', *lines, "}", ""])
