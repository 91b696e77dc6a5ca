"""Groups of many pages of one kind in the navigation, such as components by what people use them for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archgen.artifacts.base import Nav
from archgen.model.component import TASKS, Component

FEW = 8  # so many pages are found at a glance, without groups
LAST = 100_000  # the order of pages that follow a family in a section

# Titles of the tasks where they group what a system consists of, instead of what a model can describe.
FAMILIES = {**TASKS, "outside": "People and systems outside", "other": "Others"}


def task_of(component: Component | type[Component]) -> str:
    """What people use a component or a kind to do: a key of `TASKS`."""
    return component.used_to if component.used_to in TASKS else "other"


class Family:
    """An entry of a section with many pages, in groups if there are more than a few.

    `keys` has the group of each page, and `titles` all groups in order. Pages of a group keep the order in which `nav` is called.
    """

    def __init__(
        self, section: str, entry: str, keys: Iterable[str], titles: Mapping[str, str] = FAMILIES, start: int = 100
    ) -> None:
        self._section, self._entry, self._titles, self._start = section, entry, titles, start
        self._folded = len(list(keys)) > FEW
        self._pages = 0

    def index(self, title: str) -> Nav:
        """The place of the page that lists all others."""
        return Nav(self._section, title, self._start, self._entry)

    def nav(self, title: str, key: str) -> Nav:
        """The place of the next page, which belongs to the group `key`."""
        self._pages += 1
        if not self._folded:
            return Nav(self._section, title, self._start + self._pages, self._entry)
        group = list(self._titles).index(key) + 1
        return Nav(self._section, title, self._start + group * 1000 + self._pages, (self._entry, self._titles[key]))
