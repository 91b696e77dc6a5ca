"""SEC506: sign-on requires a second factor, and there is emergency access if the sign-on is down."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.single_sign_on import SingleSignOn
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import passed_if_written

CODE = "SEC506"
TITLE = "Sign-on has no second factor, or no emergency access"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each sign-on without a second factor or without emergency access."""
    for name, sign_on in architecture.of_kind(SingleSignOn):
        if not sign_on.multi_factor:
            message = f"a password alone is enough to sign in through '{name}'"
            yield Diagnostic(CODE, message, "set multi_factor: true", ("components", name, "multi_factor"))
        else:
            yield passed_if_written(architecture, "components", name, "multi_factor")
        if not sign_on.break_glass:
            message = f"there is no emergency access while '{name}' is down"
            help_ = "keep emergency roles outside of it, and set break_glass: true"
            yield Diagnostic(CODE, message, help_, ("components", name, "break_glass"), severity="warning")
        else:
            yield passed_if_written(architecture, "components", name, "break_glass")
