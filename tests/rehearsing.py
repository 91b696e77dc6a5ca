"""Steps of runbooks that tests of rehearsals make up."""

from __future__ import annotations

from archgen.runbooks.here import RunbookHome
from archgen.runbooks.stated import StatedFile, StatedStep, StepsFile
from archgen.runbooks.steps import Expectation, FilledStep

ACCOUNT = "444455556666"


def made_step(run: str, *shows: str, reviewed: str | None = None, name: str = "look") -> FilledStep:
    """A step that acts on the cloud in one account, with texts that it says to expect."""
    values: dict[str, object] = dict.fromkeys(FilledStep.__dataclass_fields__)
    values |= {
        "id": name, "title": "Look", "acts_on": StatedStep.model_fields["in_"].default, "home": RunbookHome("prod", "Prod", ACCOUNT),
        "region": "eu-west-1", "asks": (), "run": run, "expect": tuple(Expectation(text, None) for text in shows), "otherwise": (),
        "changes": "nothing", "waits": False, "reviewed": reviewed, "stated_as": name,
        "file": StatedFile("runbooks/made/up.yaml", StepsFile(steps={name: StatedStep(title="Look", do="Look.")}), ""),
    }  # fmt: skip
    return FilledStep(**values)  # type: ignore[arg-type]
