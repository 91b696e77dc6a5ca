"""A directory of customers."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import Line, Listed
from archgen.model.component import Component
from archgen.model.traits import Traits


class UserDirectory(Component):
    """Signs customers up and in, and issues their tokens."""

    label = "User directory"
    used_to = "identify"
    inherent = Traits(stateful=True, keeps_data=True, entrance=True)
    aliases = ("customer identity", "CIAM", "user pool", "sign-up and sign-in")
    sign_in_with: Listed[Literal["email", "phone", "username", "passkey", "social", "saml", "oidc"]] = ()
    """How customers sign in."""
    mfa: Literal["off", "optional", "required"] | None = None
    """Whether a second factor is asked for."""
    self_registration: bool | None = None
    """Whether customers can sign up themselves."""
    recovery_by: Listed[Literal["e-mail", "phone", "administrator"]] = ()
    """How people who forgot their password get in again, the preferred way first."""
    password_min_length: Annotated[int, Field(ge=6, le=128)] | None = None
    """The minimum length of a password."""
    token_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    """How long an access token is valid, in minutes."""
    edition: Line | None = None
    """Its plan or tier, by the vendor's name for it."""
    deletion_protection: bool | None = None
    """Whether it must be unlocked before it can be deleted."""
