"""Names and identities on Google Cloud."""

from __future__ import annotations

import hashlib
import re

from archgen.clouds.gcp import GcpHome
from archgen.model.architecture import Architecture

# https://docs.cloud.google.com/iam/docs/service-accounts-create: 6 to 30 lowercase letters, digits and hyphens that begin with a letter.
_SHORTEST, _LONGEST = 6, 30


def is_google(a: Architecture) -> bool:
    """Whether the environment is in a Google Cloud project."""
    return isinstance(a.environment.on(a.coordinate.cloud), GcpHome)


def service_account_id(a: Architecture, component: str) -> str:
    """The ID of the Google Cloud service account of a component, from the name of its resources.

    A name that is too long is cut, and ends with the beginning of its hash so that it stays unique.
    """
    name = re.sub(r"[^a-z0-9-]+", "-", a.identifier(component).lower()).strip("-")
    if not name[:1].isalpha():
        name = f"sa-{name}"
    if len(name) < _SHORTEST:
        name = f"{name}-account"
    if len(name) <= _LONGEST:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:6]
    return f"{name[: _LONGEST - len(digest) - 1].rstrip('-')}-{digest}"


def service_account(a: Architecture, component: str) -> str:
    """The email address of the Google Cloud service account of a component, in the environment's project."""
    return f"{service_account_id(a, component)}@{a.home}.iam.gserviceaccount.com"
