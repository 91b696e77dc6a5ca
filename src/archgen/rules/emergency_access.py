"""SEC508: the model says how people get into production while sign-on is down."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.kinds.single_sign_on import SingleSignOn
from archgen.model.answer import Lack
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.rules._private_parts import private_parts

CODE = "SEC508"
TITLE = "The way into production while sign-on is down is not prepared"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each sign-on of production without prepared emergency access; what is missing to know it without any sign-on.

    Sign-on that is stated to have no emergency access is a finding of SEC506.
    """
    if not architecture.environment.production:
        return
    sign_ons = list(architecture.of_kind(SingleSignOn))
    for name, sign_on in sign_ons:
        if sign_on.break_glass:
            yield _outcome(name, sign_on)
    if not sign_ons:
        for name, what in private_parts(architecture):
            lack = Lack(
                ("components", name),
                f"how people sign in to reach {what}, and how while that is down",
                "add a component of the kind single-sign-on, with `emergency`",
            )
            yield Unsaid(("components", name), lack)


def _outcome(name: str, sign_on: SingleSignOn) -> Outcome:
    """What the rule says of one sign-on."""
    path = ("components", name)
    if sign_on.emergency is None:
        message = f"the model does not state how people get into production while '{name}' is down"
        help_ = (
            "state `emergency` of it: the users that do not depend on it, where their passwords and second factors "
            "are kept, and the alarm for their use"
        )
        return Diagnostic(CODE, message, help_, path)
    lacking = [key for key in ("credentials", "factors", "alarm") if not getattr(sign_on.emergency, key)]
    missing = [f"`emergency.{key}`" for key in lacking] + ["`roles.emergency`"] * (sign_on.roles.emergency is None)
    if not missing:
        return Passed((*path, "emergency"))
    message = f"the emergency access of '{name}' is not complete: {', '.join(missing)} not stated"
    help_ = "state it, so that the runbook of emergency access works when nothing else does"
    return Diagnostic(CODE, message, help_, (*path, "emergency"))
