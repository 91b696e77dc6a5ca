"""SEC513: mail is signed, and its domain says what to do with mail that is not."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome
from archgen.rules._stated import judge, with_key

CODE = "SEC513"
TITLE = "Mail can be forged in the name of a domain"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each sender without DKIM signatures, and a hint for each domain whose DMARC policy is none."""
    for name, signed in with_key(architecture, "signs_with_dkim"):
        message = f"'{name}' sends mail that is not signed for its domain"
        path = ("components", name, "signs_with_dkim")
        problem = None if signed else Diagnostic(CODE, message, "set up DKIM, and set signs_with_dkim: true", path)
        yield judge(architecture, name, "signs_with_dkim", signed, problem)
    for name, policy in with_key(architecture, "dmarc_policy"):
        message = f"the domain of '{name}' asks receivers to deliver forged mail as well"
        help_ = "watch the reports, then set `dmarc_policy` to quarantine or reject"
        path = ("components", name, "dmarc_policy")
        problem = Diagnostic(CODE, message, help_, path, severity="info") if policy == "none" else None
        yield judge(architecture, name, "dmarc_policy", policy, problem)
