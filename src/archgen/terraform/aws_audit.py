"""Facts about audit services on AWS, and about budgets."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from archgen.kinds.audit_log import AuditLog
from archgen.kinds.configuration_history import ConfigurationHistory
from archgen.kinds.key_management import KeyManagement
from archgen.kinds.threat_detection import ThreatDetection
from archgen.model.architecture import Architecture
from archgen.terraform.aws_identity import bucket_arn

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about audit services and budgets that expressions can use."""
    return {
        "shares_account": lambda: len(_environments_here(a)) > 1,
        "budget_readers": lambda: budget_readers(a),
        "archive_policy": lambda archive: archive_policy(a, archive),
        "archive_key_statements": lambda archive: archive_key_statements(a, archive),
        "history_bucket": lambda: history_bucket(a),
        "history_policy": lambda history: history_policy(a, history),
        "delegations": lambda: delegations(a),
        "records_configuration": any(True for _history in a.of_kind(ConfigurationHistory)),
    }


# What the facts are that no function of the same name describes.
ABOUT: Mapping[str, str] = {
    "records_configuration": "Whether a component records the history of the configuration.",
    "shares_account": "Whether several environments are in the account of this one.",
}

# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "shares_account": (),
    "budget_readers": (),
    "archive_policy": (str,),
    "archive_key_statements": (str,),
    "history_bucket": (),
    "history_policy": (str,),
    "delegations": (),
}


def account_numbers(a: Architecture) -> list[str]:
    """The numbers of all accounts of the organization that the model states, sorted."""
    return sorted({number for home in a.homes if (number := a.number_of(home))})


def _environments_here(a: Architecture) -> list[str]:
    """The environments whose account is that of this one."""
    return [environment for environment in a.document.environments if a.home_of(environment) == a.home]


def budget_readers(a: Architecture) -> list[str]:
    """The e-mail addresses that hear about a budget: of the team on call, else of all teams; empty if no contact is an address."""
    teams, on_call = a.document.teams, a.document.observability.on_call
    first = teams.get(on_call.team) if on_call else None
    for asked in ([first] if first else [], list(teams.values())):
        found = sorted({t.contact for t in asked if t.contact and _EMAIL.fullmatch(t.contact)})
        if found:
            return found
    return []


# -- the archive of the audit log ------------------------------------------------------------------------


def _writers(a: Architecture, archive: str) -> list[str]:
    """The audit logs that write to an archive."""
    return [name for name, _log in a.of_kind(AuditLog) if archive in a.called_by(name)]


def _trails(a: Architecture, archive: str) -> list[str]:
    """The ARNs of the trails that write to an archive: one in each account that may own it."""
    names = [a.identifier(name) for name in _writers(a, archive)]
    return [f"arn:aws:cloudtrail:*:{account}:trail/{name}" for name in names for account in account_numbers(a) or ["*"]]


def archive_policy(a: Architecture, archive: str) -> str:
    """The bucket policy, as JSON, that lets CloudTrail write to an archive; empty if no audit log does.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    """
    trails, bucket = _trails(a, archive), bucket_arn(a, archive)
    if not trails:
        return ""
    source = {"ArnLike": {"aws:SourceArn": trails}}
    owner = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}
    return _policy(
        _allowed("CloudTrailAcl", "cloudtrail", "s3:GetBucketAcl", bucket, source),
        _allowed("CloudTrailWrite", "cloudtrail", "s3:PutObject", f"{bucket}/AWSLogs/*", {**source, **owner}),
    )


def archive_key_statements(a: Architecture, archive: str) -> list[dict[str, Any]]:
    """What the policy of an archive's key must allow CloudTrail; empty if the model claims no key for it.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    """
    if not any(archive in keys.protects for _name, keys in a.of_kind(KeyManagement)):
        return []
    source = {"test": "ArnLike", "variable": "aws:SourceArn", "values": _trails(a, archive)}
    principals = [{"type": "Service", "identifiers": ["cloudtrail.amazonaws.com"]}]
    shared = {"resources": ["*"], "principals": principals, "condition": [source]}
    return [
        {"sid": "CloudTrailEncrypts", "actions": ["kms:GenerateDataKey*", "kms:DescribeKey"], **shared},
    ]


# -- the history of configurations -----------------------------------------------------------------------


def history_bucket(a: Architecture) -> str:
    """The name of the bucket that AWS Config writes to; empty without a configuration history.

    It is not the archive of the audit log, because AWS Config does not write to buckets with object lock:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-config-deliverychannel.html
    """
    return next((a.identifier_in_organization(name) for name, _history in a.of_kind(ConfigurationHistory)), "")


def history_policy(a: Architecture, history: str) -> str:
    """The policy, as JSON, of the bucket that AWS Config writes to, from all accounts of the organization that the model states.

    https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
    """
    bucket, accounts = bucket_arn(a, history), account_numbers(a)
    source = {"StringEquals": {"AWS:SourceAccount": accounts}} if accounts else {}
    owner = {"StringEquals": {**source.get("StringEquals", {}), "s3:x-amz-acl": "bucket-owner-full-control"}}
    return _policy(
        _allowed("ConfigAcl", "config", ["s3:GetBucketAcl", "s3:ListBucket"], bucket, source),
        _allowed("ConfigWrite", "config", "s3:PutObject", f"{bucket}/AWSLogs/*", owner),
    )


def delegations(a: Architecture) -> dict[str, str]:
    """The account that each audit service of the whole organization is administered in, by service; without those that have no number."""
    kinds = {AuditLog: "cloudtrail", ConfigurationHistory: "config", ThreatDetection: "guardduty"}
    found = {}
    for component in a.components.values():
        service = kinds.get(type(component))
        number = a.number_of(component.home) if component.home else None
        if service and number and getattr(component, "organization_wide", False):
            found[service] = number
    return found


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _allowed(
    sid: str, service: str, actions: str | list[str], resource: str, condition: dict[str, Any]
) -> dict[str, Any]:
    principal = {"Service": f"{service}.amazonaws.com"}
    statement = {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": resource}
    return {**statement, **({"Condition": condition} if condition else {})}
