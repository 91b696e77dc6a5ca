"""Diagnostics for references in an architecture to things that do not exist, or do not exist at this coordinate."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches

from archgen.catalog import protocols
from archgen.catalog.product import Product
from archgen.diagnostics.codes import DRIFT_CODES, rules
from archgen.diagnostics.diagnostic import OWN, Diagnostic, Path, did_you_mean
from archgen.model.architecture import Architecture
from archgen.model.component import PLACEMENTS, Component, protocols_of
from archgen.model.document import homes_by_word
from archgen.model.links import check_links, joinable, links, networks
from archgen.model.mentions import Mention
from archgen.model.operations import Flow
from archgen.model.per_cloud import cloud_classes
from archgen.model.places import ENVIRONMENT, INTERNET, ROLES, NetworkTier, TierRole, further_places
from archgen.model.region_references import check_regions
from archgen.model.traits import is_whole_number
from archgen.model.views import Selection
from archgen.model.wording import with_article


def check_references(architecture: Architecture, somewhere: Mapping[str, frozenset[str]]) -> Iterator[Diagnostic]:
    """A diagnostic for every broken reference of an architecture. `somewhere` has the ids that exist at any coordinate, by type."""
    yield from _axes(architecture)
    yield from check_regions(architecture)
    yield from _organization(architecture)
    yield from _network(architecture, somewhere)
    known = _known(architecture, somewhere)
    yield from _places(architecture, somewhere)
    yield from check_links(architecture)
    for name, component in architecture.components.items():
        yield from _component(architecture, name, component, known)
    yield from _operations(architecture, somewhere)
    yield from _capabilities(architecture)
    yield from _controls(architecture)
    yield from _runbooks(architecture, somewhere)
    yield from _policy(architecture, somewhere)
    yield from _terraform(architecture, somewhere)


def _refer(
    path: Path, id_: str, known: Collection[str], what: str, somewhere: Collection[str] = ()
) -> Iterator[Diagnostic]:
    if id_ in known:
        return
    if id_ in somewhere:
        help_ = f"limit this with `in` to where the {what} exists, or vary it with `when`"
        yield Diagnostic("ARC-R002", f"the {what} '{id_}' does not exist here", help_, path)
    else:
        choices = {*known, *somewhere}
        help_ = did_you_mean(id_, choices) if choices else f"the model declares no {what} yet"
        yield Diagnostic("ARC-R001", f"the {what} '{id_}' does not exist", help_, path)


def _terraform(a: Architecture, somewhere: Mapping[str, frozenset[str]]) -> Iterator[Diagnostic]:
    terraform = a.document.terraform
    if terraform is None:
        return
    path: Path = ("terraform", "state")
    if terraform.state:
        yield from _refer(path, terraform.state, a.components, "component", somewhere["component"])
        store = a.components.get(terraform.state)
        if store and (store.kind != "object-store" or store.kind in a.catalog.replaced_kinds):
            help_ = "name a component of the kind object-store"
            yield Diagnostic(
                "ARC-R003", f"'{terraform.state}' cannot store states: it is not object storage", help_, path
            )
    for name, stack in terraform.stacks.items():
        if stack.home:
            yield from _refer(("terraform", "stacks", name, "home"), stack.home, a.homes, a.facts.home)


def _axes(a: Architecture) -> Iterator[Diagnostic]:
    document = a.document
    for name, environment in document.environments.items():
        path: Path = ("environments", name)
        if environment.phase:
            yield from _refer((*path, "phase"), environment.phase, document.phases, "phase")
        for cloud in document.clouds:
            if environment.on(cloud) is None:
                facts = a.clouds[cloud]
                help_ = f"add `{cloud}:` with `{cloud_classes()[facts.base].home.key}`"
                help_ += " and `cidr`" if document.network else ""
                message = f"environment '{name}' has no {facts.name} {facts.home}"
                yield Diagnostic("ARC-M001", message, help_, path)


def _organization(a: Architecture) -> Iterator[Diagnostic]:
    organization, environments = a.document.organization, a.document.environments
    if organization is None:
        return
    for cloud in a.document.clouds:
        here, word = organization.on(cloud), a.clouds[cloud].home
        if here is None:
            continue
        for name, environment in environments.items():
            if home := environment.on(cloud):
                yield from _refer(("environments", name, cloud, home.key), home.id, here.all_homes(), word)
        for reference in here.references():
            path: Path = ("organization", cloud, *reference.path)
            yield from _refer(path, reference.id, reference.known, reference.what)
            if reference.wrong:
                yield Diagnostic("ARC-M005", reference.wrong, "name one that is not inside it, or remove it", path)


def _places(a: Architecture, somewhere: Mapping[str, frozenset[str]]) -> Iterator[Diagnostic]:
    """A diagnostic for each site or network whose ID is ambiguous, or whose home does not exist."""
    document = a.document
    taken = {**dict.fromkeys((*PLACEMENTS, ENVIRONMENT, INTERNET), "place"), **dict.fromkeys(a.tiers, "tier")}
    taken |= dict.fromkeys(document.environments, "environment")
    for part, what, ids in (("networks", "network", document.networks), ("sites", "site", document.sites)):
        for id_ in ids:
            if id_ in taken:
                message = (
                    f"the {what} '{id_}' has the same ID as {with_article(taken[id_])}, so naming it would be ambiguous"
                )
                yield Diagnostic("ARC-M005", message, "choose a different ID", (part, id_))
            taken.setdefault(id_, what)
    for id_, network in document.networks.items():
        if network.home and a.organization:
            yield from _refer(("networks", id_, "home"), network.home, a.homes, a.facts.home)
    for path, tier in _all_tiers(a):
        if tier.role and tier.internet not in ROLES[tier.role]:
            yield _contradiction(path, tier.role, tier.internet)
    for at, any_network in networks(a):
        if router := any_network.routed_by:
            yield from _refer((*at, "routed_by"), router, a.components, "component", somewhere["component"])
        if hub := any_network.internet_through:
            yield from _refer((*at, "internet_through"), hub, document.networks, "network")


def _all_tiers(a: Architecture) -> Iterator[tuple[Path, NetworkTier]]:
    """The tiers of all networks, each with its path."""
    for tier_id, own in a.tiers.items():
        yield ("network", "tiers", tier_id), own
    for id_, network in a.document.networks.items():
        for tier_id, tier in network.tiers.items():
            yield ("networks", id_, "tiers", tier_id), tier


def _contradiction(path: Path, role: TierRole, internet: str) -> Diagnostic:
    """A diagnostic for a tier whose role says something else about the internet than the tier itself."""
    message = f"the tier '{path[-1]}' cannot be {role} with `internet: {internet}`: {_ACCESS[internet]}"
    others = [other for other, access in ROLES.items() if internet in access]
    help_ = f"set `internet: {' or '.join(ROLES[role])}`, or a role that fits: {', '.join(others)}"
    return Diagnostic("ARC-M005", message, help_, (*path, "role"))


_ACCESS = {
    "both": "the internet can reach it",
    "outbound": "it can reach the internet through NAT",
    "none": "it can neither reach the internet nor be reached from there",
}


def _network(a: Architecture, somewhere: Mapping[str, frozenset[str]]) -> Iterator[Diagnostic]:
    network = a.document.network
    if network is None:
        return
    if network.tiers and a.environment.on(a.coordinate.cloud) and not a.cidr:
        environment = a.coordinate.environment
        message = f"the environment '{environment}' has no address range for its network"
        help_ = "add `cidr`; only a model without a network needs none"
        yield Diagnostic("ARC-M001", message, help_, ("environments", environment, a.coordinate.cloud))
    if network.tiers and not a.zones:
        message = f"{a.facts.name} has no zones, which the network needs for its subnets"
        help_ = "add `availability_zones`; only a model without a network needs none"
        yield Diagnostic("ARC-M001", message, help_, ("clouds", a.coordinate.cloud))
    for name, segment in network.segments.items():
        path: Path = ("network", "segments", name)
        for position, tier in enumerate(segment.tiers):
            yield from _refer((*path, "tiers", position), tier, network.tiers, "tier")
        for position, id_ in enumerate(segment.also):
            yield from _refer((*path, "also", position), id_, a.components, "component", somewhere["component"])
        for key, call in segment.calls.items():
            at: Path = (*path, "calls", key, *(("to",) if call.to else ()))
            yield from _refer(at, call.to or key, a.components, "component", somewhere["component"])
            if call.protocol:
                yield from _protocol(a, (*path, "calls", key, "protocol"), call.protocol)
    for cloud in a.clouds:
        for reference in network.on(cloud).references(tuple(network.tiers)):
            yield from _refer(("network", cloud, *reference.path), reference.id, reference.known, reference.what)


# By what a reference names: the ids that exist here, the word for one, and the ids that exist at some coordinate.
Known = Mapping[str, tuple[Collection[str], str, Collection[str]]]


def _component(a: Architecture, name: str, component: Component, known: Known) -> Iterator[Diagnostic]:
    """A diagnostic for every broken reference of a component. Types of fields mark references, so that this works for any kind."""
    path: Path = ("components", name)
    for mention in component.references:
        yield from _mention(a, name, mention, known)
    yield from _calls(a, name, component)
    yield from _traits(name, component)
    yield from _circle(a, name, component)
    yield from _former_ids(a, name, component)
    if component.namespace:
        namespaces = getattr(a.components.get(component.runs_on or ""), "namespaces", {})
        yield from _refer((*path, "namespace"), component.namespace, namespaces, "namespace")
    yield from _products(a, path, component)


def _former_ids(a: Architecture, name: str, component: Component) -> Iterator[Diagnostic]:
    """A diagnostic for each earlier ID that another component has, so that it could not be moved."""
    for position, id_ in enumerate(component.formerly):
        others = [other for other, c in a.components.items() if other != name and (other == id_ or id_ in c.formerly)]
        if id_ == name or others:
            holder = f"'{others[0]}' has or had this ID, too" if others else "it still has this ID"
            help_ = "remove the ID: Terraform can move what exists only to one new address"
            yield Diagnostic(
                "ARC-R007",
                f"'{name}' cannot formerly have been '{id_}': {holder}",
                help_,
                ("components", name, "formerly", position),
            )


def _known(a: Architecture, somewhere: Mapping[str, frozenset[str]]) -> Known:
    document, joining = a.document, links(a.components)
    absent = somewhere["component"] - set(a.components)
    return {
        "component": (a.components, "component", somewhere["component"]),
        "capability": (document.capabilities, "capability", ()),
        "team": (document.teams, "team", ()),
        "tier": (a.tiers, "tier", ()),
        "place": ((*PLACEMENTS, *a.tiers, *further_places(document.networks, document.sites)), "place", ()),
        "joined": ((*joinable(document), *joining), "network, site or link", absent),
        "way": ((*joining, INTERNET), "link", absent),
        "phase": (document.phases, "phase", ()),
        "home": (a.homes, a.facts.home, ()),
        "account": (homes_by_word(document, a.clouds).get("account", ()), "account", ()),
    }


def _mention(a: Architecture, component: str, mention: Mention, known: Known) -> Iterator[Diagnostic]:
    """A diagnostic for one reference of a component, if it is broken."""
    path: Path = ("components", component, *mention.path)
    if mention.what == "product":
        yield from _sold_here(a, path, mention.id)
        return
    if mention.what == "protocol":
        yield from _protocol(a, path, mention.id)
        return
    if mention.what == "rule":
        yield from _rule(path, mention.id, _rule_codes(a))
        return
    if mention.what == "tier" and not mention.stated and not a.tiers:
        return  # the default placement is a tier, and this model declares none
    if mention.what == "component" and mention.id == component and "calls" not in mention.path:
        # A component may call itself, because its replicas may call each other, but it cannot run on itself.
        yield Diagnostic("ARC-R001", f"'{component}' refers to itself here", "choose a different component", path)
    if mention.what in known:  # a package may mark other references, and check them in a rule
        ids, what, elsewhere = known[mention.what]
        yield from _refer(path, mention.id, ids, what, elsewhere)


def _calls(a: Architecture, name: str, component: Component) -> Iterator[Diagnostic]:
    """A diagnostic for each call whose key misleads, or that is drawn instead of a connection that does not exist."""
    for key, call in component.calls.items():
        path: Path = ("components", name, "calls", key)
        if call.to and call.to != key and key in a.components:
            message = f"the key '{key}' is a component, but the call goes to '{call.to}'"
            yield Diagnostic("ARC-M005", message, "choose a key that is not the ID of a component", path)
        for position, id_ in enumerate(call.drawn_instead_of):
            if id_ not in a.traffic_ids:
                message = f"the connection '{id_}' does not exist here"
                help_ = did_you_mean(id_, sorted(a.traffic_ids))
                yield Diagnostic("ARC-R001", message, help_, (*path, "drawn_instead_of", position))


def _traits(name: str, component: Component) -> Iterator[Diagnostic]:
    """A diagnostic for each trait that names a setting which the component does not have, or which is not a number."""
    for key in ("copies", "port"):
        setting = getattr(component.known, key)
        if isinstance(setting, str) and not (whole := is_whole_number(type(component), setting)):
            path: Path = ("components", name) if key in component.traits.model_fields_set else ("kinds", component.kind)
            message = f"the kind '{component.kind}' has no setting `{setting}`, so it cannot state `{key}`"
            if whole is False:
                message = f"the setting `{setting}` of the kind '{component.kind}' is not a whole number, so it cannot state `{key}`"
            help_ = "write a number, or the path of a setting with a whole number, such as scaling.min"
            yield Diagnostic("ARC-R001", message, help_, (*path, "traits", key))


def _circle(a: Architecture, name: str, component: Component) -> Iterator[Diagnostic]:
    """A diagnostic for a component that runs on itself through others."""
    seen, host = [name], component.runs_on or ""
    while host in a.components and host not in seen:
        seen.append(host)
        host = a.components[host].runs_on or ""
    if host == name and len(seen) > 1:
        message = f"'{name}' runs on itself, through {', '.join(seen[1:])}"
        yield Diagnostic("ARC-R001", message, "choose a different component", ("components", name, "runs_on"))


def _protocol(a: Architecture, path: Path, protocol: str) -> Iterator[Diagnostic]:
    """What is wrong with the protocol of a call: it is a known one misspelled. Any other name is accepted."""
    if protocol in protocols():
        return
    known = protocols_of(type(component) for component in a.components.values())
    close = get_close_matches(protocol, known, 1, 0.8) if protocol not in known else ()
    if close:
        help_ = f"did you mean '{close[0]}'? If not, declare it with `protocols` of a kind"
        yield Diagnostic("ARC-M003", f"'{protocol}' is not a known protocol", help_, path)


def _products(a: Architecture, path: Path, component: Component) -> Iterator[Diagnostic]:
    cloud = a.coordinate.cloud
    products, possible = a.catalog.products, a.catalog.products_for(component.kind, cloud)
    if component.product is None:
        if component.needs_product:
            message = f"component '{path[-1]}' has no product on {a.facts.name}"
            help_ = f"add when: {{{cloud}: {{product: …}}}} with one of these products: {', '.join(possible)}"
            if not possible:
                help_ = f"the catalog has no product for it on {a.facts.name}; declare one under `products`"
            yield Diagnostic("ARC-M001", message, help_, path)
    elif component.product not in products:
        ids = possible or products
        message = f"the product '{component.product}' does not exist"
        few = f"use one of: {', '.join(ids)}." if possible else ""
        help_ = did_you_mean(component.product, ids, otherwise=few or "search for products with: archgen kinds WORD.")
        yield Diagnostic("ARC-R001", message, f"{help_} You can also declare it under `products`", (*path, "product"))
    elif component.product not in possible:
        product = products[component.product]
        why = f"cannot be used for the kind '{component.kind}'"
        if not product.on(cloud):
            why = f"is not available on {a.facts.name}"
        help_ = f"possible products: {', '.join(possible)}" if possible else ""
        if help_ and not product.on(cloud) and len(a.document.clouds) > 1:
            help_ += f"; state one for this cloud: when: {{{cloud}: {{product: …}}}}, or run: archgen parity suggest --to {cloud}"
        yield Diagnostic("ARC-R003", f"{product.name} {why}", help_, (*path, "product"))
    else:
        yield from _settings_of_product(a, path, component, products[component.product])
    for position, id_ in enumerate(component.supporting_products):
        yield from _sold_here(a, (*path, "supporting_products", position), id_)


def _settings_of_product(a: Architecture, path: Path, component: Component, product: Product) -> Iterator[Diagnostic]:
    """A diagnostic for each setting of its kind that a component states although its product does not have it."""
    if product.settings is None:
        return
    # A product of archgen lists settings of archgen's kinds, so it says nothing about those that the model adds to one of them.
    adds = product.id not in a.document.products and component.kind in a.document.kinds
    own_of_model = a.document.kinds[component.kind].settings if adds else {}
    own = [name for name in type(component).model_fields if name not in Component.model_fields]
    had = [name for name in own if name in product.settings]
    for name in own:
        if name in component.model_fields_set and name not in had and name not in own_of_model:
            help_ = f"remove it; of the settings of this kind, {product.short} has: {', '.join(had) or 'none'}"
            yield Diagnostic("ARC-R006", f"{product.name} does not have the setting `{name}`", help_, (*path, name))


def _sold_here(a: Architecture, path: Path, id_: str, cloud: str = "") -> Iterator[Diagnostic]:
    products, cloud = a.catalog.products, cloud or a.coordinate.cloud
    yield from _refer(path, id_, products, "product")
    if id_ in products and not products[id_].on(cloud):
        message = f"{products[id_].name} is not available on {a.clouds[cloud].name}"
        yield Diagnostic("ARC-R003", message, "", path)


def _capabilities(a: Architecture) -> Iterator[Diagnostic]:
    for name, capability in a.document.capabilities.items():
        if capability.owner:
            yield from _refer(("capabilities", name, "owner"), capability.owner, a.document.teams, "team")
        for position, cloud in enumerate(capability.proposed):
            yield from _refer(("capabilities", name, "proposed", position), cloud, a.clouds, "cloud")
        for cloud in a.clouds:
            side = capability.on(cloud)
            for key in ("products", "later") if side else ():
                for position, id_ in enumerate(getattr(side, key)):
                    yield from _sold_here(a, ("capabilities", name, cloud, key, position), id_, cloud)


def _operations(a: Architecture, somewhere: Mapping[str, frozenset[str]]) -> Iterator[Diagnostic]:
    """A diagnostic for every broken reference in flows, images, objectives, alerts, dashboards, on-call duty and views."""
    document = a.document
    observability = document.observability
    components: list[tuple[Path, str]] = [
        (("images", name, "component"), image.component) for name, image in document.images.items()
    ]
    for key in ("objectives", "alerts"):
        for name, entry in getattr(observability, key).items():
            components.append((("observability", key, name, "component"), entry.component))
    for name, dashboard in observability.dashboards.items():
        if dashboard.component:
            components.append((("observability", "dashboards", name, "component"), dashboard.component))
    for path, target in components:
        yield from _refer(path, target, a.components, "component", somewhere["component"])
    for name, alert in observability.alerts.items():
        path = ("observability", "alerts", name)
        yield from _refer((*path, "team"), alert.team, document.teams, "team")
        if alert.objective:
            yield from _refer((*path, "objective"), alert.objective, observability.objectives, "objective")
        if alert.runbook:
            yield from _refer((*path, "runbook"), alert.runbook, document.runbooks, "runbook")
    if on_call := observability.on_call:
        yield from _refer(("observability", "on_call", "team"), on_call.team, document.teams, "team")
        for position, team in enumerate(on_call.escalation):
            yield from _refer(("observability", "on_call", "escalation", position), team, document.teams, "team")
    for name, view in document.views.items():
        yield from _selection(a, ("views", name, "select"), view.select, somewhere)
    for name, flow in document.flows.items():
        yield from _flow(a, ("flows", name, "steps"), flow, somewhere)


def _selection(
    a: Architecture, path: Path, select: Selection, somewhere: Mapping[str, frozenset[str]]
) -> Iterator[Diagnostic]:
    """A diagnostic for everything that a selection names and that does not exist; a component may exist at any coordinate."""
    document = a.document
    known: dict[str, tuple[Collection[str], str]] = {
        "owners": (document.teams, "team"),
        "capabilities": (document.capabilities, "capability"),
        "places": ((*PLACEMENTS, *a.tiers, *further_places(document.networks, document.sites)), "place"),
        "components": (somewhere["component"], "component"),
        "neighbors_of": (somewhere["component"], "component"),
    }
    for key, (ids, what) in known.items():
        for position, id_ in enumerate(getattr(select, key)):
            yield from _refer((*path, key, position), id_, ids, what)


def _flow(a: Architecture, path: Path, flow: Flow, somewhere: Mapping[str, frozenset[str]]) -> Iterator[Diagnostic]:
    """A diagnostic for each step of a flow that does not follow a connection, in either direction."""
    pairs = {(c.tail, c.head) for c in a.traffic}
    for position, step in enumerate(flow.steps):
        ends = list(_refer((*path, position, "from"), step.from_, a.components, "component", somewhere["component"]))
        ends += _refer((*path, position, "to"), step.to, a.components, "component", somewhere["component"])
        yield from ends
        if not ends and (step.from_, step.to) not in pairs and (step.to, step.from_) not in pairs:
            message = f"there is no connection between '{step.from_}' and '{step.to}'"
            help_ = f"add calls: {{{step.to}: …}} to {step.from_}, or list the components in between"
            yield Diagnostic("ARC-R001", message, help_, (*path, position))
        elif not ends and step.over:
            keys = {c.key for c in a.traffic if {c.tail, c.head} == {step.from_, step.to}}
            yield from _refer((*path, position, "over"), step.over, keys, "connection")


def _controls(a: Architecture) -> Iterator[Diagnostic]:
    for name, control in a.document.controls.items():
        for cloud in a.clouds:
            side = control.on(cloud)
            for position, id_ in enumerate(side.products if side else ()):
                yield from _sold_here(a, ("controls", name, cloud, "products", position), id_, cloud)


def _runbooks(a: Architecture, somewhere: Mapping[str, frozenset[str]]) -> Iterator[Diagnostic]:
    for name, facts in a.document.runbooks.items():
        path: Path = ("runbooks", name)
        yield from _refer((*path, "component"), facts.component, a.components, "component", somewhere["component"])
        for position, other in enumerate(facts.also):
            yield from _refer((*path, "also", position), other, a.components, "component", somewhere["component"])
        yield from _refer((*path, "owner"), facts.owner, a.document.teams, "team")
        for position, team in enumerate(facts.escalation):
            yield from _refer((*path, "escalation", position), team, a.document.teams, "team")


def _policy(a: Architecture, somewhere: Mapping[str, frozenset[str]]) -> Iterator[Diagnostic]:
    """A diagnostic for every broken reference in severities, waivers, controls and rules of the project."""
    document = a.document
    codes = _rule_codes(a)
    for code in document.rules.severities:
        yield from _rule(("rules", "severities", code), code, codes)
    for name, waiver in document.rules.waivers.items():
        path: Path = ("rules", "waivers", name)
        yield from _rule((*path, "rule"), waiver.rule, [*codes, *DRIFT_CODES])
        yield from _refer((*path, "owner"), waiver.owner, document.teams, "team")
        if waiver.decision:
            yield from _refer((*path, "decision"), waiver.decision, document.decisions, "decision")
    for name, control in document.controls.items():
        for position, code in enumerate(control.checked_by):
            yield from _rule(("controls", name, "checked_by", position), code, codes)
    for name, rule in document.rules.own.items():
        yield from _selection(a, ("rules", "own", name, "select"), rule.select, somewhere)


def _rule_codes(a: Architecture) -> list[str]:
    """The codes of all rules except those in the project's Python files, which are loaded later."""
    own = (f"{OWN}{name}" for name in a.document.rules.own)
    return [*rules(), *own]


def _rule(path: Path, code: str, known: Collection[str]) -> Iterator[Diagnostic]:
    """A diagnostic for an unknown code. Codes with the prefix of project rules are checked later, with the Python files."""
    if not code.startswith(OWN):
        yield from _refer(path, code, known, "rule")
