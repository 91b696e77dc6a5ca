"""SEC512: passwords of customers are long enough."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.rules._stated import unsaid, with_key

CODE = "SEC512"
TITLE = "Passwords of customers may be too short"
SEVERITY = "warning"

LEAST, LEAST_ALONE = 8, 15  # characters; a password that is the only factor must be longer
WITHOUT = {"passkey", "social", "saml", "oidc"}  # ways to sign in that need no password here


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each directory of customers that accepts shorter passwords than NIST does."""
    for name, length in with_key(architecture, "password_min_length"):
        directory = architecture.components[name]
        ways = set(getattr(directory, "sign_in_with", None) or ())
        if ways and ways <= WITHOUT:
            continue
        mfa = getattr(directory, "mfa", None)
        path = ("components", name, "password_min_length")
        least = LEAST if mfa == "required" else LEAST_ALONE
        if length is None:
            yield unsaid(*path)
        elif length >= least:
            yield Passed(path)
        elif length >= LEAST and mfa is None:
            yield unsaid("components", name, "mfa")
        else:
            alone = "" if mfa == "required" else ", which can be the only factor"
            message = f"'{name}' accepts passwords of {length} characters{alone}; at least {least} are required"
            help_ = f"set at least {least}" + (f", or set `mfa: required` and at least {LEAST}" if alone else "")
            yield Diagnostic(CODE, message, help_, path)
