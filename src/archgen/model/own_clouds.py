"""The clouds of a model: those that archgen knows, and those that the model declares by stating their facts."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from archgen.catalog.cloud_facts import PRIVATE, CloudFacts, cloud_bases, clouds
from archgen.catalog.product import NEUTRAL
from archgen.diagnostics.diagnostic import Diagnostic, did_you_mean
from archgen.model.base import PLACE, Entity, Id, Line
from archgen.reading.yaml_tree import YamlNode

_Word = Annotated[Line, StringConstraints(max_length=40)]


class DeclaredCloud(Entity):
    """The facts of a cloud that archgen does not know."""

    like: Id | None = None
    """The cloud whose facts and products it has, by default `private`, which has no products."""
    name: _Word
    """Its name."""
    short: Annotated[_Word, StringConstraints(max_length=16)] | None = None
    """Its short name, for headings and labels; by default its name."""
    home: _Word | None = None
    """The word for what contains an environment, such as `tenant`."""
    network: _Word | None = None
    """The word for a network."""
    zone: _Word | None = None
    """The word for a zone, such as `Room`."""
    network_per: Literal["region", "global"] | None = None
    """Whether a network belongs to one region or spans all of them."""
    subnets_per: Literal["zone", "region"] | None = None
    """Whether a tier has one subnet in each zone or one for the region."""
    usual_zones: Annotated[int, Field(ge=1, le=6)] | None = None
    """How many zones production should use."""


def facts_for(root: YamlNode, reserved: Callable[[str], bool]) -> tuple[dict[str, CloudFacts], list[Diagnostic]]:
    """The facts of the clouds that a model may use, by ID; and a diagnostic for each cloud that cannot be used.

    `reserved` tells whether a cloud cannot have an ID. Declared facts that are not valid are left out, because the validation of the
    model reports them.
    """
    facts, problems = dict(clouds()), []
    node = root.get(("clouds",))
    for name, entry in node.value.items() if node is not None and isinstance(node.value, dict) else ():
        if name == "assumed":
            continue
        stated = entry.get(("facts",))
        found = list(_unusable(name, entry, stated, reserved))
        if stated is not None and not found:
            facts[name] = _declared(name, stated)
        problems += found or list(_misnamed(facts[name], entry))
    return facts, problems


def _unusable(
    name: str, entry: YamlNode, stated: YamlNode | None, reserved: Callable[[str], bool]
) -> Iterator[Diagnostic]:
    """Why the model cannot use the cloud: its facts are not known, or they contradict what archgen knows."""
    if name in clouds():
        if stated is not None:
            message = f"archgen already has the cloud '{name}'"
            help_ = f"remove `facts`, or declare a cloud with a different ID and `like: {name}`"
            yield Diagnostic("ARC-M008", message, help_, span=stated.key_span)
        return
    if stated is None:
        help_ = (
            f"{did_you_mean(name, clouds())}{'' if did_you_mean(name, clouds()).endswith('?') else '.'}"
            f" You can also declare a cloud: clouds: {{{name}: {{facts: {{name: …}}}}}}"
        )
        yield Diagnostic("ARC-M011", f"archgen does not know the cloud '{name}'", help_, span=entry.key_span)
    elif name == NEUTRAL:
        message = f"'{name}' cannot be the ID of a cloud, because products that run on any cloud have it"
        yield Diagnostic("ARC-M008", message, "choose a different ID", span=entry.key_span)
    elif reserved(name):
        message = f"'{name}' cannot be the ID of a cloud, because parts of the model already have a key of that name"
        yield Diagnostic("ARC-M008", message, "choose a different ID", span=entry.key_span)
    elif (like := stated.get(("like",))) is not None and like.value not in cloud_bases():
        help_ = did_you_mean(str(like.value), cloud_bases())
        yield Diagnostic("ARC-R001", f"the cloud '{like.value}' does not exist", help_, span=like.span)


def _declared(name: str, stated: YamlNode) -> CloudFacts:
    """The facts of a declared cloud: what the model states, and for the rest those of the cloud that it is like."""
    try:
        declared = DeclaredCloud.model_validate(stated.plain())
    except ValidationError:
        return replace(cloud_bases()[PRIVATE], id=name, abstract=False)
    base = cloud_bases().get(declared.like or PRIVATE, cloud_bases()[PRIVATE])
    return replace(
        base,
        id=name,
        base=base.id,
        abstract=False,
        name=declared.short or declared.name,
        full_name=declared.name,
        cloud_label=declared.name,
        home=declared.home or base.home,
        homes_head=_capital(declared.home) if declared.home else base.homes_head,
        network_label=declared.network or base.network_label,
        zone_label=declared.zone or base.zone_label,
        network_scope=declared.network_per or base.network_scope,
        subnet_scope=declared.subnets_per or base.subnet_scope,
        usual_zones=declared.usual_zones or base.usual_zones,
        # A vendor names the regions of a separate cloud differently: https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-arns.html
        region_form="",
        zone_form="",
        zones_begin_with_region=False,
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _misnamed(facts: CloudFacts, entry: YamlNode) -> Iterator[Diagnostic]:
    """A diagnostic for each region or zone whose name the cloud does not have."""
    further = entry.get(("regions",))
    named = [*_places(entry, ("region", "recovery_region"))]
    for region in further.value.values() if further is not None and isinstance(further.value, dict) else ():
        named += _places(region, ("name",))
    for node, zone in named:
        if not isinstance(node.value, str) or not re.fullmatch(PLACE, node.value):
            continue  # validation reports it
        if why := facts.misnamed(node.value, zone=zone):
            yield Diagnostic("ARC-M005", why, "", span=node.span)


def _places(entry: YamlNode, keys: tuple[str, ...]) -> Iterator[tuple[YamlNode, bool]]:
    """The names of regions that an entry has under these keys, and of its zones; True for a zone."""
    yield from ((node, False) for key in keys if (node := entry.get((key,))) is not None)
    zones = entry.get(("availability_zones",))
    yield from ((node, True) for node in (zones.value if zones is not None and isinstance(zones.value, list) else ()))
