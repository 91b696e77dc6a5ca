"""Promises of vendors: equal to an enumeration of all states, and never better than a part that is always needed."""

from __future__ import annotations

import itertools
from math import isclose, prod
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archgen.analysis.availability import Promise, of_component, of_flow
from archgen.analysis.effects import effects, needed_by
from archgen.model.architecture import Architecture
from archgen.pipeline import load

HEAD = """version: 2
name: T
clouds: {aws: {region: eu-west-1, availability_zones: [eu-west-1a]}}
environments: {live: {name: Live, aws: {account: a, cidr: 10.41.0.0/16}}}
network: {tiers: {app: {name: App, internet: outbound, prefix_length: 24}}}
sites: {harbor: {name: Harbor, form: data-center}}
kinds:
  part: {label: Part, definition: A part., traits: {stateful: false, keeps_data: false}}
  link: {like: network-link, label: Link, definition: A link.}
"""
PRODUCT = (
    '  of-{0}: {{cloud: aws, name: "Of {0}", short: "{0}", definition: A product., documentation: "https://example.com/", '
    'kinds: [part, link], icon: aws.compute.EC2, sla: {{percent: {1}, url: "https://example.com/sla"}}}}\n'
)
OTHER = (
    PRODUCT.format("other", 1)
    .replace("of-other", "other")
    .replace(', sla: {percent: 1, url: "https://example.com/sla"}', "")
)


def model(folder: Path, components: dict[str, str], percents: dict[str, float], flow: str = "") -> Architecture:
    text = HEAD + "products:\n" + OTHER + "".join(PRODUCT.format(name, percent) for name, percent in percents.items())
    text += "components:\n"
    for name, rest in components.items():
        product = f"product: of-{name}, " if name in percents else "product: other, "
        kind = "" if "kind:" in rest else "kind: part, "
        text += f"  {name}: {{{kind}{product}title: {name}, {rest}}}\n"
    (folder / "architecture.yaml").write_text(text + flow, encoding="utf-8")
    loaded = load(folder / "architecture.yaml")
    assert loaded.project, [d.message for d in loaded.diagnostics]
    return loaded.project.resolved.default


TWO_LINES = {
    "app": "placement: app, calls: {ledger: {protocol: mq}}",
    "ledger": "placement: harbor",
    "gateway": "kind: link, form: transit, joins: [live, line, tunnel]",
    "line": "kind: link, form: private-line, joins: [gateway, harbor]",
    "tunnel": "kind: link, form: vpn, joins: [gateway, harbor]",
}
PERCENTS = {"app": 99.99, "ledger": 99.9, "gateway": 99.95, "line": 99.0, "tunnel": 99.0}
FLOW = "flows: {book: {title: B, question: How?, steps: [{from: app, to: ledger, text: Booked.}]}}\n"


def test_two_lines_behind_one_gateway_are_just_below_the_gateway(tmp_path: Path) -> None:
    a = model(tmp_path, TWO_LINES, PERCENTS, FLOW)
    expected = 100 * 0.9999 * 0.999 * 0.9995 * (1 - 0.01 * 0.01)
    for said in (of_component(a, "app"), of_flow(a, "book")):
        assert said.at_most is not None
        assert isclose(said.at_most, expected)
        assert {part.component for part in said.redundant} == {"line", "tunnel"}
        assert (said.bound, said.alternatives, said.extent) == ("", (), "5 of 5 parts state a promise")


def test_an_alternative_without_a_promise_counts_as_always_up(tmp_path: Path) -> None:
    components = {
        "app": "placement: app, calls: {one: {one_of: x, protocol: https}, two: {one_of: x, protocol: https}}",
        "one": "no_capability: X",
        "two": "no_capability: X",
    }
    a = model(tmp_path, components, {"app": 99.9, "one": 99.0})
    said = of_component(a, "app")
    assert (said.at_most, said.alternatives, said.bound) == (99.9, ("two",), "at most ")
    both = of_component(model(tmp_path, components, {"app": 99.9, "one": 99.0, "two": 98.0}), "app")
    assert both.at_most == pytest.approx(99.9 * (1 - 0.01 * 0.02))


def by_enumeration(a: Architecture, component: str, percents: dict[str, float]) -> float:
    needed, share = needed_by(a), 0.0
    for states in itertools.product((True, False), repeat=len(percents)):
        down = [name for name, up in zip(percents, states, strict=True) if not up]
        if component not in effects(needed, down, {}).down:
            share += prod(p / 100 if up else 1 - p / 100 for p, up in zip(percents.values(), states, strict=True))
    return 100 * share


NAMES = "abcdef"
CALLS = st.sampled_from(["{protocol: https}", "{one_of: x}", "{one_of: z}", "{required: false}"])


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] < pair[1]),
        CALLS,
        max_size=9,
    )
)
def test_promises_agree_with_an_enumeration_of_all_states(tmp_path: Path, calls: dict[tuple[str, str], str]) -> None:
    percents = {name: 99.0 - position for position, name in enumerate(NAMES)}
    parts = {
        name: "calls: {" + ", ".join(f"{head}: {call}" for (tail, head), call in calls.items() if tail == name) + "}"
        for name in NAMES
    }
    a = model(tmp_path, parts, percents)
    said: Promise = of_component(a, "a")
    assert said.at_most == pytest.approx(by_enumeration(a, "a", percents))
    assert all(said.at_most <= part.percent + 1e-9 for part in said.parts)
