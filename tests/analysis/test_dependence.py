"""What is lost with one end of a connection, by its kind, the direction of its data, and what its ends are."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archgen.analysis.availability import of_component as promise
from archgen.analysis.availability import of_flow
from archgen.analysis.effects import effects as all_effects
from archgen.analysis.effects import needed_by
from archgen.analysis.failure import Impact, of_component
from archgen.model.architecture import Architecture
from archgen.pipeline import load

HEAD = """version: 1
name: T
clouds: {aws: {region: eu-west-1, availability_zones: [eu-west-1a]}}
environments: {prod: {name: Prod, production: true, aws: {account: p, cidr: 10.2.0.0/16}}}
teams: {t: {name: T}}
kinds:
  part: {label: Part, definition: A part., needs_product: false, traits: {stateful: false, keeps_data: false, redundancy: regional}}
  mailbox: {like: part, label: Queue, definition: Holds messages., traits: {carrier: true, keeps_data: true}}
  fan-out: {like: part, label: Topic, definition: Passes messages on., traits: {carrier: true, keeps_data: false}}
  bus: {label: Bus, definition: Routes messages., needs_product: false, traits: {carrier: true}}
  proxy: {like: part, label: Proxy, definition: Passes requests on., traits: {proxy: true}}
components:
"""


def model(tmp_path: Path, components: dict[str, str], more: str = "") -> Architecture:
    file = tmp_path / "architecture.yaml"
    lines = [f"  {name}: {{title: {name.capitalize()}, {text}}}\n" for name, text in components.items()]
    file.write_text(HEAD + "".join(lines) + more, encoding="utf-8")
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    return loaded.project.resolved.default


def part(calls: str = "", kind: str = "part") -> str:
    return f"kind: {kind}, owner: t" + (f", calls: {{{calls}}}" if calls else "")


def effects(impact: Impact) -> dict[str, set[str]]:
    found = {
        "stops": set(impact.stopped),
        "degraded": set(impact.degraded),
        "cut off": set(impact.cut_off),
        "stale": set(impact.stale),
        "unknown": set(impact.unknown),
    }
    return {what: names for what, names in found.items() if names}


# What the loss of `b` does to `a`, and the loss of `a` to `b`, where `a` calls `b`.
TABLE = [
    ("", "part", "part", {"stops": {"a"}}, {}),
    ("required: false", "part", "part", {"degraded": {"a"}}, {}),
    ("data: sent", "part", "part", {"stops": {"a"}}, {"stale": {"b"}}),
    ("data: received, required: false", "part", "part", {"degraded": {"a"}, "stale": {"a"}}, {}),
    ("kind: control", "part", "part", {"degraded": {"a"}}, {"degraded": {"b"}}),
    ("kind: event", "part", "part", {"degraded": {"a"}}, {"stale": {"b"}}),
    ("", "part", "mailbox", {"stops": {"a"}}, {"stale": {"b"}}),
    ("required: false", "part", "mailbox", {"degraded": {"a"}}, {"stale": {"b"}}),
    ("data: received", "part", "mailbox", {"stale": {"a"}}, {"degraded": {"b"}}),
    ("kind: request", "part", "mailbox", {"stops": {"a"}}, {}),
    ("", "mailbox", "part", {"unknown": {"a"}}, {}),
    ("kind: request", "mailbox", "part", {"stops": {"a"}}, {}),
    ("kind: event", "mailbox", "part", {"degraded": {"a"}}, {"stale": {"b"}}),
    ("", "fan-out", "mailbox", {"degraded": {"a"}}, {"stale": {"b"}}),
    ("", "proxy", "part", {"stops": {"a"}}, {}),
    ("required: false", "proxy", "part", {"degraded": {"a"}}, {}),
]


@pytest.mark.parametrize(("call", "tail", "head", "without_head", "without_tail"), TABLE)
def test_what_happens_to_either_end(
    tmp_path: Path,
    call: str,
    tail: str,
    head: str,
    without_head: dict[str, set[str]],
    without_tail: dict[str, set[str]],
) -> None:
    a = model(tmp_path, {"a": part(f"b: {{{call}}}", tail), "b": part(kind=head)})
    assert effects(of_component(a, "b")) == without_head
    assert effects(of_component(a, "a")) == without_tail


def test_a_carrier_says_what_becomes_of_its_messages(tmp_path: Path) -> None:
    for kind, kept in (("mailbox", "wait"), ("fan-out", "are lost"), ("bus", "wait or are lost")):
        a = model(tmp_path, {"a": part("b: {kind: event}", kind), "b": part()})
        assert of_component(a, "b").degraded == {"a": f"cannot deliver to B; messages {kept}"}


def test_a_flow_behind_a_carrier_breaks_or_is_late_as_the_model_says(tmp_path: Path) -> None:
    steps = "{from: a, to: q, text: Hands over.}, {from: q, to: b, text: Works.}, {from: b, to: c, text: Stores.}"
    flows = f"flows: {{work: {{title: Work, steps: [{steps}]}}}}\n"
    for kind, wanted in (
        ("mailbox", (set(), {"work"}, set())),
        ("fan-out", ({"work"}, set(), set())),
        ("bus", (set(), set(), {"work"})),
    ):
        components = {"a": part("q: {}"), "q": part("b: {kind: event}", kind), "b": part("c: {}"), "c": part()}
        a = model(tmp_path, components, flows)
        for lost in ("b", "c"):
            impact = of_component(a, lost)
            assert (set(impact.flows), set(impact.late), set(impact.may_break)) == wanted
        assert set(of_component(a, "q").flows) == {"work"}


def test_an_unknown_need_names_the_statement_that_settles_it(tmp_path: Path) -> None:
    a = model(tmp_path, {"a": part("b: {}", "mailbox"), "b": part(), "c": part("a: {kind: request}")})
    impact = of_component(a, "b")
    assert [(lack.what, lack.help) for lack in impact.lacks] == [
        ("whether 'a' needs 'b' or delivers to it", "state `kind: request` or `kind: event`")
    ]
    assert impact.may_stop == {"c": "calls A"}


def test_people_are_cut_off_and_nothing_depends_on_them(tmp_path: Path) -> None:
    a = model(
        tmp_path, {"people": "kind: actor, calls: {a: {}}", "a": part("b: {}"), "b": part("people: {purpose: mail}")}
    )
    impact = of_component(a, "b")
    assert effects(impact) == {"stops": {"a"}, "cut off": {"people"}}
    assert effects(of_component(a, "people")) == {}


def test_people_with_an_alternative_are_not_cut_off(tmp_path: Path) -> None:
    a = model(
        tmp_path,
        {
            "people": "kind: actor, calls: {a: {one_of: x}, b: {one_of: x}}",
            "a": part("c: {}"),
            "b": part("c: {}"),
            "c": part(),
        },
    )
    assert effects(of_component(a, "a")) == {"degraded": {"people"}}
    assert effects(of_component(a, "c")) == {"stops": {"a", "b"}, "cut off": {"people"}}


def test_a_proxy_and_alternatives_stop_only_without_all_of_their_targets(tmp_path: Path) -> None:
    for kind, one_of in (("proxy", ""), ("part", "one_of: payments")):
        a = model(
            tmp_path,
            {"a": part(f"b: {{{one_of}}}, c: {{{one_of}}}, d: {{required: true}}", kind), **{n: part() for n in "bcd"}},
        )
        assert effects(of_component(a, "b")) == {"degraded": {"a"}}
        assert effects(of_component(a, "d")) == {"stops": {"a"}}
        both = model(
            tmp_path,
            {"a": part(f"b: {{{one_of}}}, c: {{{one_of}}}", kind), "b": part("e: {}"), "c": part("e: {}"), "e": part()},
        )
        assert effects(of_component(both, "e")) == {"stops": {"a", "b", "c"}}


@pytest.mark.parametrize(
    ("call", "tail", "expected"),
    [
        ("kind: control", "part", {"degraded": {"a"}}),
        ("kind: event, data: received", "part", {"stale": {"a"}}),
        ("", "mailbox", {"unknown": {"a"}}),
        ("required: false", "part", {"degraded": {"a"}}),
    ],
)
def test_alternatives_are_not_needed_more_than_each_of_them(
    tmp_path: Path, call: str, tail: str, expected: dict[str, set[str]]
) -> None:
    text = f"one_of: x, {call}".removesuffix(", ")
    a = model(tmp_path, {"a": part(f"b: {{{text}}}", tail), "b": part()})
    assert effects(of_component(a, "b")) == expected


def test_several_connections_to_one_component_have_their_own_ids(tmp_path: Path) -> None:
    a = model(tmp_path, {"a": part("b: {port: 1, required: false}, reports: {to: b, port: 2}"), "b": part()})
    assert [(c.id, c.head, c.call.port, c.path) for c in a.traffic] == [
        ("a--b", "b", 1, ("components", "a", "calls", "b")),
        ("a--reports", "b", 2, ("components", "a", "calls", "reports")),
    ]
    assert effects(of_component(a, "b")) == {"stops": {"a"}}


def test_staleness_goes_along_the_data_and_ends_in_a_cycle(tmp_path: Path) -> None:
    """A nightly job fills a warehouse that dashboards read: without the job, every report is out of date."""
    a = model(
        tmp_path,
        {
            "job": part("warehouse: {data: sent}"),
            "warehouse": part("mart: {data: both, required: false}"),
            "mart": part("warehouse: {data: both, required: false}"),
            "dashboard": part("mart: {data: received}"),
        },
    )
    assert effects(of_component(a, "job")) == {"stale": {"warehouse", "mart", "dashboard"}}
    silent = model(tmp_path, {"job": part("warehouse: {}"), "warehouse": part()})
    assert effects(of_component(silent, "job")) == {}
    assert of_component(silent, "job").undirected == ("job--warehouse",)


def test_what_is_only_drawn_is_no_traffic(tmp_path: Path) -> None:
    a = model(tmp_path, {"a": part("b: {}"), "b": part("c: {drawn_instead_of: [a--b]}"), "c": part()})
    assert [c.id for c in a.traffic] == ["a--b"]
    assert effects(of_component(a, "c")) == {}
    assert promise(a, "b").unknown == ("b",)


def test_wrong_keys_and_lines_are_reported(tmp_path: Path) -> None:
    file = tmp_path / "architecture.yaml"
    text = part("b: {to: c}, d: {drawn_instead_of: [a--x]}, e: {protocol: htps, to: c}, f: {protocol: modbus, to: c}")
    names = "".join(f"  {name}: {{title: T{name}, {part()}}}\n" for name in "bcd")
    file.write_text(f"{HEAD}  a: {{title: A, {text}}}\n{names}", encoding="utf-8")
    assert sorted((d.code, d.message) for d in load(file).diagnostics) == [
        ("ARC-M003", "'htps' is not a known protocol"),
        ("ARC-M005", "the key 'b' is a component, but the call goes to 'c'"),
        ("ARC-R001", "the connection 'a--x' does not exist here"),
    ]


def test_ports_come_from_the_call_then_from_the_other_end_then_from_the_protocol(tmp_path: Path) -> None:
    listens = "kind: part, owner: t, traits: {port: 7070}"
    a = model(
        tmp_path,
        {
            "a": part("b: {protocol: mysql}, c: {protocol: mysql}, d: {to: c, protocol: mysql, port: 1}, e: {to: c}"),
            "b": part(),
            "c": listens,
        },
    )
    assert [c.call.port for c in a.traffic] == [3306, 7070, 1, None]


def test_more_failures_never_stop_less(tmp_path: Path) -> None:
    """For each kind of connection between three components: what stops without one of them stops without that and another one."""
    calls = ["", "required: false", "kind: event", "kind: control", "one_of: x"]
    for one, two in itertools.product(calls, repeat=2):
        a = model(tmp_path, {"a": part(f"b: {{{one}}}, c: {{{two}}}"), "b": part(), "c": part("d: {}"), "d": part()})
        alone = [set(of_component(a, name).stopped) for name in ("b", "c")]
        together = model(
            tmp_path, {"a": part(f"b: {{{one}}}, c: {{{two}}}"), "b": part("d: {}"), "c": part("d: {}"), "d": part()}
        )
        assert set.union(*alone) <= set(of_component(together, "d").stopped) | {"b", "c"}


def test_the_promise_of_a_flow_says_how_much_is_known(tmp_path: Path) -> None:
    """A firewall with a service level and a function without one: the firewall's is an upper bound, and not the flow's."""
    flow = "flows: {order: {title: Order, steps: [{from: people, to: waf, text: a}, {from: waf, to: func, text: b}]}}\n"
    a = model(
        tmp_path,
        {
            "people": "kind: actor, calls: {waf: {}}",
            "waf": "kind: waf, owner: t, product: aws-waf, calls: {func: {}}",
            "func": part(),
        },
        flow,
    )
    assert of_flow(a, "order").text == "at most 99.95%; 1 of 2 parts states a promise"
    assert promise(a, "func").text == "unknown; 0 of 1 parts state a promise"


def test_a_step_says_which_of_several_connections_it_takes(tmp_path: Path) -> None:
    """Orders need the database; reports, over another connection to it, can wait."""
    parts = {
        "people": "kind: actor, calls: {a: {}}",
        "a": part("b: {}, reports: {to: b, required: false}"),
        "b": part(),
    }
    flow = "flows: {{order: {{title: Order, steps: [{{from: people, to: a, text: In.}}, {{from: a, to: b, text: On., over: {}}}]}}}}\n"
    assert of_component(model(tmp_path, parts, flow.format("b")), "b").flows == {"order": 1}
    assert promise(a := model(tmp_path, parts, flow.format("reports")), "a").unknown == ("a", "b")
    assert of_flow(a, "order").unknown == ("a", "b")
    file = tmp_path / "architecture.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("over: reports", "over: report"), encoding="utf-8")
    assert [d.message for d in load(file).diagnostics] == ["the connection 'report' does not exist"]


CALLS = st.sampled_from(
    ["{}", "{required: false}", "{kind: event}", "{kind: control}", "{one_of: x}", "{data: received}"]
)
KINDS = st.sampled_from(["part", "mailbox", "fan-out", "bus", "proxy"])
NAMES = "abcde"


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    kinds=st.lists(KINDS, min_size=5, max_size=5),
    calls=st.dictionaries(
        st.tuples(*(st.sampled_from(NAMES),) * 2).filter(lambda pair: pair[0] != pair[1]), CALLS, max_size=9
    ),
)
def test_the_order_of_components_and_further_failures_do_not_stop_less(
    tmp_path: Path, kinds: list[str], calls: dict[tuple[str, str], str]
) -> None:
    parts = {
        name: part(", ".join(f"{head}: {call}" for (tail, head), call in calls.items() if tail == name), kind)
        for name, kind in zip(NAMES, kinds, strict=True)
    }
    a = model(tmp_path, parts)
    backwards = model(tmp_path, dict(reversed(parts.items())))
    alone = {name: down(a, name) for name in NAMES}
    for name in NAMES:
        assert alone[name] == down(backwards, name)
    for one, two in itertools.combinations(NAMES, 2):
        assert alone[one] | alone[two] <= down(a, one, two)


def down(a: Architecture, *failed: str) -> set[str]:
    """What stops for certain if these components fail together."""
    return set(all_effects(needed_by(a), failed, {}).down)


@pytest.mark.parametrize(
    ("stated", "text"),
    [
        ("", "at most 99.90%; 1 of 1 parts states a promise"),
        ("traits: {copies: 2}", "99.90%; 1 of 1 parts states a promise"),
        ("traits: {redundancy: regional}", "99.90%; 1 of 1 parts states a promise"),
        ("traits: {copies: 1}", "99.00%; 1 of 1 parts states a promise"),
        ("traits: {copies: 2}, zones: [eu-west-1a]", "99.00%; 1 of 1 parts states a promise"),
    ],
)
def test_a_promise_for_several_copies_holds_only_where_the_model_says_that_there_are_several(
    tmp_path: Path, stated: str, text: str
) -> None:
    product = (
        "products: {vm: {cloud: aws, name: VM, short: VM, definition: A VM., documentation: 'https://vm.example/', kinds: [bus],"
        " tile: VM, sla: {percent: 99.9, single_zone: 99, url: 'https://vm.example/'}}}\n"
    )
    a = model(tmp_path, {"a": f"kind: bus, owner: t, product: vm{', ' if stated else ''}{stated}"}, product)
    assert promise(a, "a").text == text


def test_a_flow_comes_late_if_a_receiver_fails_that_takes_from_a_queue(tmp_path: Path) -> None:
    steps = "{from: a, to: q, text: x}, {from: b, to: q, text: y1}, {from: b, to: c, text: z}"
    parts = {"a": part("q: {}"), "q": part(kind="mailbox"), "b": part("q: {data: received}, c: {}"), "c": part()}
    a = model(tmp_path, parts, f"flows: {{order: {{title: Order, steps: [{steps}]}}}}\n")
    for name, late, broken in (("b", {"order": 1}, {}), ("c", {"order": 2}, {}), ("q", {}, {"order": 0})):
        impact = of_component(a, name)
        assert (impact.late, impact.flows) == (late, broken)
