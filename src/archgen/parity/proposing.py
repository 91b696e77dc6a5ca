"""Proposals as changes of a model's files: rows that are marked with `proposed`, and products of components on the other cloud."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from archgen.catalog.product import Product
from archgen.diagnostics.diagnostic import Path
from archgen.model.component import Component
from archgen.parity.suggesting import Suggestion
from archgen.reading.changes import AddKey, Change, SetValue
from archgen.reading.include import Files
from archgen.reading.yaml_tree import YamlNode
from archgen.records import dataclass


@dataclass(frozen=True, slots=True)
class Clouds:
    """The clouds of proposals: the primary one, the one that they are for, and all that the model has."""

    primary: str
    to: str
    all: Sequence[str]

    @property
    def others(self) -> list[str]:
        """The clouds of the model on which components without a counterpart stay."""
        return [cloud for cloud in self.all if cloud != self.to]


@dataclass(frozen=True, slots=True)
class ModelProposal:
    """Changes of the model that belong together: the path of a row or component, and what it gets, in words."""

    path: Path
    what: str
    changes: tuple[Change, ...]


def proposals(
    files: Files, components: Mapping[str, Component], suggestions: Sequence[Suggestion], clouds: Clouds
) -> list[ModelProposal]:
    """The changes that write suggestions into a model. `components` are those at the coordinate that the suggestions are made from."""
    assert files.root is not None
    found = [*_new_rows(files, suggestions, clouds), *_sides(files.root, suggestions, clouds)]
    for one in suggestions:
        for name in one.components:
            found += _component(files.root, name, components[name], one, clouds)
    return found


# -- rows ----------------------------------------------------------------------------------------------


def _new_rows(files: Files, suggestions: Sequence[Suggestion], clouds: Clouds) -> Iterator[ModelProposal]:
    assert files.root is not None
    rows = {one.id: _row(one, clouds) for one in suggestions if not one.row}
    if not rows:
        return
    words = {one.id: f"proposed: {_words(one)}" for one in suggestions}
    listed = files.root.get(("capabilities",))
    if listed is not None:
        for id_, row in rows.items():
            yield ModelProposal(("capabilities", id_), words[id_], (AddKey(("capabilities",), id_, row),))
        return
    changes: list[Change] = [AddKey((), "capabilities", rows, _before_components(files.main.root))]
    for id_ in rows:
        yield ModelProposal(("capabilities", id_), words[id_], tuple(changes))
        changes = []  # the first proposal adds all of them


def _row(one: Suggestion, clouds: Clouds) -> dict[str, Any]:
    row: dict[str, Any] = {"name": one.name, clouds.primary: _side([one.product])}
    if one.candidate:
        row[clouds.to] = _side([one.candidate])
    return {**row, "status": one.status, "note": one.why, "proposed": [clouds.to]}


def _side(products: Sequence[Product]) -> dict[str, Any]:
    return {
        "text": " and ".join(dict.fromkeys(product.name for product in products)),
        "products": list(dict.fromkeys(product.id for product in products)),
    }


def _before_components(root: YamlNode | None) -> str | None:
    """The key after which the rows are added: the one before `components`, if the main file has that."""
    keys = list(root.value) if root and isinstance(root.value, dict) else []
    position = keys.index("components") if "components" in keys else 0
    return keys[position - 1] if position else None


def _sides(root: YamlNode, suggestions: Sequence[Suggestion], clouds: Clouds) -> Iterator[ModelProposal]:
    """What existing rows get: one side for all their proposals, and the mark."""
    rows: dict[str, list[Suggestion]] = {}
    for one in suggestions:
        if one.row and not one.met:
            rows.setdefault(one.id, []).append(one)
    for id_, several in rows.items():
        path = ("capabilities", id_)
        products = [one.candidate for one in several if one.candidate]
        keys = _keys(root, path)
        side = [AddKey(path, clouds.to, _side(products), clouds.primary if clouds.primary in keys else None)]
        mark = _with_item(root, path, "proposed", clouds.to)
        yield ModelProposal(path, f"proposed: {_words(several[0])}", (*(side if products else ()), mark))


def _words(one: Suggestion) -> str:
    return f"{one.candidate.name}, {one.status}" if one.candidate else "no product, gap"


# -- components ----------------------------------------------------------------------------------------


def _component(
    root: YamlNode, name: str, component: Component, one: Suggestion, clouds: Clouds
) -> Iterator[ModelProposal]:
    path = ("components", name)
    provided: list[Change] = (
        [] if one.row or one.id in component.provides else [_with_item(root, path, "provides", one.id)]
    )
    settings: list[Change] = []
    if (
        clouds.to in clouds.all and not one.left_out and not one.stated
    ):  # conditions can name only clouds that the model has
        settings = [_product(root, path, clouds.to, one.candidate)] if one.candidate else _limits(root, path, clouds)
    what = [f"provides: {one.id}"] if provided else []
    if settings:
        what.append(f"{clouds.to}: {one.candidate.name}" if one.candidate else f"in: {', '.join(clouds.others)}")
    if what:
        yield ModelProposal(path, "; ".join(what), (*provided, *settings))


def _product(root: YamlNode, path: Path, to: str, product: Product) -> Change:
    when = (*path, "when")
    if to in _keys(root, when):
        if "product" in _keys(root, (*when, to)):
            return SetValue((*when, to, "product"), product.id)
        return AddKey((*when, to), "product", product.id)
    if root.get(when) is not None:
        return AddKey(when, to, {"product": product.id})
    return AddKey(path, "when", {to: {"product": product.id}})


def _limits(root: YamlNode, path: Path, clouds: Clouds) -> list[Change]:
    """The change that takes a component from a cloud; none if a person has already limited it, since that has to be combined by hand."""
    return [] if "in" in _keys(root, path) else [AddKey(path, "in", clouds.others)]


def _with_item(root: YamlNode, path: Path, key: str, item: str) -> Change:
    """The change that adds an item to the list `key`, which need not exist."""
    node = root.get((*path, key))
    if node is None:
        return AddKey(path, key, [item])
    stated = node.plain() if isinstance(node.value, list) else []
    return SetValue((*path, key), [*stated, item])


def _keys(root: YamlNode, path: Path) -> list[str]:
    node = root.get(path)
    return list(node.value) if node and isinstance(node.value, dict) else []
