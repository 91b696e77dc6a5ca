"""Classes validate alike whether pydantic generates their schemas or an earlier run has kept them."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError, create_model

from archgen.kinds.service import Service
from archgen.model import kept_schemas
from archgen.model.base import Entity
from archgen.model.component import Component, all_kinds
from archgen.model.document import Document, document_for
from archgen.model.kept_schemas import complete, keep
from archgen.model.per_cloud import cloud_classes, with_sides
from archgen.system.kept import Kept


@pytest.fixture(autouse=True)
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    """Where schemas are kept during a test."""
    kept = Kept(tmp_path / "kept")
    monkeypatch.setattr(kept_schemas, "DATA", kept)
    return kept


def made() -> type[Document]:
    """A class that archgen makes at run time."""
    return document_for({cloud: cloud_classes()[cloud] for cloud in ("aws", "gcp")})


def by_pydantic(cls: type[Entity]) -> Any:
    """The schema of a class as pydantic generates it."""
    cls.model_rebuild(force=True)
    return cls.__pydantic_core_schema__


@pytest.fixture
def as_kept(monkeypatch: pytest.MonkeyPatch) -> Callable[[type[Entity]], None]:
    """A function that completes a class with a schema that was kept, and fails if pydantic generates one."""

    def completed(cls: type[Entity]) -> None:
        by_pydantic(cls)
        keep(cls)
        with monkeypatch.context() as changed:
            changed.setattr(BaseModel, "model_rebuild", lambda **_options: pytest.fail("pydantic generated a schema"))
            cls.__pydantic_complete__ = False
            assert cls.model_rebuild()
        assert cls.__pydantic_complete__

    return completed


def values(schema: Any) -> Iterator[Any]:
    """Everything in a schema, in order, so that two can be compared: entities by identity, as classes share their defaults."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            yield key
            yield from values(value)
    elif isinstance(schema, (list, tuple)):
        yield len(schema)
        for item in schema:
            yield from values(item)
    elif isinstance(schema, partial):
        yield from (schema.func, schema.args, schema.keywords)
    else:
        yield ("entity", id(schema)) if isinstance(schema, BaseModel) else schema


def test_a_kept_schema_is_that_which_pydantic_generates(as_kept: Callable[[type[Entity]], None]) -> None:
    for cls in (*all_kinds().values(), made()):
        cls.model_rebuild()
        generated = list(values(cls.__pydantic_core_schema__))
        keep(cls)
        cls.__pydantic_complete__ = False
        assert complete(cls), cls
        assert list(values(cls.__pydantic_core_schema__)) == generated, cls


SERVICES: list[dict[str, Any]] = [
    {},
    {"kind": "service", "title": "A", "calls": {"b": {"port": 443}}, "resources": {"requests": {"cpu": "1"}}},
    {"kind": "service", "title": "a\nb", "calls": {"B": {"port": 0, "answers": True, "data": "sent"}}, "unknown": 1},
    {"kind": "service", "title": "A", "scaling": {"min": 3, "max": 1}, "traits": {"copies": True}},
]


@pytest.mark.parametrize("data", SERVICES)
def test_values_and_errors_are_the_same(data: dict[str, Any], as_kept: Callable[[type[Entity]], None]) -> None:
    def answer() -> Any:
        try:
            service = Service.model_validate(data)
        except ValidationError as error:
            return str(error), error.errors()
        assert service.traits is Component.model_fields["traits"].default
        return repr(service), service.model_dump_json(), service.model_copy() == service

    by_pydantic(Service)
    expected, schema = answer(), Service.model_json_schema()
    as_kept(Service)
    assert repr(answer()) == repr(expected)
    assert Service.model_json_schema() == schema


def test_what_is_damaged_is_left_to_pydantic(known: Kept) -> None:
    by_pydantic(Service)
    for content in (b"damaged", pickle.dumps(("not", "a completion")), pickle.dumps(None)):
        known._values[kept_schemas._key("archgen.kinds.service.Service")] = content
        assert not complete(Service)
    Service.__pydantic_complete__ = False
    assert Service.model_rebuild()
    assert Service.model_validate({"kind": "service", "title": "A"}).title == "A"


def test_only_classes_of_archgen_are_kept(known: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    own = create_model("Service", __base__=Service, __module__="archgen.kinds.service", size=(int, 1))
    for cls in (own, create_model("Other", __base__=Entity, __module__="package.kinds", size=(int, 1))):
        cls.model_rebuild()
    monkeypatch.setattr(kept_schemas, "declared", lambda group: group == "[pydantic]")
    by_pydantic(Service)
    keep(Service)
    assert not known.added_here()[0]


def test_values_without_a_name_are_not_kept() -> None:
    for value in (
        lambda: 1,
        object(),
        Service.model_construct(title="A"),
        Path(),
        test_only_classes_of_archgen_are_kept,
    ):
        with pytest.raises(pickle.PicklingError):
            kept_schemas._Pickler(io.BytesIO(), {}).dump({"default": value})


def test_of_classes_that_are_made_alike_the_first_is_kept(known: Kept) -> None:
    bases = {cloud: cloud_classes()[cloud].home for cloud in ("gcp", "azure")}
    first, second = (with_sides(Service, bases) for _time in range(2))
    for cls in (second, first):
        cls.model_rebuild()
    assert len(known.added_here()[0]) == 1
    first.__pydantic_complete__ = second.__pydantic_complete__ = False
    assert complete(first)
    assert not complete(second)
    assert type(first.model_validate({"kind": "service", "title": "A", "gcp": {"project": "shop-project"}})) is first
