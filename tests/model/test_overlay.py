"""`in`, `when` and `assumed`: precedence, contradictions, and that the order in the file does not matter."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archgen.model.coordinate import Axes, axes_of
from archgen.model.overlay import take_apart
from archgen.reading.yaml_tree import parse

AXES = axes_of([("aws", ""), ("gcp", "")], [("dev", ""), ("stg", ""), ("prod", "")], ["mvp", "growth", "scale"])


def at(text: str, where: str, axes: Axes = AXES) -> Any:
    source, problems = parse(text, "m.yaml")
    assert source.root is not None
    varied, found = take_apart(source.root, axes)
    assert not problems + found, problems + found
    return varied.at(axes.bit(axes.parse_at(where))).plain()


def problems(text: str) -> list[str]:
    source, _found = parse(text, "m.yaml")
    assert source.root is not None
    return [d.code for d in take_apart(source.root, AXES)[1]]


def test_the_narrower_condition_wins_and_maps_merge() -> None:
    text = """
db:
  backup: {days: 7, pitr: true}
  when:
    prod: {backup: {days: 30}}
    aws & prod: {backup: {days: 35}}
    aws: {product: rds}
"""
    assert at(text, "aws,prod") == {"db": {"backup": {"days": 35, "pitr": True}, "product": "rds"}}
    assert at(text, "gcp,prod") == {"db": {"backup": {"days": 30, "pitr": True}}}
    assert at(text, "aws,dev") == {"db": {"backup": {"days": 7, "pitr": True}, "product": "rds"}}


def test_conditions_of_different_depths_meet_in_one_leaf() -> None:
    text = """
a:
  pools:
    base: {min: 1, when: {prod: {min: 2}}}
  when:
    aws & prod: {pools: {base: {min: 3}}}
"""
    assert at(text, "aws,prod")["a"]["pools"]["base"]["min"] == 3
    assert at(text, "gcp,prod")["a"]["pools"]["base"]["min"] == 2


def test_presence() -> None:
    text = "a:\n  b: {in: [growth], x: 1}\n  c: {in: [aws & dev, prod], x: 2}\n"
    assert at(text, "aws,dev,mvp") == {"a": {"c": {"x": 2}}}
    assert at(text, "gcp,prod,scale") == {"a": {"b": {"x": 1}, "c": {"x": 2}}}
    assert at(text, "gcp,dev,mvp") == {"a": {}}


def test_lists_replace_and_every_leaf_keeps_its_line() -> None:
    text = "a:\n  rules: [x, y]\n  when:\n    growth:\n      rules: [z]\n"
    source, _problems = parse(text, "m.yaml")
    assert source.root is not None
    varied, _found = take_apart(source.root, AXES)
    for where, line in (("mvp", 2), ("growth", 5)):
        node = varied.at(AXES.bit(AXES.parse_at(where))).get(("a", "rules"))
        assert node is not None
        assert node.span.line == line


@pytest.mark.parametrize(
    "conditions",
    [
        ("prod", "aws & growth"),
        ("prod & mvp", "growth"),
        ("aws", "prod"),
        ("dev | stg", "stg | prod"),
        ("dev | stg", "stg | dev"),
    ],
)
def test_overlapping_conditions_that_disagree(conditions: tuple[str, str]) -> None:
    text = f"a:\n  when:\n    {conditions[0]}: {{x: 1}}\n    {conditions[1]}: {{x: 2}}\n"
    assert problems(text) == ["ARC-C003"]
    assert problems(text.replace("x: 2", "x: 1")) == []
    assert problems(text.replace("x: 2", "y: 2")) == []


def test_a_third_condition_decides() -> None:
    text = "a:\n  when:\n    aws: {x: 1}\n    prod: {x: 2}\n    aws & prod: {x: 3}\n"
    assert problems(text) == []
    assert at(text, "aws,prod") == {"a": {"x": 3}}


def test_the_condition_to_add_is_named() -> None:
    source, _found = parse("a:\n  when:\n    prod: {x: 1}\n    aws & growth: {x: 2}\n", "m.yaml")
    assert source.root is not None
    (found,) = take_apart(source.root, AXES)[1]
    assert "'aws & prod & growth'" in found.help
    assert found.related


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: {when: {azure: {x: 1}}}\n", "ARC-C001"),
        ("a: {in: [later], x: 1}\n", "ARC-C001"),
        ("a: {when: {prod: {when: {aws: {x: 1}}}}}\n", "ARC-C002"),
        ("a: {when: {prod: 3}}\n", "ARC-C002"),
        ("a: {when: [prod]}\n", "ARC-C002"),
        ("a: [{when: {prod: {x: 1}}}]\n", "ARC-C002"),
        ("when: {prod: {x: 1}}\n", "ARC-C002"),
        ("environments: {prod: {when: {aws: {x: 1}}}}\n", "ARC-C002"),
        ("a: {x: 1, assumed: [y]}\n", "ARC-R001"),
        ("a: {x: 1, assumed: maybe}\n", "ARC-M004"),
    ],
)
def test_keywords_where_they_are_not_allowed(text: str, code: str) -> None:
    assert problems(text) == [code]


def test_a_condition_that_never_holds_is_diagnosed() -> None:
    text = "a:\n  b: {in: [aws & growth], x: 1, when: {gcp: {x: 2}, aws: {x: 3}, prod: {y: {z: 1}}}}\n"
    source, _found = parse(text, "m.yaml")
    assert source.root is not None
    (found,) = take_apart(source.root, AXES)[1]
    assert found.code == "ARC-C005"
    assert found.message == "'gcp' never applies here: this part of the model exists only at aws & growth"


CONDITIONS = [
    "aws",
    "gcp",
    "dev",
    "prod",
    "dev | stg",
    "growth",
    "scale",
    "aws & prod",
    "gcp & growth",
    "aws & prod & scale",
]


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(CONDITIONS), st.dictionaries(st.sampled_from("xyz"), st.integers(0, 3), min_size=1), max_size=6
    ),
    st.randoms(use_true_random=False),
)
def test_the_result_never_depends_on_the_order_in_the_file(overlays: dict[str, dict[str, int]], random: Any) -> None:
    def write(pairs: list[tuple[str, dict[str, int]]]) -> str:
        rows = "".join(
            f"    {condition}: {{{', '.join(f'{k}: {v}' for k, v in values.items())}}}\n" for condition, values in pairs
        )
        return f"a:\n  x: 9\n{'  when:' if rows else ''}\n{rows}"

    shuffled = list(overlays.items())
    random.shuffle(shuffled)
    sources = [parse(write(pairs), "m.yaml")[0].root for pairs in (list(overlays.items()), shuffled)]
    (one, bad), (other, also_bad) = (take_apart(root, AXES) for root in sources if root)
    assert sorted(str(d.path) for d in bad) == sorted(str(d.path) for d in also_bad)
    if not bad:
        for coordinate in AXES.all:
            assert one.at(AXES.bit(coordinate)).plain() == other.at(AXES.bit(coordinate)).plain()


def test_coordinates_share_the_nodes_of_parts_that_are_equal_at_both() -> None:
    text = """
components:
  db: {size: small, when: {prod: {size: large}, aws: {product: rds}, gcp: {product: cloud-sql}}}
  queue: {in: [prod], depth: 3}
"""
    source, _found = parse(text, "m.yaml")
    assert source.root is not None
    varied, _problems = take_apart(source.root, AXES)

    def db(where: str) -> Any:
        return varied.at(AXES.bit(AXES.parse_at(where))).get(("components", "db"))

    assert db("aws,dev,mvp") is db("aws,stg,growth")
    assert db("aws,prod,mvp") is db("aws,prod,scale")
    assert len({id(db(where)) for where in ("aws,dev,mvp", "aws,prod,mvp", "gcp,dev,mvp", "gcp,prod,mvp")}) == 4


@pytest.mark.parametrize(
    ("text", "help_"),
    [
        ("when: {prod: {x: 1}}\n", "the model as a whole exists everywhere; use it on a part of the model"),
        ("in: [prod]\n", "the model as a whole exists everywhere; use it on a part of the model"),
        ("phases: {a: {in: [prod]}}\n", "everything in `phases` is the same at all coordinates"),
        ("a: {b: [{in: [prod]}]}\n", "a list can only be replaced as a whole; use `when` above the list"),
    ],
)
def test_the_help_says_why_a_keyword_is_not_allowed_here(text: str, help_: str) -> None:
    source, _found = parse(text, "m.yaml")
    assert source.root is not None
    (problem,) = take_apart(source.root, AXES)[1]
    assert problem.help == help_
