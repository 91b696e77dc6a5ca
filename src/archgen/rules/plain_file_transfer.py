"""NET121: files are not received over FTP."""

from __future__ import annotations

from collections.abc import Iterator

from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.architecture import Architecture
from archgen.model.outcome import Outcome, Passed
from archgen.rules._messages import has_setting
from archgen.rules._stated import unsaid, with_key

CODE = "NET121"
TITLE = "Files and passwords are sent over FTP"
SEVERITY = "error"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """A finding for each file transfer that accepts FTP; what copies files between stores accepts nothing."""
    for name, endpoint in with_key(architecture, "endpoint"):
        if not has_setting(architecture, name, "accepts"):
            continue  # an API
        accepts = getattr(architecture.components[name], "accepts", None) or ()
        path = ("components", name, "accepts")
        if "ftp" in accepts:
            message = f"'{name}' accepts FTP, which sends files and passwords without encryption"
            yield Diagnostic(CODE, message, "accept sftp, ftps or https instead", path)
        elif accepts:
            yield Passed(path)
        elif endpoint is not None:
            yield unsaid(*path)
