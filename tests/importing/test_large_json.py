"""JSON that is decoded in pieces has the value, and the errors, that the standard library gives it as a whole."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archgen.importing.large_json import Entered, decode
from archgen.importing.packed import PackedValues
from archgen.importing.terraform_json import read_content

WORDS = ("values", "root_module", "child_modules", "resources", "größe", "🚀")
SPACE = st.sampled_from(["", "", " ", "\n  ", "\r\n\t"])


def kept(value: Any) -> Any:
    """All of a value."""
    return value


MODULE: dict[str, Any] = {"resources": Entered({}, kept)}
MODULE["child_modules"] = Entered({}, Entered(MODULE))
ENTERED = Entered(
    {
        "values": Entered({"root_module": Entered(MODULE)}),
        "resources": Entered({}, Entered({"values": Entered(MODULE)})),
    }
)


@st.composite
def listed(draw: st.DrawFn, inner: st.SearchStrategy[str], around: str) -> str:
    """The text of a list, or of a mapping, which may have a key twice."""
    values = draw(st.lists(inner, max_size=4))
    if around == "{}":
        keys = [json.dumps(draw(st.sampled_from(WORDS)), ensure_ascii=draw(st.booleans())) for _ in values]
        values = [f"{key}{draw(SPACE)}:{draw(SPACE)}{value}" for key, value in zip(keys, values, strict=True)]
    between = f"{draw(SPACE)},{draw(SPACE)}"
    return f"{around[0]}{draw(SPACE)}{between.join(values)}{draw(SPACE)}{around[1]}"


SCALARS = st.sampled_from(
    ["null", "true", "-0.5e3", "NaN", "12345678901234567890", '""', '"größe 🚀"', r'"\ud83d\ude80"', r'"\""']
)
TEXTS = st.recursive(
    SCALARS, lambda inner: listed(inner, "[]") | listed(inner, "{}") | listed(inner, "{}"), max_leaves=30
)
STATES = st.builds('{{"values": {{"root_module": {}}}, "resources": {}}}'.format, TEXTS, TEXTS)


def outcome(decoded: Any, content: bytes) -> str:
    """The value of a content, or what is raised and where."""
    try:
        return repr(decoded(content))
    except json.JSONDecodeError as error:
        return repr((error.msg, error.lineno, error.colno))
    except (ValueError, RecursionError) as error:
        return f"{type(error).__name__} {error}"


def at_once(content: bytes) -> Any:
    """The value of a content as the standard library reads it, without half characters."""
    value = json.loads(content.decode("utf-8"))
    json.dumps(value, ensure_ascii=False).encode()
    return value


@given(
    STATES,
    st.integers(min_value=0),
    st.sampled_from(["", "", ",", '"', "}", "]", "x", "\\ud83d", "\u00e4"]),
    st.booleans(),
)
@example('{"values": {"root_module": {"resources": [1,]}}}', 0, "", False)
@example('{"values": {1: 2}}', 0, "", False)
@example('{"values": {"root_module": {"resources" [1]}}}', 0, "", False)
@example('{"values": {"root_module": {"resources": [1 2]}}}', 0, "", False)
@example(f'{{"values": {{"root_module": {{"resources": [{"9" * 5000}]}}}}}}', 0, "", False)
@example(f'{{"values": {{"root_module": {{"resources": [{"[" * 100_000}]}}}}}}', 0, "", False)
def test_pieces_have_the_value_and_the_errors_of_the_whole(text: str, place: int, other: str, cut: bool) -> None:
    place %= len(text) + 1
    content = (text[:place] + other + ("" if cut else text[place:])).encode()
    assert outcome(lambda read: decode(read, ENTERED), content) == outcome(at_once, content)


def test_bytes_that_are_no_text_are_found_in_any_piece() -> None:
    for place in (b'{"values": {"root_module": {"resources": ["%s"]}}}', b'{"%s": 1}', b"%s", b'{"values": 1} %s'):
        with pytest.raises(UnicodeDecodeError):
            decode(place % b"\xff", ENTERED)


def test_each_element_is_reduced_before_the_next_one() -> None:
    seen = []
    reduced = Entered({"resources": Entered({}, lambda value: seen.append(value) or len(seen))})  # type: ignore[func-returns-value]
    assert decode(b'{"resources": [{"a": 1}, [2]], "other": [{"a": 1}]}', reduced) == {
        "resources": [1, 2],
        "other": [{"a": 1}],
    }
    assert seen == [{"a": 1}, [2]]


def test_packed_values_are_as_they_were_given() -> None:
    deep: list[Any] = []
    for _ in range(3000):
        deep = [deep]
    given_ = {
        "name": "jobs",
        "policy": [{"größe": n, "of": None} for n in range(200)],
        "deep": deep,
        "none": [],
        "few": [1],
    }
    values = PackedValues(given_)
    assert [*values] == [*given_]
    assert {**values, "deep": 0} == {**given_, "deep": 0}
    assert values["deep"] is deep
    values["policy"].clear()
    assert len(values["policy"]) == 200
    assert values.get("other") is None


def test_a_state_is_read_in_little_memory() -> None:
    block = [{"text": f"value {number}", "number": number, "flag": False} for number in range(300)]
    entries = [
        {
            "address": f"aws_sqs_queue.q{n}",
            "type": "aws_sqs_queue",
            "name": f"q{n}",
            "values": {"filler": block, "name": f"größe {n}"},
        }
        for n in range(100)
    ]
    content = json.dumps({"format_version": "1.0", "values": {"root_module": {"resources": entries}}}).encode()
    tracemalloc.start()
    try:
        file = read_content(content, "x.json")
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [dict(resource.values) for resource in file.resources] == [entry["values"] for entry in entries]
    assert most < 2.5 * len(content)  # json.loads takes 5.9 times
