"""The syntax tree of an expression that is kept between runs is the one that the parser would make."""

from __future__ import annotations

import marshal
from pathlib import Path
from typing import Any

import jinja2.nodes
import yaml
from jinja2.parser import Parser

from archgen.expressions import evaluate
from archgen.expressions.evaluate import parse, trees_in
from archgen.expressions.nodes import NODES, SyntaxNode
from archgen.expressions.trees import from_plain, known_tree, make_known, texts_in
from archgen.expressions.values import MAX_LENGTH
from archgen.terraform import binding_files


def as_by_jinja(node: Any) -> Any:
    """A node of archgen's or Jinja's, or the value of one of its fields, in a form in which both are equal."""
    if isinstance(node, list):
        return [as_by_jinja(item) for item in node]
    if not isinstance(node, (SyntaxNode, jinja2.nodes.Node)):
        return node
    fields = {name: getattr(node, name) for name in node.fields if name != "ctx"}  # whether a name is read or written
    names = {class_: name for name, class_ in NODES.items()}
    return names.get(type(node), type(node).__name__), {name: as_by_jinja(value) for name, value in fields.items()}


def test_the_tree_of_every_expression_of_a_binding_is_equal_after_it_was_kept() -> None:
    files = sorted(Path(binding_files.__file__).parent.rglob("*.yaml"))
    compared = 0
    for file in files:
        for expression, plain in trees_in(yaml.safe_load(file.read_text(encoding="utf-8"))).items():
            again = from_plain(marshal.loads(marshal.dumps(plain)))
            tree = Parser(jinja2.Environment(), expression, state="variable").parse_expression()
            assert as_by_jinja(again) == as_by_jinja(tree), f"{file.name}: {expression}"
            compared += 1
    assert compared > 1000


def test_every_node_has_the_fields_that_jinja_gives_it() -> None:
    for name, class_ in NODES.items():
        assert class_.fields == tuple(field for field in getattr(jinja2.nodes, name).fields if field != "ctx")
        assert not hasattr(class_(), "__dict__")


def test_only_texts_that_are_valid_expressions_have_a_tree() -> None:
    trees = trees_in({"a": ["1 + b", "1 +"], "{{ c }}": {"d": "__import__('os')"}, "e": 5})
    assert sorted(trees) == ["1 + b", "__import__('os')"]  # a call of an unknown function fails when it is evaluated
    assert trees_in({"long": f"a + {'b' * MAX_LENGTH}"}) == {}
    assert list(texts_in({"a": ["x", {"b": "y"}], "c": 1})) == ["x", "y"]


def test_a_known_tree_is_used_and_an_unknown_expression_is_parsed() -> None:
    expression = "known_only_to_this_test"
    assert known_tree(expression) is None
    make_known({expression: ("Const", 7)})
    parse.cache_clear()
    assert evaluate.evaluate(expression, {}) == 7
    assert evaluate.evaluate("1 + 1", {}) == 2
