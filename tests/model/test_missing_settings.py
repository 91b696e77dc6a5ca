"""What asking a component for an attribute that its kind does not have answers, which many rules do."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ConfigDict, PrivateAttr

from archgen.kinds.service import Service
from archgen.model.component import Component


class _Private(Component):
    _seen: int = PrivateAttr(default=3)


class _Open(Component):
    model_config = ConfigDict(extra="allow")


class _Failing(Component):
    @property
    def broken(self) -> Any:
        return self.components  # type: ignore[attr-defined]


def test_a_missing_setting_is_missing() -> None:
    service = Service(kind="service", title="Shop")
    assert getattr(service, "scheme", None) is None
    with pytest.raises(AttributeError, match="'Service' object has no attribute 'scheme'"):
        _ = service.scheme  # type: ignore[attr-defined]


def test_kinds_of_packages_may_have_private_and_additional_attributes() -> None:
    assert _Private(kind="x", title="X")._seen == 3
    assert _Open(kind="x", title="X", color="blue").color == "blue"  # type: ignore[call-arg, attr-defined]


def test_the_error_of_a_property_names_what_it_did_not_find() -> None:
    with pytest.raises(AttributeError, match="'components'"):
        _ = _Failing(kind="x", title="X").broken
