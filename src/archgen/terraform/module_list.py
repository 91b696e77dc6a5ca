"""Every binding that a model's stacks can name, described for people: modules, what they apply to, inputs and their sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from archgen.model.resolve import Resolved
from archgen.records import dataclass
from archgen.terraform.binding import TARGET, Binding
from archgen.terraform.bindings import bindings, versions

Source = Literal["model", "model, unless empty", "other modules", "main.tf"]


@dataclass(frozen=True, slots=True)
class ListedInput:
    """An input of a module: its type, where its value comes from, and the expression of it."""

    name: str
    type: str
    source: Source
    value: str


@dataclass(frozen=True, slots=True)
class ListedModule:
    """A binding as a stack can name it.

    `versions` are the major versions that stacks can choose, the newest first; `address` and `version` are those of the newest, empty for
    a binding whose resources archgen writes. `applies_to` says for what it is used, and `condition` under which further condition.
    `needs` are outputs of other modules (`vpc.vpc_id`), `offers` the outputs that others can take. `stacks` are those that list it.
    """

    id: str
    cloud: str
    description: str
    applies_to: str
    condition: str
    address: str
    version: str
    link: str
    versions: tuple[str, ...]
    inputs: tuple[ListedInput, ...]
    needs: tuple[str, ...]
    offers: tuple[str, ...]
    stacks: tuple[str, ...]


def listed_modules(resolved: Resolved, cloud: str) -> list[ListedModule]:
    """The bindings of a cloud, sorted by id. Raises ExtensionError for an invalid binding."""
    here = [a for at, a in resolved.architectures.items() if at.cloud == cloud]
    folder = here[0].bindings
    majors: dict[str, list[str]] = {}
    for binding in versions(cloud, folder).values():
        majors.setdefault(binding.id, []).append(binding.major)
    stacks: dict[str, dict[str, None]] = {}
    for a in here:
        for stack, stated in a.document.terraform.stacks.items() if a.document.terraform else ():
            for reference in stated.modules:
                stacks.setdefault(reference.partition("@")[0], {})[stack] = None
    found = (b for id_, b in sorted(bindings(cloud, folder).items()) if id_ != TARGET and (b.is_used or b.manifests))
    return [_listed(b, cloud, majors[b.id], tuple(stacks.get(b.id, ()))) for b in found]


def _listed(binding: Binding, cloud: str, majors: list[str], stacks: tuple[str, ...]) -> ListedModule:
    module = binding.module
    path = f"/{module.path}" if module and module.path else ""
    return ListedModule(
        id=binding.id,
        cloud=cloud,
        description=binding.description,
        applies_to=applies_to(binding),
        condition=binding.when or "",
        address=module.address if module else "",
        version=module.version.removeprefix("v") if module else "",
        link=f"https://github.com/{module.source}/tree/{module.version}{path}" if module else "",
        versions=tuple(sorted(filter(None, majors), key=_number, reverse=True)),
        inputs=tuple(_inputs(binding)),
        needs=tuple(dict.fromkeys(f"{need.module}.{need.output}" for _input, need in binding.needs_of())),
        offers=tuple(dict.fromkeys([*binding.offers, *binding.outputs])),
        stacks=stacks,
    )


def _number(major: str) -> tuple[int, ...]:
    return tuple(int(part) for part in major.split("."))


def applies_to(binding: Binding) -> str:
    """For what a binding is used: the network, each environment, or components with certain products and kinds."""
    if binding.binds == "network":
        return "the network"
    if binding.binds == "environment":
        return "each environment"
    kinds = " or ".join(binding.kinds)
    if isinstance(binding.binds, str):
        return f"each component of the kind {kinds}" if kinds else "each component"
    products = f"each component with the product {' or '.join(binding.binds)}"
    return f"{products} and the kind {kinds}" if kinds else products


def _inputs(binding: Binding) -> Iterator[ListedInput]:
    """The inputs of a binding's module, each once: what main.tf computes replaces what the model states."""
    wired: Mapping[str, Any] = binding.wires()
    stated: list[tuple[str, Source, Any]] = []
    stated += [(name, "model", value) for name, value in binding.inputs.items() if name not in wired]
    stated += [(name, "model, unless empty", value) for name, value in binding.optional.items() if name not in wired]
    stated += [(name, "other modules" if name in binding.needs else "main.tf", code) for name, code in wired.items()]
    for name, source, value in stated:
        type_ = binding.type_of(name) if binding.module else "any"
        yield ListedInput(name, type_.split("(", 1)[0], source, " ".join(str(value).split()))
