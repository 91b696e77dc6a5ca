"""Facts about identities on AWS: what a pipeline may do, who may enter a cluster, and which permissions pods get, from what they call."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from archgen.kinds._on_demand import Queue, Topic
from archgen.kinds.cdn import Cdn
from archgen.kinds.cluster_add_on import ClusterAddOn
from archgen.kinds.object_store import ObjectStore
from archgen.kinds.registry import Registry
from archgen.kinds.relational_database import RelationalDatabase
from archgen.kinds.secret_store import SecretStore
from archgen.kinds.service import Service
from archgen.kinds.single_sign_on import SingleSignOn
from archgen.kinds.static_site import StaticSite
from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.terraform.aws_keys import protected
from archgen.terraform.permissions import roles_for
from archgen.terraform.recovery import unique
from archgen.terraform.role import role_of

# https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
_PULL = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:DescribeImages",
    "ecr:GetDownloadUrlForLayer",
)
_PUSH = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:DescribeImages",
    "ecr:GetDownloadUrlForLayer",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
_WRITE_KEYS = ("kms:Decrypt", "kms:GenerateDataKey")
# The service through which callers use the key of a component's data, and what they do with it, by kind.
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
# https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
_KEY_USES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "secret-store": ("secretsmanager", _WRITE_KEYS),
    "object-store": ("s3", _WRITE_KEYS),
    "static-site": ("s3", _WRITE_KEYS),
    "queue": ("sqs", _WRITE_KEYS),
    "stream": ("kinesis", _WRITE_KEYS),
    "topic": ("sns", _WRITE_KEYS),
    "document-database": (
        "dynamodb",
        ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"),
    ),
}
# ARNs by product: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_ARNS: Mapping[str, tuple[str, ...]] = {
    "sqs": ("sqs:{region}:{account}:{name}",),
    "sns": ("sns:{region}:{account}:{name}",),
    "dynamodb": ("dynamodb:{region}:{account}:table/{name}", "dynamodb:{region}:{account}:table/{name}/index/*"),
    "eventbridge": ("events:{region}:{account}:event-bus/{name}",),
    "kinesis": ("kinesis:{region}:{account}:stream/{name}",),
    "lambda": ("lambda:{region}:{account}:function:{name}",),
    "step-functions": ("states:{region}:{account}:stateMachine:{name}",),
}
_READ, _WRITE = ("s3:GetObject",), ("s3:DeleteObject", "s3:GetObject", "s3:PutObject")
# https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
CLUSTER_ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
# Add-ons whose permissions the module eks-addons makes; pods of others get them from what they call.
_OF_EKS_ADDONS = (
    "aws-load-balancer-controller",
    "cert-manager",
    "cluster-autoscaler",
    "external-dns",
    "external-secrets",
    "fluent-bit",
)


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about identities that expressions can use."""
    return {
        "pipeline_permissions": lambda identity: pipeline_permissions(a, identity),
        "purges_cdn": lambda identity: any(_reader(a, site) for site in _sites(a, identity)),
        "access_entries": access_entries(a),
        "cluster_roles": cluster_roles(a),
        "bucket_arn": lambda bucket: bucket_arn(a, bucket),
        "pod_identities": lambda cluster: pod_identities(a, cluster),
    }


# What the facts are that no function of the same name describes.
ABOUT: Mapping[str, str] = {
    "purges_cdn": "Whether the callers of an identity publish a site that a CDN serves.",
}

# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "pipeline_permissions": (str,),
    "purges_cdn": (str,),
    "bucket_arn": (str,),
    "pod_identities": (str,),
}


# -- the pipeline ----------------------------------------------------------------------------------------


def pipeline_permissions(a: Architecture, identity: str) -> dict[str, dict[str, Any]]:
    """What the callers of an identity may do, by statement: push to the registries, and write to the buckets, that they call.

    They may only pull or read if all of their calls state that they receive data.
    """
    registries, buckets = _called(a, identity, Registry), _called(a, identity, StaticSite, ObjectStore)
    given = {
        "login": (("ecr:GetAuthorizationToken",), ["*"] if registries else []),
        "push": (_PUSH, [_repository(a, name) for name, written in registries.items() if written]),
        "pull": (_PULL, [_repository(a, name) for name, written in registries.items() if not written]),
        "list": (("s3:ListBucket",), [bucket_arn(a, name) for name in buckets]),
        "write": (_WRITE, [f"{bucket_arn(a, name)}/*" for name, written in buckets.items() if written]),
        "read": (_READ, [f"{bucket_arn(a, name)}/*" for name, written in buckets.items() if not written]),
    }
    found = {key: statement(list(actions), resources) for key, (actions, resources) in given.items() if resources}
    if encrypted := [written for name, written in buckets.items() if protected(a, name)]:
        actions = list(_WRITE_KEYS) if any(encrypted) else ["kms:Decrypt"]
        found["encrypt"] = statement(actions, [_keys(a)], _through(a, "s3"))
    return found


def _called(a: Architecture, identity: str, *kinds: type[Component]) -> dict[str, bool]:
    """What the callers of an identity call of these kinds, sorted by ID, and whether one of them may write to it."""
    callers = {*_callers(a, identity)}
    calls = [c for caller in sorted(callers) for c in a.traffic_from(caller) if isinstance(a.components[c.head], kinds)]
    return {
        name: any(c.data != "received" for c in calls if c.head == name) for name in sorted({c.head for c in calls})
    }


def _callers(a: Architecture, name: str) -> list[str]:
    return [connection.tail for connection in a.traffic_to(name)]


def _sites(a: Architecture, identity: str) -> list[str]:
    """The sites that the callers of an identity publish."""
    called = {target for caller in _callers(a, identity) for target in a.called_by(caller)}
    return sorted(name for name in called if isinstance(a.components[name], StaticSite))


def _reader(a: Architecture, site: str) -> str | None:
    """The id of the CDN that serves a site; None if there is none."""
    return next((name for name, _cdn in a.of_kind(Cdn) if site in a.called_by(name)), None)


# -- ARNs ------------------------------------------------------------------------------------------------


def _repository(a: Architecture, name: str) -> str:
    return f"arn:aws:ecr:{a.cloud.region}:{a.home_number or '*'}:repository/{a.identifier(name)}"


def bucket_arn(a: Architecture, name: str) -> str:
    """The ARN of a component's bucket."""
    return f"arn:aws:s3:::{a.identifier(name)}"


def _keys(a: Architecture) -> str:
    """All keys of the account, because AWS generates their ids."""
    return f"arn:aws:kms:{a.cloud.region}:{a.home_number or '*'}:key/*"


def _through(a: Architecture, service: str) -> tuple[str, str, str]:
    """The condition that a key is used through a service: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html."""
    return ("StringEquals", "kms:ViaService", f"{service}.{a.cloud.region}.amazonaws.com")


def statement(
    actions: list[str], resources: list[str], condition: tuple[str, str, str] | None = None
) -> dict[str, Any]:
    """A statement of a policy; `condition` is a test, a key and the value that it must have."""
    made: dict[str, Any] = {"actions": actions, "resources": resources}
    if condition:
        test, variable, value = condition
        made["condition"] = [{"test": test, "variable": variable, "values": [value]}]
    return made


# -- the cluster -----------------------------------------------------------------------------------------


def access_entries(a: Architecture) -> dict[str, dict[str, Any]]:
    """The entry of the role that Terraform acts as; empty if the model does not state it, so the creator of the cluster gets access."""
    role, account = role_of(a), a.home_number
    if not role or not account:
        return {}
    admin = {"policy_arn": CLUSTER_ADMIN, "access_scope": {"type": "cluster"}}
    return {
        "terraform": {
            "principal_arn": f"arn:aws:iam::{account}:role/{role}",
            "policy_associations": {"admin": admin},
        }
    }


def cluster_roles(a: Architecture) -> dict[str, dict[str, str]]:
    """The sign-in roles that may enter the clusters of an environment, by duty: a pattern of the name, and the access policy.

    IAM Identity Center makes a role for each permission set, whose name ends with characters that only AWS knows. The role for emergencies
    does not depend on it. https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
    """
    found = {}
    for _name, sign_on in a.of_kind(SingleSignOn):
        for duty in sign_on.roles.model_fields_set if "iam-identity-center" in a.products_of(sign_on) else ():
            role = getattr(sign_on.roles, duty)
            if role and role.cluster_policy and role.home in (None, a.home):
                name = re.escape(role.name)
                pattern = f"^{name}$" if duty == "emergency" else f"^AWSReservedSSO_{name}_[0-9a-f]+$"
                found[duty] = {"pattern": pattern, "policy": role.cluster_policy}
    return dict(sorted(found.items()))


def pod_identities(a: Architecture, cluster: str) -> dict[str, dict[str, Any]]:
    """The roles of what runs on a cluster and calls services of AWS, by the id of the component; each with its statements."""
    found = {}
    for name, guest in _own_guests(a, cluster):
        statements = call_statements(a, name)
        if statements and guest.product not in _OF_EKS_ADDONS:
            found[name] = {
                "role": unique(a, a.identifier(name)),
                "namespace": guest.namespace or "default",
                "service_account": name,
                "statements": dict(sorted(statements.items())),
            }
    return found


def identity_modules(a: Architecture, cluster: str) -> dict[str, str]:
    """The binding that gives each component on a cluster the permissions for its calls, by the id of the component."""
    return {
        name: "eks-addons" if guest.product in _OF_EKS_ADDONS else "pod-identities"
        for name, guest in _own_guests(a, cluster)
        if call_statements(a, name)
    }


def _own_guests(a: Architecture, cluster: str) -> list[tuple[str, Service | ClusterAddOn]]:
    """What runs on a cluster and is not run by the cloud, sorted."""
    guests = sorted(a.guests(cluster), key=lambda pair: pair[0])
    return [(n, guest) for n, guest in guests if isinstance(guest, Service | ClusterAddOn) and guest.run_by != "cloud"]


def call_statements(a: Architecture, caller: str) -> dict[str, dict[str, Any]]:
    """The statements of a policy that the calls of a component need, by key."""
    return {key: value for target in a.called_by(caller) for key, value in _for_call(a, caller, target)}


def _for_call(a: Architecture, caller: str, target: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The statements that calling a component needs, each with a key that starts with its id."""
    component = a.components[target]
    if component.home not in (None, a.home):
        return  # a policy of the other account would also have to allow it
    actions = sorted(roles_for(a, caller, target))
    if actions:
        yield target, statement(actions, list(resources(a, target, component)))
    if actions and (use := key_use(a, target)):
        yield f"{target}-key", use


def key_use(a: Architecture, target: str) -> dict[str, Any] | None:
    """The statement that lets an identity use the key of a component's data; None if it has no key, or if AWS uses it by itself."""
    service, actions = _KEY_USES.get(a.components[target].kind, ("", ()))
    return statement(list(actions), [_keys(a)], _through(a, service)) if service and protected(a, target) else None


def resources(a: Architecture, name: str, component: Component) -> Iterator[str]:
    """The ARNs of a component's resources, in the forms in which policies take them; `*` where AWS has none."""
    region, account = a.cloud.region, a.home_number or "*"
    if isinstance(component, SecretStore):
        yield f"arn:aws:secretsmanager:{region}:{account}:secret:{a.identifier(name)}-??????"
    elif isinstance(component, ObjectStore | StaticSite):
        yield from (bucket_arn(a, name), f"{bucket_arn(a, name)}/*")
    elif isinstance(component, RelationalDatabase):
        # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
        yield f"arn:aws:rds-db:{region}:{account}:dbuser:*/*"
    elif forms := _ARNS.get(component.product or ""):
        name_ = a.identifier(name) + (".fifo" if is_fifo(component) else "")
        yield from (f"arn:aws:{form.format(region=region, account=account, name=name_)}" for form in forms)
    else:
        yield "*"


def is_fifo(component: Component) -> bool:
    """Whether a component is a queue of SQS or a topic of SNS that keeps the order (FIFO), whose name ends with `.fifo`."""
    return isinstance(component, Queue | Topic) and bool(component.ordered or component.deduplication)
