"""The YAML tree at one coordinate, computed from a tree with `in`, `when` and `assumed`.

Every `when` is split into assignments of single leaves, kept in a trie next to the tree. At each coordinate, the assignment
whose condition holds at the fewest coordinates wins, so that the order in the file does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from archgen.diagnostics.diagnostic import Diagnostic, Path, did_you_mean
from archgen.model.coordinate import Axes, BadConditionError, Condition
from archgen.reading.yaml_tree import YamlNode
from archgen.records import dataclass

# These declare the axes, so nothing in them can depend on an axis.
AXIS_DECLARATIONS = ("clouds", "environments", "phases")
# Keys without `in` and `when`: what they declare is the same at every coordinate.
DECLARATIONS = (*AXIS_DECLARATIONS, "kinds", "products")
DEFAULTS = "defaults"
KEYWORDS = ("in", "when", "assumed")


@dataclass(slots=True)
class _Trie:
    children: dict[str, _Trie] = field(default_factory=dict)
    assignments: list[tuple[Condition, YamlNode]] = field(default_factory=list)
    presence: int | None = None
    literal: bool = False  # its value is replaced as a whole, even if it is a mapping
    resolved: dict[tuple[int, ...], YamlNode] = field(default_factory=dict)  # by the id() of what a node was made of
    masks: tuple[int, ...] | None = None  # all that it and its children depend on, once they are known
    at_bits: dict[tuple[int, ...], YamlNode | None] = field(
        default_factory=dict
    )  # by the node's id() and which masks hold

    def at(self, path: Path) -> _Trie:
        trie = self
        for step in path:
            trie = trie.children.setdefault(str(step), _Trie())
        return trie


@dataclass(frozen=True, slots=True)
class Varied:
    """A tree without keywords, the trie of everything that varies in it, and the paths that are assumptions."""

    base: YamlNode
    trie: _Trie
    assumed: tuple[Path, ...]

    def at(self, bit: int) -> YamlNode:
        """The whole tree at one coordinate; `bit` is its mask. A part that is equal at several coordinates is the same node in all."""
        return _resolve(self.base, self.trie, bit) or self.base

    def varying(self, part: str, key: str) -> list[str]:
        """The entries of a part of the model in which a condition sets `key`."""
        below = self.trie.children.get(part)
        return [name for name, trie in below.children.items() if key in trie.children] if below else []


def take_apart(root: YamlNode, axes: Axes) -> tuple[Varied, list[Diagnostic]]:
    """Separate a tree from its keywords. The diagnostics report conditions that do not parse or that contradict each other."""
    splitter = _Splitter(axes)
    base = splitter.split(root, (), allowed=True)
    splitter.problems += _contradictions(splitter.trie, axes, ())
    splitter.problems += _unreachable(splitter.trie, axes, axes.everywhere, ())
    return Varied(base, splitter.trie, tuple(splitter.assumed)), splitter.problems


class _Splitter:
    def __init__(self, axes: Axes) -> None:
        self.axes = axes
        self.trie = _Trie()
        self.assumed: list[Path] = []
        self.problems: list[Diagnostic] = []

    def split(self, node: YamlNode, path: Path, *, allowed: bool) -> YamlNode:
        """The node without keywords; `allowed` is whether `in` and `when` may be used here."""
        if is_literal(path):
            return node
        match node.value:
            case list():
                children = [
                    self.split(child, (*path, n), allowed=False) if _has_parts(child) else child
                    for n, child in enumerate(node.value)
                ]
                return YamlNode(children, node.span, node.key_span)
            case dict():
                self._keywords(node, path, allowed=allowed)
                kept = {
                    key: self.split(child, (*path, key), allowed=allowed and (path, key) not in _DECLARATIONS)
                    if _has_parts(child)
                    else child
                    for key, child in node.value.items()
                    if key not in KEYWORDS
                }
                return YamlNode(kept, node.span, node.key_span)
            case _:
                return node

    def _keywords(self, node: YamlNode, path: Path, *, allowed: bool) -> None:
        assert isinstance(node.value, dict)
        for keyword in ("in", "when"):
            if keyword in node.value and (not allowed or not path or _is_no_default(keyword, path)):
                help_ = _why_not_allowed(path)
                self._problem(node.value[keyword], "ARC-C002", f"`{keyword}` is not allowed here", help_)
            elif keyword in node.value:
                (self._presence if keyword == "in" else self._when)(node.value[keyword], path)
        if "assumed" in node.value:
            self._assumed(node, node.value["assumed"], path)

    def _presence(self, node: YamlNode, path: Path) -> None:
        items = node.value if isinstance(node.value, list) else [node]
        mask = 0
        for item in items:
            if not isinstance(item.value, str):
                help_ = "write a list, such as in: [growth]"
                self._problem(item, "ARC-C001", "`in` must be a list of conditions", help_, value=True)
            elif condition := self._condition(item, item.value, value=True):
                mask |= condition.mask
            else:
                mask = self.axes.everywhere  # keep what a broken condition is about, or references to it fail as well
        trie = self.trie.at(path)
        trie.presence = mask if trie.presence is None else trie.presence & mask

    def _when(self, node: YamlNode, path: Path) -> None:
        if not isinstance(node.value, dict):
            help_ = "write each condition with its settings, such as when: {prod: {…}}"
            self._problem(node, "ARC-C002", "`when` must be a mapping of conditions to settings", help_)
            return
        for text, settings in node.value.items():
            condition = self._condition(settings, text)
            if not isinstance(settings.value, dict):
                help_ = "write the settings that change below the condition: key: value"
                self._problem(settings, "ARC-C002", f"the condition '{text}' has no settings", help_, value=True)
            elif condition:
                self._assign(settings, path, condition)

    def _assign(self, node: YamlNode, path: Path, condition: Condition) -> None:
        assert isinstance(node.value, dict)
        if not node.value:
            self.trie.at(path).assignments.append((condition, node))
        for key, child in node.value.items():
            if key in ("in", "when"):
                help_ = "join the conditions with `&`"
                self._problem(child, "ARC-C002", f"`{key}` is not allowed inside `when`", help_)
            elif key == "assumed":
                self._assumed(node, child, path)
            elif isinstance(child.value, dict) and not is_literal((*path, key)):
                self._assign(child, (*path, key), condition)
            else:
                self.trie.at((*path, key)).literal = is_literal((*path, key))
                self.trie.at((*path, key)).assignments.append((condition, child))

    def _assumed(self, holder: YamlNode, node: YamlNode, path: Path) -> None:
        assert isinstance(holder.value, dict)
        if node.value is True:
            self.assumed.append(path)
            return
        if not isinstance(node.value, list):
            help_ = "write assumed: true, or a list such as assumed: [size]"
            self._problem(node, "ARC-M004", "`assumed` must be true or a list of keys", help_, value=True)
            return
        for item in node.value:
            if not isinstance(item.value, str):
                help_ = "list keys, such as assumed: [size]"
                self._problem(item, "ARC-M004", "an item of `assumed` must be a key", help_, value=True)
            elif item.value in holder.value:
                self.assumed.append((*path, item.value))
            else:
                keys = [key for key in holder.value if key not in KEYWORDS]
                help_ = did_you_mean(item.value, keys)
                self._problem(
                    item, "ARC-R001", f"`assumed` names '{item.value}', which is not set here", help_, value=True
                )

    def _condition(self, node: YamlNode, text: str, *, value: bool = False) -> Condition | None:
        try:
            return self.axes.condition(text)
        except BadConditionError as error:
            self._problem(node, error.code, str(error), error.help, value=value)
            return None

    def _problem(self, node: YamlNode, code: str, message: str, help_: str, *, value: bool = False) -> None:
        span = node.span if value or node.key_span is None else node.key_span
        self.problems.append(Diagnostic(code, message, help_, span=span))


def _has_parts(node: YamlNode) -> bool:
    """Whether a node is a mapping or a list; most are neither."""
    return isinstance(node.value, (dict, list))


_DECLARATIONS = {((), name) for name in DECLARATIONS}


def is_literal(path: Path) -> bool:
    """Whether the value at a path is data for Terraform, in which keys such as `in` and `when` have no meaning."""
    inputs = path[:2] == ("terraform", "stacks") and path[-1] == "value" and len(path) in (6, 7)
    return inputs and path[3] == ("inputs" if len(path) == 6 else "set")


def _is_no_default(keyword: str, path: Path) -> bool:
    """Whether a keyword is in `defaults` at a place where it has no meaning: only `when` of a kind, runtime or tag varies it."""
    return path[0] == DEFAULTS and (keyword == "in" or len(path) != 3)


def _why_not_allowed(path: Path) -> str:
    """Why a mapping at `path` cannot have `in` or `when`, and what to do instead."""
    if not path:
        return "the model as a whole exists everywhere; use it on a part of the model"
    if path[0] == DEFAULTS:
        return "a default applies wherever its components exist; vary it with `when`, directly below a kind, runtime or tag"
    if path[0] in DECLARATIONS:
        return f"everything in `{path[0]}` is the same at all coordinates"
    return "a list can only be replaced as a whole; use `when` above the list"


def _masks(trie: _Trie) -> tuple[int, ...]:
    """The masks of all conditions in a trie, each once."""
    if trie.masks is None:
        own = {condition.mask for condition, _value in trie.assignments}
        own |= set() if trie.presence is None else {trie.presence}
        trie.masks = tuple(sorted(own.union(*map(_masks, trie.children.values()))))
    return trie.masks


def _resolve(node: YamlNode | None, trie: _Trie, bit: int) -> YamlNode | None:
    """What a node becomes at a coordinate; None if it does not exist there. Computed once for coordinates at which the same conditions
    hold.
    """
    key = (id(node), *(bool(mask & bit) for mask in _masks(trie)))
    if key not in trie.at_bits:
        trie.at_bits[key] = _resolved(node, trie, bit)
    return trie.at_bits[key]


def _resolved(node: YamlNode | None, trie: _Trie, bit: int) -> YamlNode | None:
    if trie.presence is not None and not trie.presence & bit:
        return None
    holding = [(condition.mask.bit_count(), value) for condition, value in trie.assignments if condition.mask & bit]
    if holding:
        winner = min(holding, key=lambda pair: pair[0])[1]
        if trie.literal or not isinstance(winner.value, dict):
            return winner
        node = node or winner
    if not trie.children:
        return node
    if node is not None and not isinstance(node.value, dict):
        return node
    old = node.value if node and isinstance(node.value, dict) else {}
    new, changed = dict(old), False
    for key, below in trie.children.items():
        child = _resolve(old.get(key), below, bit)
        if child is old.get(key):
            continue
        changed = True
        if child is None:
            new.pop(key, None)
        else:
            new[key] = child
    if not changed:
        return node
    # Coordinates at which the same values hold share the node, so that later steps can do their work once for all of them.
    # The tree without conditions, the assignments and `resolved` keep every node, so that no id() is reused.
    made_of = (id(node), *(id(new.get(key)) for key in trie.children))
    if made_of not in trie.resolved:
        place = node or next(iter(new.values()))
        trie.resolved[made_of] = YamlNode(new, place.span, place.key_span)
    return trie.resolved[made_of]


def _unreachable(trie: _Trie, axes: Axes, present: int, path: Path) -> Iterator[Diagnostic]:
    """A diagnostic for each condition that holds only at coordinates where the part that it varies does not exist."""
    if trie.presence is not None:
        present &= trie.presence
    seen: set[int] = set()
    for condition, node in trie.assignments:
        if not condition.mask & present and condition.mask not in seen:
            seen.add(condition.mask)
            where = f"only at {' or '.join(axes.cover(present))}" if present else "nowhere"
            message = f"'{condition.text}' never applies here: this part of the model exists {where}"
            help_ = "remove it, or widen the `in` around it"
            yield Diagnostic("ARC-C005", message, help_, path, span=node.key_span or node.span)
    for key, below in trie.children.items():
        yield from _unreachable(below, axes, present, (*path, key))


def _contradictions(trie: _Trie, axes: Axes, path: Path) -> Iterator[Diagnostic]:
    """A diagnostic for each pair of conditions that set a leaf differently when neither is more specific."""
    for key, below in trie.children.items():
        yield from _contradictions(below, axes, (*path, key))
    for position, (first, one) in enumerate(trie.assignments):
        for second, other in trie.assignments[position + 1 :]:
            if one.plain() != other.plain() and (clash := _clash(first, second, trie, axes)):
                yield _contradiction(first, one, second, other, clash, axes, path)


def _clash(first: Condition, second: Condition, trie: _Trie, axes: Axes) -> int:
    """The mask of the coordinates at which two conditions disagree and no third one decides."""
    both = first.mask & second.mask
    if first.mask != second.mask and both in (first.mask, second.mask):
        return 0
    undecided = 0
    for coordinate in axes.members(both):
        bit = axes.bit(coordinate)
        holding = {condition.mask for condition, _value in trie.assignments if condition.mask & bit}
        smallest = min(holding, key=int.bit_count)
        if first.mask == second.mask == smallest or any(smallest & mask != smallest for mask in holding):
            undecided |= bit
    return undecided


def _contradiction(
    first: Condition, one: YamlNode, second: Condition, other: YamlNode, clash: int, axes: Axes, path: Path
) -> Diagnostic:
    where = tuple(str(coordinate) for coordinate in axes.members(clash))
    if first.mask == second.mask:
        message = f"'{first.text}' and '{second.text}' hold at the same coordinates and set '{path[-1]}' differently"
        help_ = "keep one of them"
    else:
        message = f"'{first.text}' and '{second.text}' overlap and set '{path[-1]}' differently"
        missing = axes.describe(first.mask & second.mask) or where[0].replace(", ", " & ")
        help_ = f"add a more specific condition: '{missing}': {{{path[-1]}: …}}"
    place, also = sorted((one.key_span or one.span, other.key_span or other.span), reverse=True)
    return Diagnostic(
        "ARC-C003", message, help_, path, span=place, related=(("the other value is set here", also),), where=where
    )
