"""The text of a stack's `providers.tf`: the versions that it requires, and its providers with the account, region and role to use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from archgen.terraform.bindings import TARGET, Binding
from archgen.terraform.files import HEADER, Variable, quoted
from archgen.terraform.main_tf import Code
from archgen.terraform.types import aligned, parse
from archgen.terraform.wiring import Wiring

# The minimum for `var.x == null ? true : …` in validations and for optional attributes in types; a lock file of S3 needs 1.11:
# https://github.com/hashicorp/terraform/blob/v1.11/CHANGELOG.md
OLDEST, OLDEST_FOR_LOCKS = (1, 9), (1, 11)
OWN = {"aws": "aws", "gcp": "google"}
# The providers that a cluster's API needs; their configuration refers to the cluster.
OF_CLUSTERS = ("helm", "kubernetes")
# The bindings of clusters, in the order in which a stack's own is looked for.
CLUSTERS = {"aws": ("eks",), "gcp": ("gke", "gke-autopilot")}


def providers_tf(wiring: Wiring, stack: str, model: str, *, locked: bool) -> str:
    """The text of `providers.tf`. `locked` says whether the state has a lock file in S3, which needs a later version of Terraform."""
    declared = wiring.stacks[stack]
    cloud = declared[0].binding.cloud
    required = _required(declared)
    rows = [("required_version", quoted(_terraform(declared, locked)))]
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
    if target:
        blocks += list(_google(required, target) if cloud == "gcp" else _aws(declared, target, stack))
    blocks += list(_cluster_providers(wiring, stack, [name for name in required if name in OF_CLUSTERS], target))
    return "\n".join(blocks)


# -- versions --------------------------------------------------------------------------------------------


def _provider(source: str, version: str) -> str:
    rows = [("source", quoted(source)), *([("version", quoted(version))] if version else [])]
    return "{\n" + "".join(f"      {line}\n" for line in aligned(rows)) + "    }"


def _terraform(declared: Sequence[Variable], locked: bool) -> str:
    """The version of Terraform that a root and all of its modules accept."""
    least = ".".join(map(str, OLDEST_FOR_LOCKS if locked else OLDEST))
    return merged([f">= {least}", *(v.binding.module.required_version for v in declared if v.binding.module)])


def _required(declared: Sequence[Variable]) -> dict[str, tuple[str, str]]:
    """The providers of a stack by name, each with its source and the versions that all of its modules accept."""
    found: dict[str, tuple[str, list[str]]] = {}
    for variable in declared:
        for name, source, version in _providers_of(variable.binding):
            found.setdefault(name, (source, []))[1].append(version)
    return {name: (source, merged(versions)) for name, (source, versions) in found.items()}


def _providers_of(binding: Binding) -> Iterator[tuple[str, str, str]]:
    if binding.module is None:
        for name in binding.uses or ((OWN[binding.cloud],) if binding.cloud in OWN else ()):
            yield name, f"hashicorp/{name}", ""
        return
    for name, facts in binding.module.providers.items():
        yield name, facts.get("source") or f"hashicorp/{name}", facts.get("version", "")


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


def _names(variable: Variable) -> set[str]:
    """The attributes of the target's variable."""
    return {name for name, *_rest in parse(variable.binding.type or "object({})").attributes}


def _aws(declared: Sequence[Variable], target: Variable, stack: str) -> Iterator[str]:
    has = _names(target)
    own = "var.target.account_id" if "account_id" in has else ""
    yield _aws_block("", "var.target.region", own, has, stack)
    aliases = sorted({variable.provider for variable in declared if variable.provider})
    for alias in aliases:
        if alias == "us_east_1":
            yield _aws_block(alias, '"us-east-1"', own, has, stack)
        else:
            yield _aws_block(alias, "var.target.region", f'var.target.accounts["{alias}"]', has, stack)


def _aws_block(alias: str, region: str, account: str, has: set[str], stack: str) -> str:
    rows = [*([("alias", quoted(alias))] if alias else []), ("region", region)]
    if account:
        rows.append(("allowed_account_ids", f"[{account}]"))
    lines = ['provider "aws" {', *(f"  {line}" for line in aligned(rows))]
    if account and "role" in has:
        inner = [
            ("role_arn", f'"arn:aws:iam::${{{account}}}:role/${{var.target.role}}"'),
            ("session_name", quoted(f"terraform-{stack}")),
        ]
        lines += ["", "  assume_role {", *(f"    {line}" for line in aligned(inner)), "  }"]
    return "\n".join([*lines, "", "  default_tags {", "    tags = var.target.tags", "  }", "}", ""])


def _google(required: dict[str, tuple[str, str]], target: Variable) -> Iterator[str]:
    rows = [("project", "var.target.project_id"), ("region", "var.target.region")]
    if "service_account" in _names(target):
        rows.append(("impersonate_service_account", "var.target.service_account"))
    rows.append(("default_labels", "var.target.labels"))
    for name in ("google", "google-beta"):
        if name in required:
            yield "\n".join([f'provider "{name}" {{', *(f"  {line}" for line in aligned(rows)), "}", ""])


# -- providers of clusters -------------------------------------------------------------------------------

# kubernetes: https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs#exec-plugins
# helm 3 has an attribute `kubernetes` where helm 2 had a block: https://registry.terraform.io/providers/hashicorp/helm/latest/docs
_AWS_CLUSTER = """\
host                   = @eks.cluster_endpoint
cluster_ca_certificate = base64decode(@eks.cluster_certificate_authority_data)
{exec}
  api_version = "client.authentication.k8s.io/v1beta1"
  command     = "aws"
  args        = ["eks", "get-token", "--region", var.target.region, "--cluster-name", @eks.cluster_name{role}]
}}"""
_GOOGLE_CLUSTER = """\
host                   = "https://${{@{gke}.endpoint}}"
token                  = data.google_client_config.this.access_token
cluster_ca_certificate = base64decode(@{gke}.ca_certificate)"""


def _cluster_providers(wiring: Wiring, stack: str, names: list[str], target: Variable | None) -> Iterator[str]:
    """The providers that reach a cluster's API, if exactly one cluster is known."""
    declared = wiring.stacks[stack]
    cloud = declared[0].binding.cloud
    users = [v for v in declared if any(name in OF_CLUSTERS for name, *_rest in _providers_of(v.binding))]
    if not names or not users or target is None:
        return
    for binding in CLUSTERS.get(cloud, ()):
        bodies = {name: Code(wiring, stack, users[0]).expression(_body(cloud, binding, name, target)) for name in names}
        if all(bodies.values()):
            if cloud == "gcp":
                yield 'data "google_client_config" "this" {}\n'
            yield from (_cluster_block(name, bodies[name] or "") for name in sorted(bodies))
            return


def _body(cloud: str, binding: str, name: str, target: Variable) -> str:
    if cloud == "gcp":
        return _GOOGLE_CLUSTER.format(gke=binding)
    known = {"account_id", "role"} <= _names(target)
    role = ', "--role-arn", "arn:aws:iam::${var.target.account_id}:role/${var.target.role}"' if known else ""
    return _AWS_CLUSTER.format(exec="exec = {" if name == "helm" else "exec {", role=role)


def _cluster_block(name: str, body: str) -> str:
    indent = "    " if name == "helm" else "  "
    lines = [f"{indent}{line}" for line in body.split("\n")]
    if name == "helm":
        lines = ["  kubernetes = {", *lines, "  }"]
    return "\n".join([f'provider "{name}" {{', *lines, "}", ""])
