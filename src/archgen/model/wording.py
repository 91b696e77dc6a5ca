"""How values and settings of a model are written for people: the same on pages, in the terminal and in comparisons.

Values are written as the model has them, so that what a reader sees can be searched for in it: `true` and `false`, numbers without
units. The unit is in the name of the setting, whose label spells it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

MISSING = "—"  # a value that is not there
EMPTY = "none"  # a list or mapping without entries

# Words of settings that are not written in lowercase.
_SPELLED = {
    "gib": "GiB",
    "mib": "MiB",
    "usd": "USD",
    "acl": "ACL",
    "acls": "ACLs",
    "cdn": "CDN",
    "cidr": "CIDR",
    "cpu": "CPU",
    "db": "DB",
    "dns": "DNS",
    "iam": "IAM",
    "id": "ID",
    "ip": "IP",
    "kms": "KMS",
    "mfa": "MFA",
    "nat": "NAT",
    "oidc": "OIDC",
    "rpo": "RPO",
    "rto": "RTO",
    "sbom": "SBOM",
    "sla": "SLA",
    "tls": "TLS",
    "ttl": "TTL",
    "url": "URL",
    "vpc": "VPC",
    "waf": "WAF",
}


def value_text(value: Any) -> str:
    """A value in one line: text as it is, items and entries joined by commas, sentences by spaces, `true` or `false`, and a dash for a
    missing value.
    """
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        value = {fields[name].alias or name: inside for name, inside in value if inside is not None}
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_nested(inside)}" for key, inside in value.items()) or EMPTY
    if isinstance(value, (list, tuple)):
        items = [_nested(item) for item in value]
        return (" " if all(item.endswith(".") for item in items) else ", ").join(items) or EMPTY
    return str(value)


def counted(number: int, noun: str) -> str:
    """`1 component`, `2 components`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _nested(value: Any) -> str:
    """The same for a value inside another: a list or a mapping in brackets, so that it is clear where it ends."""
    text = value_text(value)
    if isinstance(value, (BaseModel, Mapping)):
        return f"{{{text}}}"
    return f"[{text}]" if isinstance(value, (list, tuple)) else text


def setting_label(path: str | Iterable[str | int]) -> str:
    """The name of a setting for people: `backup.retention_days` is "backup › retention days", `storage_gib` is "storage GiB"."""
    steps = path.split(".") if isinstance(path, str) else [str(step) for step in path]
    return " › ".join(" ".join(_SPELLED.get(word, word) for word in step.split("_")) for step in steps)


def listed(words: Iterable[str]) -> str:
    """Words as an enumeration: `a`, `a and b`, or `a, b and c`."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def with_article(noun: str) -> str:
    """A noun with its article, such as `an account`."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
