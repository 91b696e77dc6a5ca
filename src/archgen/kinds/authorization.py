"""A service that decides about permissions."""

from typing import Annotated

from pydantic import Field

from archgen.model.base import Line
from archgen.model.component import Component
from archgen.model.traits import Traits


class Authorization(Component):
    """Answers whether someone may do something, by policies kept outside of the application."""

    label = "Authorization"
    used_to = "identify"
    inherent = Traits(stateful=True, keeps_data=True)
    aliases = ("policy engine", "permissions service", "fine-grained access", "OPA", "Cedar")
    language: Line | None = None
    """The language of its policies, such as Cedar or Rego."""
    policies: Annotated[int, Field(ge=1, le=1000000)] | None = None
    """About how many policies it has."""
    strict: bool | None = None
    """Whether policies that do not match the schema are rejected."""
