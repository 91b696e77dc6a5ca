"""SEC506: people sign in with a second factor, and there is a way in when the sign-on itself is down."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.single_sign_on import SingleSignOn
from archgen.model.architecture import Architecture

CODE = "SEC506"
TITLE = "Sign-on has no second factor, or no emergency access"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Diagnostic]:
    """Everything that people sign in with."""
    for name, sign_on in architecture.of_kind(SingleSignOn):
        if not sign_on.multi_factor:
            message = f"a password is enough to sign in with '{name}'"
            yield Diagnostic(CODE, message, "set multi_factor to true", ("components", name, "multi_factor"))
        if not sign_on.break_glass:
            message = f"nobody gets in while '{name}' is down"
            help_ = "keep roles for emergencies outside of it, and set break_glass to true"
            yield Diagnostic(CODE, message, help_, ("components", name, "break_glass"), severity="warning")
