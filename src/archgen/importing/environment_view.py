"""A model seen from the environment that an import is about: what holds there, which conditions decide it, and how to name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from archgen.diagnostics.diagnostic import Path
from archgen.model.coordinate import Axes, BadConditionError, Coordinate
from archgen.model.defaults import DefaultsUnderComponents
from archgen.model.document import Document
from archgen.model.kind_changes import without_settings_of_other_kinds
from archgen.model.legacy import modernized
from archgen.model.overlay import Varied, take_apart
from archgen.reading.yaml_tree import YamlNode


@dataclass(frozen=True)
class EnvironmentView:
    """A model seen from an environment on a cloud. `root` is the tree as written; `kinds` has all kinds that it may use.

    The model does not have to be valid, because it is not while it is being changed.
    """

    root: YamlNode
    axes: Axes
    kinds: Mapping[str, type[Any]]
    cloud: str
    environment: str

    @cached_property
    def at(self) -> Coordinate:
        """The coordinate of the environment today."""
        return self.axes.stands(self.cloud, self.environment)

    @cached_property
    def here(self) -> int:
        """The mask of all coordinates of the environment on this cloud."""
        return self.axes.where(c for c in self.axes.all if (c.cloud, c.environment) == (self.cloud, self.environment))

    @cached_property
    def _varied(self) -> Varied:
        return take_apart(modernized(self.root), self.axes)[0]

    @cached_property
    def tree(self) -> YamlNode:
        """The tree at the environment today, with the defaults of components."""
        stated = {self.at: self._varied.at(self.axes.bit(self.at))}
        trees = without_settings_of_other_kinds(stated, self._varied.varying("components", "kind"), self.kinds)
        return DefaultsUnderComponents(self.kinds).applied(trees[self.at])[0]

    def value(self, path: Path) -> Any:
        """The value at a path in this environment today, as plain data; None if it has none."""
        node = self.tree.get(path)
        return None if node is None else node.plain()

    def base(self, path: Path) -> YamlNode | None:
        """What the model states at a path without a condition."""
        return self._varied.base.get(path)

    def name_of_resource(self, id_: str) -> str:
        """The name that `naming` gives the resources of a component or network in this environment."""
        naming = self.value(("naming",)) or Document.model_fields["naming"].default
        values = {"project": self.value(("project",)), "environment": self.environment, "component": id_}
        return str(naming).format(**values)

    def presence(self, path: Path) -> int:
        """The mask of the coordinates at which what is at a path exists, by its own `in` and those around it."""
        mask, trie = self.axes.everywhere, self._varied.trie
        for step in path:
            below = trie.children.get(str(step))
            if below is None:
                return mask
            trie = below
            mask &= self.axes.everywhere if trie.presence is None else trie.presence
        return mask

    def own_presence(self, path: Path) -> int:
        """The mask of the coordinates at which the `in` of what is at a path holds."""
        node = self.root.get((*path, "in"))
        listed = (node.value if isinstance(node.value, list) else [node]) if node else []
        mask = 0
        for item in listed:
            mask |= self.mask_of(str(item.value))
        return mask if node else self.axes.everywhere

    def holding(self, path: Path) -> list[int]:
        """The masks of the conditions that set the value at a path and hold in this environment today."""
        trie = self._varied.trie
        for step in path:
            below = trie.children.get(str(step))
            if below is None:
                return []
            trie = below
        bit = self.axes.bit(self.at)
        return [condition.mask for condition, _value in trie.assignments if condition.mask & bit]

    def decided_at(self, path: Path) -> int:
        """The mask of the coordinates at which the same statement decides the value at a path as in this environment today."""
        mask, holding = self.presence(path), self.holding(path)
        return mask & min(holding, key=int.bit_count) if holding else mask

    def name_of(self, mask: int, existing: int) -> str | None:
        """The shortest condition that holds at exactly the coordinates of `mask` among those of `existing`; None if there is none."""
        environments = {c.environment for c in self.axes.members(mask)}
        wider = self.axes.where(c for c in self.axes.all if c.environment in environments)
        if wider & existing == mask & existing and (text := self.axes.describe(wider)):
            return text
        return self.axes.describe(mask)

    def names_of(self, mask: int, existing: int) -> list[str]:
        """The conditions of an `in` that holds at the coordinates of `mask` among those of `existing`."""
        text = self.name_of(mask, existing)
        return [text] if text else self.axes.cover(mask)

    def mask_of(self, condition: str) -> int:
        """The mask of a condition; 0 if it is not one."""
        try:
            return self.axes.condition(condition).mask
        except BadConditionError:
            return 0
