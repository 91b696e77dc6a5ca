"""Classes that inherit fields share the schemas of these fields, and validate as if each had its own."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import Field, GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema

from archgen.model.base import Entity, Id, Line, Listed, share_schemas

MADE: list[str] = []


class _Counted:
    """An annotation that counts how often pydantic generates the schema of its field."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        MADE.append(str(source))
        return handler(source)


class _Inner(Entity):
    size: int


def base(*, shared: bool) -> type[Entity]:
    class Base(Entity):
        name: Annotated[Line, _Counted(), Field(json_schema_extra={"x-mark": 1})]
        inner: _Inner | None = None
        others: Listed[Id] = ()

    if shared:
        share_schemas(Base)
    return Base


def kinds(of: Any) -> list[type[Entity]]:
    class One(of):  # type: ignore[misc]  # mypy does not know the class
        number: int = 1

    class Two(of):  # type: ignore[misc]
        others: Listed[Id] = ("a",)

    return [One, Two]


def answer(kind: type[Entity], data: dict[str, Any]) -> Any:
    try:
        return kind.model_validate(data).model_dump()
    except ValidationError as error:
        return error.errors(include_url=False)


@pytest.mark.parametrize(
    "data",
    [
        {"name": "a"},
        {"name": "a", "inner": {"size": 2}, "others": ["b"]},
        {"name": "", "others": ["B"]},
        {"inner": {"size": "x"}},
        {"name": "a\nb", "number": "x"},
    ],
)
def test_each_class_validates_as_if_it_had_its_own_schemas(data: dict[str, Any]) -> None:
    for one, other in zip(kinds(base(shared=True)), kinds(base(shared=False)), strict=True):
        assert repr(answer(one, data)) == repr(answer(other, data))
        assert one.model_json_schema() == other.model_json_schema()


@pytest.mark.parametrize(("shared", "times"), [(True, 1), (False, 2)])
def test_the_schema_of_an_inherited_field_is_generated_once(*, shared: bool, times: int) -> None:
    MADE.clear()
    for kind in kinds(base(shared=shared)):
        kind.model_rebuild()
    assert len(MADE) == times
