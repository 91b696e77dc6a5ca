"""What all parts of the model share: their base class and the types of values."""

import ipaddress
import re
from datetime import date
from functools import partial
from itertools import pairwise
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, GetCoreSchemaHandler, StringConstraints
from pydantic_core import CoreSchema

from archgen.model.patterns import matching


class Entity(BaseModel):
    """A mapping of the model. Unknown keys are errors, values are not coerced, and instances are immutable."""

    # Build validators on first use: most classes are only used as parts of others and never need one.
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", defer_build=True)

    @classmethod
    def model_rebuild(
        cls,
        *,
        force: bool = False,
        raise_errors: bool = True,
        _parent_namespace_depth: int = 2,
        _types_namespace: Any = None,
    ) -> bool | None:
        """Complete the class, as pydantic does on first use. Unless `force` is given, a schema that an earlier run kept is used."""
        from archgen.model.kept_schemas import complete, keep

        may_use_kept = not force and _types_namespace is None and not cls.__pydantic_complete__
        if may_use_kept and complete(cls):
            return True
        done = super().model_rebuild(
            force=force,
            raise_errors=raise_errors,
            _parent_namespace_depth=_parent_namespace_depth + 1,
            _types_namespace=_types_namespace,
        )
        if may_use_kept and done:
            keep(cls)
        return done


def refuse_disorder(entity: BaseModel, *keys: str) -> None:
    """Raise ValueError if the numbers of an entity, named from the least to the most, are not in this order. None is in any order."""
    stated = [(key, value) for key in keys if (value := getattr(entity, key)) is not None]
    for (less, low), (more, high) in pairwise(stated):
        if low > high:
            raise ValueError(f"`{less}` is {low}, which is more than `{more}`, which is {high}")


T = TypeVar("T")


class _GeneratedOnce:
    """An annotation for a type that many fields have: pydantic generates its schema for the first of them only.

    Without it, generating the schemas of `Id` and `Line` again for each field takes 4 % of the time of `archgen validate`.
    """

    def __init__(self, type_: Any) -> None:
        self.type_ = type_
        self._schema: CoreSchema | None = None

    def __get_pydantic_core_schema__(self, _source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        if self._schema is None:
            self._schema = handler.generate_schema(self.type_)
        return dict(self._schema)  # a copy, because pydantic adds marks such as `x-refers-to` of the field to it


class _SharedSchema:
    """An annotation for an inherited field: its schema is that which pydantic generated for the first class that has the field.

    Definitions belong to the class for which pydantic generates them, so the schema of a field that needs one is not shared.
    """

    def __init__(self) -> None:
        self._schema: CoreSchema | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = self._schema or handler(source)
        if self._schema is None and not _has_definitions(schema):
            self._schema = schema
        # A copy, because pydantic adds marks of the field to it.
        return {**schema, "metadata": dict(schema["metadata"])} if "metadata" in schema else dict(schema)


def _has_definitions(schema: object) -> bool:
    """Whether a part of a schema is, or refers to, a definition."""
    if isinstance(schema, dict):
        return "schema_ref" in schema or "ref" in schema or any(_has_definitions(part) for part in schema.values())
    return isinstance(schema, (list, tuple)) and any(_has_definitions(part) for part in schema)


def share_schemas(class_: type[Entity]) -> None:
    """Let the subclasses of a class share the schemas of the fields that they inherit from it, which takes less time than one for each."""
    for field in class_.model_fields.values():
        field.metadata.append(_SharedSchema())


# A YAML list, read as a tuple because freezing a class does not freeze a list in it.
Listed = Annotated[tuple[T, ...], Field(strict=False)]

# Text for people, of any length.
Text = Annotated[str, _GeneratedOnce(Annotated[str, StringConstraints(min_length=1)])]


def _one_line(value: str) -> str:
    if not value.strip():
        raise ValueError("a name must not be blank")
    if "\n" in value or "\t" in value:
        raise ValueError(f"{value!r} must be one line without tabs; use `>-` or `|-` to drop the final line break")
    return value


# One line: names, titles and other text that may appear in a command, a heading or a table.
Line = Annotated[str, _GeneratedOnce(Annotated[str, StringConstraints(min_length=1), AfterValidator(_one_line)])]


def _domain(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+", value):
        raise ValueError(
            f"'{value}' is not a domain name such as shop.example; write non-ASCII letters in Punycode, as in xn--mnchen-3ya.example"
        )
    return value


Domain = Annotated[str, StringConstraints(min_length=1, max_length=253), AfterValidator(_domain)]

# An id names a thing in the model, in file names, in addresses of pages and in identifiers of real resources.
ID_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
LONGEST_ID = 40
_ID = matching(
    ID_PATTERN,
    "an ID: use lowercase words of letters and digits joined by hyphens, such as my-database",
    max_length=LONGEST_ID,
)
# A Terraform root module may start with a number: 01-base-infra.
STACK_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
# Device names on Windows, where no file can have such a name.
DEVICE_NAMES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}


def _not_reserved(value: str) -> str:
    if value in DEVICE_NAMES:
        raise ValueError(f"'{value}' is a device name on Windows and cannot be an ID")
    return value


def _folder(*placeholders: str, above: bool = False) -> Any:
    """A validator for the path of a folder: portable between systems, with these placeholders in braces.

    `above` allows it to begin with `../`.
    """
    return AfterValidator(partial(_check_folder, placeholders=placeholders, above=above))


def _check_folder(value: str, *, placeholders: tuple[str, ...], above: bool) -> str:
    inner = re.sub(r"^(\.\./)+", "", value) if above else value
    named = re.sub(r"\{([^{}]*)\}", lambda match: "x" if match.group(1) in placeholders else "{", inner)
    if "{" in named or "}" in named:
        known = " and ".join(f"{{{p}}}" for p in placeholders)
        raise ValueError(f"'{value}' may contain {known}, and no other braces")
    for step in named.split("/"):
        if step in (".", ".."):
            raise ValueError(f"'{value}' must not contain `{step}`")
        if step.endswith(".") or step.partition(".")[0].casefold() in DEVICE_NAMES:
            raise ValueError(f"'{step}' is not a valid name for a folder on Windows")
    return value


_PATH = matching(
    r"^[A-Za-z0-9_{}.-]+(/[A-Za-z0-9_{}.-]+)*$", "a folder of the project such as infra/{cloud}/network", max_length=200
)
# The folder of any stack, the folder of Terraform code that a team maintains itself, and the variable file in it.
StackFolder = Annotated[str, _PATH, _folder("cloud", "stack")]
OwnFolder = Annotated[
    str,
    matching(
        r"^(\.\./)*[A-Za-z0-9_{}.-]+(/[A-Za-z0-9_{}.-]+)*$",
        "a folder such as infra/{cloud}/network",
        max_length=200,
    ),
    _folder("cloud", "environment", above=True),
]
VariableFile = Annotated[
    str,
    matching(
        r"^[A-Za-z0-9_{}.-]+(/[A-Za-z0-9_{}.-]+)*\.tfvars(\.json)?$",
        "the name of a variable file such as {environment}.tfvars.json",
        max_length=100,
    ),
    _folder("cloud", "environment"),
]

Id = Annotated[str, _GeneratedOnce(Annotated[str, _ID, AfterValidator(_not_reserved)])]


def is_id(text: str) -> bool:
    """Whether a text is a valid `Id`."""
    return len(text) <= LONGEST_ID and text not in DEVICE_NAMES and bool(re.fullmatch(ID_PATTERN, text))


StackId = Annotated[
    str,
    matching(
        STACK_PATTERN,
        "the ID of a stack such as 01-network: lowercase letters and digits joined by hyphens",
        max_length=40,
    ),
    AfterValidator(_not_reserved),
]


def _refers_to(what: str) -> Any:
    """A mark in the schema: the value is an id of this type in the same model."""
    return Field(json_schema_extra={"x-refers-to": what})


TeamId = Annotated[Id, _refers_to("team")]
CapabilityId = Annotated[Id, _refers_to("capability")]
ComponentId = Annotated[Id, _refers_to("component")]
TierId = Annotated[Id, _refers_to("tier")]
PlaceId = Annotated[
    str,
    matching(
        r"^[a-z][a-z0-9]*(-[a-z0-9]+)*(/[a-z][a-z0-9]*(-[a-z0-9]+)*)?$",
        "a place: outside, edge, managed, a tier, a site, or a tier of a further network such as shared/app",
        max_length=81,
    ),
    _refers_to("place"),
]
# What a link joins: a network, a site, an environment for its network, or another link.
JoinedId = Annotated[Id, _refers_to("joined")]
# A network in addition to that of the environment.
NetworkId = Annotated[Id, _refers_to("network")]
# How a call gets there: a link, or `internet`.
WayId = Annotated[Id, _refers_to("way")]
HomeId = Annotated[str, _ID, _refers_to("home")]
RegionId = Annotated[Id, _refers_to("region")]
CloudId = Annotated[Id, _refers_to("cloud")]
PhaseId = Annotated[Id, _refers_to("phase")]
AccountRef = Annotated[Id, _refers_to("account")]
SubscriptionRef = Annotated[Id, _refers_to("subscription")]
ProductId = Annotated[Id, _refers_to("product")]
KindId = Annotated[Id, _refers_to("kind")]
ConnectionId = Annotated[
    str,
    matching(r"^[a-z][a-z0-9-]*--[a-z][a-z0-9-]*$", "the ID of a connection such as api--database", max_length=130),
]
# A mark in the schema: the value identifies the organization, so that a public edition leaves it out.
IDENTIFYING: Any = Field(json_schema_extra={"x-identifies": True})


def _canonical_range(value: str) -> str:
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError:
        try:
            meant = ipaddress.IPv4Network(value, strict=False)
        except ValueError:
            raise ValueError(f"'{value}' is not an IPv4 range such as 10.0.0.0/16") from None
        raise ValueError(f"'{value}' has host bits set; write {meant}") from None
    if str(network) != value:
        raise ValueError(f"'{value}' must be written as {network}")
    if not network.is_private or not 16 <= network.prefixlen <= 28:
        raise ValueError(f"'{value}' must be a private range between /16 and /28")
    return value


# A private IPv4 range of a size that an AWS VPC may have.
Cidr = Annotated[str, AfterValidator(_canonical_range), IDENTIFYING]


def _site_range(value: str) -> str:
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError:
        raise ValueError(f"'{value}' is not an IPv4 range such as 172.16.0.0/12") from None
    if str(network) != value:
        raise ValueError(f"'{value}' must be written as {network}")
    return value


# A range of a network that others run, of any size.
SiteRange = Annotated[str, AfterValidator(_site_range), IDENTIFYING]


def _any_range(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value))
    except ValueError:
        raise ValueError(f"'{value}' is not an address range such as 203.0.113.0/24") from None


# Any range of IPv4 or IPv6 addresses, as in an allowlist.
AnyRange = Annotated[str, AfterValidator(_any_range)]


def _address(value: str) -> str:
    try:
        return str(ipaddress.IPv4Address(value))
    except ValueError:
        raise ValueError(f"'{value}' is not an IPv4 address") from None


Address = Annotated[str, AfterValidator(_address), IDENTIFYING]
# The path of a request, such as /api/ready.
UrlPath = Annotated[
    str,
    matching(r"^/[A-Za-z0-9._~-]*(/[A-Za-z0-9._~-]+)*/?$", "the path of a request such as /api/ready", max_length=200),
]

# What any cloud can call a region or a zone; `catalog/cloud_facts.py` has the names that each cloud has.
PLACE = r"[a-z0-9]+(-[a-z0-9]+)*"
Region = Annotated[str, matching(f"^{PLACE}$", "a region such as eu-west-1 or europe-west1", max_length=40)]
Zone = Annotated[str, matching(f"^(?:{PLACE})$", "a zone such as eu-west-1a or europe-west1-b", max_length=40)]
# The part of https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ that pods use.
Cpu = Annotated[str, matching(r"^([0-9]+m|[0-9]+(\.[0-9]+)?)$", "an amount of CPU such as 250m or 0.5")]
Memory = Annotated[str, matching(r"^[0-9]+(Mi|Gi)$", "an amount of memory such as 512Mi or 2Gi")]


# Years in which adding days to a date always gives a valid date.
YEARS = range(1970, 2200)


def calendar_day(value: str) -> str:
    """`value` unchanged, if it is an ISO 8601 date in one of YEARS. Raises ValueError otherwise."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        day = None
    if day is None or day.isoformat() != value:
        raise ValueError(f"'{value}' is not a date such as 2026-01-31")
    if day.year not in YEARS:
        raise ValueError(f"'{value}' is not a date between {YEARS[0]} and {YEARS[-1]}")
    return value


# An ISO 8601 date in quotes, because YAML would otherwise read it as another type.
Date = Annotated[str, AfterValidator(calendar_day)]
Port = Annotated[int, Field(ge=1, le=65535)]
Version = Annotated[str, matching(r"^[0-9]+(\.[0-9]+)*$", "a version such as 17 or 1.33")]
# Text that clouds allow in the name of a resource, and that a shell takes without quotes.
ResourceName = Annotated[str, _ID]

# The literal name of a resource that exists, as its cloud writes it. No character of it is special in a shell or in a policy.
Identifier = Annotated[
    str,
    matching(
        r"^[A-Za-z0-9_./][A-Za-z0-9_./:@+-]*$",
        "the name of a resource: use letters, digits and the characters _ . / : @ + -",
        max_length=255,
    ),
]

_WEB_ADDRESS = r"""^https://[^\s<>"'/?#\\][^\s<>"']*$"""


def _on_the_web(value: str) -> str:
    if not re.fullmatch(_WEB_ADDRESS, value):
        raise ValueError(
            f"'{value}' cannot be used as a link: it must begin with https:// and contain no spaces or quotes"
        )
    try:
        urlsplit(value)
    except ValueError as error:  # such as https://[x
        raise ValueError(f"'{value}' cannot be used as a link: {error}") from None
    return value


# An address that pages link to. Only https:// is allowed, because a browser would run `javascript:`.
WebAddress = Annotated[str, Field(json_schema_extra={"pattern": _WEB_ADDRESS}), AfterValidator(_on_the_web)]

_PLACEHOLDERS = ("project", "environment", "component")


def _naming(value: str) -> str:
    for name in re.findall(r"\{([^}]*)\}", value):
        if name not in _PLACEHOLDERS:
            raise ValueError(
                f"'{{{name}}}' is not a placeholder; use {', '.join('{' + p + '}' for p in _PLACEHOLDERS)}"
            )
    if not re.fullmatch(r"[a-z0-9-]+", re.sub(r"\{[^}]*\}", "x", value)):
        raise ValueError(
            f"'{value}' may contain only lowercase letters, digits and hyphens in addition to placeholders"
        )
    return value


Naming = Annotated[str, AfterValidator(_naming)]
