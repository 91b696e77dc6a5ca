"""The syntax tree of an expression that is kept between runs is the one that the parser would make."""

from __future__ import annotations

import marshal
from pathlib import Path

import yaml
from jinja2 import nodes

from archgen.expressions import evaluate
from archgen.expressions.evaluate import parse, trees_in
from archgen.expressions.trees import from_plain, known_tree, make_known, texts_in, to_plain
from archgen.expressions.values import MAX_LENGTH
from archgen.terraform import binding_files


def test_the_tree_of_every_expression_of_a_binding_is_equal_after_it_was_kept() -> None:
    files = sorted(Path(binding_files.__file__).parent.rglob("*.yaml"))
    compared = 0
    for file in files:
        for expression, plain in trees_in(yaml.safe_load(file.read_text(encoding="utf-8"))).items():
            again = from_plain(marshal.loads(marshal.dumps(plain)))
            assert again == parse.__wrapped__(expression), f"{file.name}: {expression}"
            compared += 1
    assert compared > 1000


def test_only_texts_that_are_valid_expressions_have_a_tree() -> None:
    trees = trees_in({"a": ["1 + b", "1 +"], "{{ c }}": {"d": "__import__('os')"}, "e": 5})
    assert sorted(trees) == ["1 + b", "__import__('os')"]  # a call of an unknown function fails when it is evaluated
    assert trees_in({"long": f"a + {'b' * MAX_LENGTH}"}) == {}
    assert list(texts_in({"a": ["x", {"b": "y"}], "c": 1})) == ["x", "y"]


def test_a_known_tree_is_used_and_an_unknown_expression_is_parsed() -> None:
    expression = "known_only_to_this_test"
    assert known_tree(expression) is None
    make_known({expression: to_plain(nodes.Const(7))})
    parse.cache_clear()
    assert evaluate.evaluate(expression, {}) == 7
    assert evaluate.evaluate("1 + 1", {}) == 2
