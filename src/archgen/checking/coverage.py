"""How much the rules could look at: what passed, and what could not be checked because the model does not state a fact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import field, replace

from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.answer import Lack
from archgen.model.coordinate import Axes
from archgen.model.outcome import Passed, Unsaid
from archgen.model.resolve import locate
from archgen.model.wording import listed
from archgen.reading.yaml_tree import YamlNode
from archgen.records import dataclass

EVERYWHERE = ""  # in place of a coordinate, for what a rule says about the model as a whole


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one rule looked at besides its findings.

    `passed` and `unsaid` are numbers of parts of the model. `passed_at` and `unsaid_at` have the coordinates; EVERYWHERE stands for
    all of them. `lacks` are the facts that would settle the unsaid parts, without duplicates.
    """

    passed: int = 0
    passed_at: frozenset[str] = frozenset()
    unsaid: int = 0
    unsaid_at: frozenset[str] = frozenset()
    lacks: tuple[Lack, ...] = ()


NOTHING = Coverage()


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact that the model does not state, with the rules that need it.

    `what` is the fact in words, such as `how many copies of 'server' there are`. `fact` is a Diagnostic with its place and the
    statement that settles it. `about` has the parts of the model that could not be checked, by the code of the rule.
    """

    what: str
    fact: Diagnostic
    about: Mapping[str, tuple[Path, ...]]


@dataclass
class _Gap:
    """A lack while outcomes are collected: where it was found, and what it concerns by rule."""

    tree: YamlNode
    at: set[str] = field(default_factory=set)
    about: defaultdict[str, dict[Path, None]] = field(default_factory=lambda: defaultdict(dict))


class Collector:
    """Collects what rules say besides their findings."""

    def __init__(self, axes: Axes) -> None:
        self._axes = axes
        self._passed: defaultdict[str, set[Path]] = defaultdict(set)
        self._passed_at: defaultdict[str, set[str]] = defaultdict(set)
        self._gaps: dict[Lack, _Gap] = {}

    def add_passed(self, code: str, outcome: Passed, at: str) -> None:
        """Add a part of the model that passed."""
        self._passed[code].add(outcome.path)
        self._passed_at[code].add(at)

    def add_unsaid(self, code: str, outcome: Unsaid, at: str, tree: YamlNode) -> None:
        """Add a part of the model that could not be checked; `tree` is the tree in which to locate the missing fact."""
        gap = self._gaps.setdefault(outcome.lack, _Gap(tree))
        gap.at.add(at)
        gap.about[code][outcome.path] = None

    def coverage(self) -> dict[str, Coverage]:
        """The coverage of each rule that said anything, by code."""
        paths: defaultdict[str, set[Path]] = defaultdict(set)
        at: defaultdict[str, set[str]] = defaultdict(set)
        lacks: defaultdict[str, list[Lack]] = defaultdict(list)
        for lack, gap in self._by_weight():
            for code, about in gap.about.items():
                paths[code].update(about)
                at[code] |= gap.at
                lacks[code].append(lack)
        return {
            code: Coverage(
                len(self._passed.get(code, ())),
                frozenset(self._passed_at.get(code, ())),
                len(paths.get(code, ())),
                frozenset(at.get(code, ())),
                tuple(lacks.get(code, ())),
            )
            for code in {**self._passed, **paths}
        }

    def missing(self) -> list[Missing]:
        """Each fact that is missing, the ones that settle most first."""
        return [self._missing(lack, gap) for lack, gap in self._by_weight()]

    def _by_weight(self) -> list[tuple[Lack, _Gap]]:
        def weight(pair: tuple[Lack, _Gap]) -> tuple[int, list[str], str]:
            lack, gap = pair
            return -sum(map(len, gap.about.values())), [str(step) for step in lack.path], lack.what

        return sorted(self._gaps.items(), key=weight)

    def _missing(self, lack: Lack, gap: _Gap) -> Missing:
        codes = sorted(gap.about)
        message = f"the model does not state {lack.what}, so {listed(codes)} could not be checked here"
        everywhere = EVERYWHERE in gap.at or len(gap.at) == len(self._axes.all)
        where = () if everywhere else tuple(str(c) for c in self._axes.all if str(c) in gap.at)
        fact = locate(Diagnostic("ARC-X005", message, lack.help, lack.path, severity="info"), gap.tree)
        return Missing(lack.what, replace(fact, where=where), {code: tuple(gap.about[code]) for code in codes})
