"""Facts about encryption keys on AWS: which services a key's policy must allow, and which components it encrypts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archgen.kinds.cdn import Cdn
from archgen.kinds.key_management import KeyManagement
from archgen.kinds.observability import Observability
from archgen.kinds.relational_database import RelationalDatabase
from archgen.kinds.secret_store import SecretStore
from archgen.kinds.static_site import StaticSite
from archgen.model.architecture import Architecture
from archgen.model.component import Component


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about keys that expressions can use."""
    return {
        "key_statements": lambda keys: key_statements(a, keys),
        "protected": lambda component: protected(a, component),
        "rotation_of": lambda database: rotation_of(a, database),
    }


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "key_statements": (str,),
    "protected": (str,),
    "rotation_of": (RelationalDatabase,),
}


def protected(a: Architecture, component: str) -> bool:
    """Whether a key of the component's own account encrypts its data."""
    home = a.components[component].home or a.home
    return any(component in keys.protects and (keys.home or a.home) == home for _name, keys in a.of_kind(KeyManagement))


def rotation_of(a: Architecture, database: RelationalDatabase) -> int | None:
    """How often RDS changes the password of its administrator, in days, as the store with its credentials states; None if it does not."""
    store = a.components.get(database.credentials_in or "")
    return store.rotation_days if isinstance(store, SecretStore) else None


def key_statements(a: Architecture, keys: str) -> list[dict[str, Any]]:
    """What a key's policy must allow services that use it themselves, in addition to the account's own users.

    Others, such as RDS and ECR, use a key on behalf of who calls them, so the account's own policies suffice.
    """
    component = a.components[keys]
    assert isinstance(component, KeyManagement)
    account, statements = a.home_number or "*", []
    if any(True for _logs in a.of_kind(Observability)):
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        region = a.cloud.region
        groups = f"arn:aws:logs:{region}:{account}:log-group:*"
        actions = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
        condition = ("ArnLike", "kms:EncryptionContext:aws:logs:arn", groups)
        statements.append(_statement("CloudWatchLogs", f"logs.{region}.amazonaws.com", actions, condition))
    if _reads_protected_site(a, component):
        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
        distributions = f"arn:aws:cloudfront::{account}:distribution/*"
        actions, condition = ["kms:Decrypt"], ("StringLike", "AWS:SourceArn", distributions)
        statements.append(_statement("CloudFrontReadsSite", "cloudfront.amazonaws.com", actions, condition))
    machines = any(protected_.product == "ec2-auto-scaling" for protected_ in _protected_components(a, component))
    if machines and a.home_number:  # without the number, the role of any account would match
        statements += _statements_for_groups(a.home_number)
    return statements


def _protected_components(a: Architecture, keys: KeyManagement) -> list[Component]:
    return [a.components[name] for name in keys.protects if name in a.components]


def _statements_for_groups(account: str) -> list[dict[str, Any]]:
    """What lets groups of machines use a key for disks: their service-linked role may use it, and pass that on to EC2.

    The role is in a condition, because a policy must not name a principal that does not exist, and AWS makes the role with the first group.
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
    """
    role = f"arn:aws:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    uses = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
    is_role = {"test": "ArnLike", "variable": "aws:PrincipalArn", "values": [role]}
    for_service = {"test": "Bool", "variable": "kms:GrantIsForAWSResource", "values": ["true"]}
    principals = [{"type": "AWS", "identifiers": ["*"]}]
    stated: dict[str, Any] = {"resources": ["*"], "principals": principals}
    return [
        {"sid": "AutoScalingUses", "actions": uses, **stated, "condition": [is_role]},
        {"sid": "AutoScalingGrants", "actions": ["kms:CreateGrant"], **stated, "condition": [is_role, for_service]},
    ]


def _reads_protected_site(a: Architecture, keys: KeyManagement) -> bool:
    sites = {name for name, _site in a.of_kind(StaticSite) if name in keys.protects}
    return any(sites & set(a.called_by(name)) for name, _cdn in a.of_kind(Cdn))


def _statement(sid: str, service: str, actions: list[str], condition: tuple[str, str, str]) -> dict[str, Any]:
    test, variable, value = condition
    return {
        "sid": sid,
        "actions": actions,
        "resources": ["*"],
        "principals": [{"type": "Service", "identifiers": [service]}],
        "condition": [{"test": test, "variable": variable, "values": [value]}],
    }
