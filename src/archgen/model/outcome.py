"""What a rule says about one part of the model: a Diagnostic if something is wrong, otherwise Passed or Unsaid."""

from __future__ import annotations

from typing import NamedTuple

from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.answer import Lack


class Passed(NamedTuple):
    """The rule looked at the part of the model at `path` and found nothing wrong.

    `code` is the rule's; only a module that reports several codes states it.
    """

    path: Path
    code: str = ""


class Unsaid(NamedTuple):
    """The rule could not check the part of the model at `path`, because the fact that `lack` names is not stated."""

    path: Path
    lack: Lack


Outcome = Diagnostic | Passed | Unsaid
