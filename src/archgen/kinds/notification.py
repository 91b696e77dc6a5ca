"""Notifications to people."""

from typing import Annotated, Literal

from pydantic import Field

from archgen.model.base import Listed
from archgen.model.component import Component
from archgen.model.traits import Traits


class Notification(Component):
    """Sends short messages to people: texts, push messages, chat or calls."""

    label = "Notifications"
    used_to = "messages"
    inherent = Traits(stateful=False, keeps_data=False)
    aliases = ("SMS", "push notification", "chat message", "paging")
    channels: Listed[Literal["sms", "push", "e-mail", "chat", "voice"]] = ()
    """How messages reach people."""
    monthly_limit_usd: Annotated[int, Field(ge=0, le=10000000)] | None = None
    """The amount that may be spent in a month, in US dollars."""
    opt_out_kept: bool | None = None
    """Whether people who do not want messages are remembered."""
