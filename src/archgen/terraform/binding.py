"""A binding: how facts of the model become the inputs of one Terraform module, and one use of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from typing import Any

from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.model.derived import once
from archgen.model.regions import HOME
from archgen.records import dataclass
from archgen.terraform.references import Need, needs_in

# The id of the binding that every stack has: the variable with the account, region and role that its providers use.
TARGET = "target"
# The package of bindings in a project's folder.
PROJECT = "project"


@dataclass(frozen=True)
class Module:
    """The recorded interface of a module at one version. `read` returns it, and is called when something of it is asked for first, because
    a model uses few of the modules that there are.
    """

    id: str
    read: Callable[[], Mapping[str, Any]] = field(repr=False)

    @cached_property
    def _recorded(self) -> Mapping[str, Any]:
        return self.read()

    @property
    def source(self) -> str:
        """Its repository, such as `terraform-aws-modules/terraform-aws-vpc`."""
        return str(self._recorded["source"])

    @property
    def path(self) -> str:
        """Its folder in the repository; empty for the root."""
        return str(self._recorded["path"])

    @property
    def version(self) -> str:
        """Its version, such as `v6.0.1`."""
        return str(self._recorded["version"])

    @property
    def commit(self) -> str:
        """The commit of this version."""
        return str(self._recorded["commit"])

    @property
    def date(self) -> str:
        """The date of the commit (ISO 8601); empty if it is not recorded."""
        return str(self._recorded["date"])

    @property
    def inputs(self) -> Mapping[str, Mapping[str, Any]]:
        """Its inputs by name, each with its type, and whether it is required or its default."""
        inputs: Mapping[str, Mapping[str, Any]] = self._recorded["inputs"]
        return inputs

    @property
    def outputs(self) -> Mapping[str, Mapping[str, Any]]:
        """Its outputs by name."""
        outputs: Mapping[str, Mapping[str, Any]] = self._recorded["outputs"]
        return outputs

    @property
    def required_version(self) -> str:
        """The versions of Terraform that it accepts; empty if it accepts any."""
        return str(self._recorded["required_version"])

    @property
    def providers(self) -> Mapping[str, Mapping[str, str]]:
        """The providers that it needs by name, each with its source and the versions that it accepts."""
        providers: Mapping[str, Mapping[str, str]] = self._recorded["providers"]
        return providers

    @property
    def address(self) -> str:
        """Its address in the Terraform registry, such as `terraform-aws-modules/vpc/aws//modules/vpc-endpoints`."""
        namespace, repository = self.source.split("/")
        _terraform, provider, name = repository.split("-", 2)
        return f"{namespace}/{name}/{provider}{f'//{self.path}' if self.path else ''}"


@dataclass(frozen=True, slots=True)
class Binding:
    """How facts of the model become the inputs of one module at one major version.

    `binds` is "network", "environment" (once for each), "components", or a list of products whose components it applies to; `kinds`
    limits those to components of some kinds. `inputs` maps an input to an expression, or to a mapping or list of expressions;
    `optional` has inputs that are left out where their value is empty. `types` has types for inputs that the module does not type.
    `wired` has inputs whose values `main.tf` computes: Terraform expressions with references to this variable (`@self`) and to outputs
    of other modules (`@vpc.vpc_id`). `needs` has inputs that take such an output unchanged. `extra` has attributes of the variable that
    only such expressions use. `offers` has the outputs that others may refer to, with their types. `when` is an expression that determines
    whether the binding is used. `placed_in` is the role of the tiers whose subnets the module uses. `provider` is the provider alias
    that it needs, if the expression `provider_when` is true. `depends_on` has bindings whose modules or resources of the same stack must
    be applied before it; in resources of the binding itself, the line `@depends_on` says so.

    `resources` are blocks of Terraform code that use the variable; a block that refers to an output that does not exist is left out. Those
    of a binding with a `module` can be an input of the module and refer to its outputs.
    A binding without a `module` has a variable of a `type` with an expression for its `value`; `uses` has the ids of its providers, and
    `versions` the versions of some, or of `terraform`, that it needs. `supplied` has the attributes of its type that a model may state
    under `set`.
    `outputs` are values of its resources, or of its module in another form, that others may refer to.
    `beforehand` and `afterwards` are what a person does before and after an apply, because no stack can do it: `why`, and `run`.
    `once` says that what it makes exists once, so its recovery region does not have it. `asks` is what a person states before the
    recovery region has values for it, in a further variable file with that word in its name.
    `package` is the package that adds it, PROJECT for a binding of the project, and empty for archgen's.
    `copies` has the strategies of `disaster_recovery` that it makes for its component.
    `manifests` names the Kubernetes objects that it makes instead, without a variable; kubernetes/manifests.py writes them.
    """

    id: str
    cloud: str
    binds: str | tuple[str, ...]
    variable: str
    description: str
    module: Module | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    optional: Mapping[str, Any] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    when: str | None = None
    types: Mapping[str, str] | None = None
    type: str | None = None
    value: str | None = None
    needs: Mapping[str, Need] = field(default_factory=dict)
    wired: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    offers: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    resources: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    once: bool = False
    asks: str = ""
    supplied: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    beforehand: Mapping[str, str] = field(default_factory=dict)
    afterwards: Mapping[str, str] = field(default_factory=dict)
    copies: tuple[str, ...] = ()
    manifests: str | None = None
    provider: str | None = None
    provider_when: str | None = None
    depends_on: tuple[str, ...] = ()
    placed_in: str | None = None
    validations: tuple[Mapping[str, str], ...] = ()
    package: str = ""

    @property
    def major(self) -> str:
        """The version in its file's name, such as `6`, or `0.8` before 1.0; empty without a module."""
        return self.module.id.rpartition("-")[2] if self.module else ""

    @property
    def is_used(self) -> bool:
        """Whether something takes its variable."""
        return self.module is not None or bool(self.resources) or self.id == TARGET

    def wires(self) -> Mapping[str, str]:
        """The Terraform expressions of all inputs that refer to other modules or are computed in `main.tf`."""
        return {**{name: f"@{need.module}.{need.output}" for name, need in self.needs.items()}, **self.wired}

    def needs_of(self) -> Iterator[tuple[str, Need]]:
        """The outputs of other modules that it refers to, each with the input that takes it; the input is empty for `resources`."""
        for name, code in self.wires().items():
            yield from ((name, need) for need in needs_in(code))
        for code in (*self.resources, *(output["value"] for output in self.outputs.values())):
            yield from (("", need) for need in needs_in(code))

    def type_of(self, name: str) -> str:
        """The type of an input as a Terraform type expression."""
        assert self.module is not None
        return (self.types or {}).get(name) or str(self.module.inputs[name]["type"])

    def attribute_type(self, name: str) -> str:
        """The type of an input as an attribute of an object type: optional with the module's default, if the input can be left out."""
        type_ = self.type_of(name)
        if name not in self.optional:
            return type_
        assert self.module is not None
        return f"optional({type_}, {self.module.inputs[name]['default']})"

    @property
    def about(self) -> str:
        """The description of its variable, with the module whose inputs it contains."""
        if self.module is None:
            return self.description
        return f"{self.description} Inputs of {self.module.address} {self.module.version.removeprefix('v')}."

    def components(self, architecture: Architecture) -> list[str]:
        """The ids of the components that it applies to at this coordinate; empty if it does not bind components.

        Its values are about the environment's network and the region `home`, so what is only elsewhere is left out.
        """
        if self.binds in ("network", "environment"):
            return []
        return [
            name
            for name, c in self._of_its_products(architecture)
            if (not self.kinds or c.kind in self.kinds) and not self._means_another(architecture, c)
        ]

    def _of_its_products(self, architecture: Architecture) -> Sequence[tuple[str, Component]]:
        """The components of the home region that are made of a product that it is for, in the order of the model."""
        by_product = _by_product(architecture)
        products = {None} if self.binds == "components" else by_product.keys() & set(self.binds)
        if len(products) < 2:  # most bindings are for products that a model does not use
            return by_product.get(next(iter(products), ""), ())
        return [pair for pair in by_product[None] if pair[1].product in products]

    def _means_another(self, a: Architecture, component: Component) -> bool:
        """Whether the kind or product that it names is another one in the model, which declares it under the same ID.

        The bindings of a project mean what the project declares.
        """
        if self.package == PROJECT:
            return False
        of_kind = bool(self.kinds) and component.kind in a.catalog.replaced_kinds
        return of_kind or (self.binds != "components" and component.product in a.catalog.replaced_products)


@dataclass(frozen=True, slots=True)
class ModuleCall:
    """One use of a module, or of a variable without a module: the variable's name and its value at one coordinate."""

    binding: Binding
    variable: str
    component: str | None
    values: Any  # the module's inputs by name, or the value of a variable without a module
    provider: str = ""  # the alias of the provider that it needs; empty for the stack's own
    stated: frozenset[str] = frozenset()  # the inputs that the model sets itself
    formerly: tuple[str, ...] = ()  # earlier ids of the component, the last one first


@once
def _by_product(a: Architecture) -> Mapping[str | None, Sequence[tuple[str, Component]]]:
    """The components in the home region and the environment's network by product, each with its id; all of them under None."""
    found: dict[str | None, list[tuple[str, Component]]] = {None: []}
    for name, component in a.components.items():
        if a.network_of(component) or a.site_of(component) or HOME not in (a.regions_of(component) or (HOME,)):
            continue
        found[None].append((name, component))
        if component.product:
            found.setdefault(component.product, []).append((name, component))
    return found
