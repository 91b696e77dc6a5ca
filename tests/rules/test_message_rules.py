"""Rules about queues, topics, streams, event buses and the functions that they start: what is found, passed and unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from archgen.checking.asking import ask
from archgen.diagnostics.diagnostic import Diagnostic
from archgen.model.outcome import Outcome, Passed, Unsaid
from archgen.pipeline import load

# A worker reads jobs, a bus starts a listener, and an API calls a function. `%s` is for further runbooks.
MODEL = """version: 2
name: T
clouds: {aws: {region: eu-west-1}}
environments: {prod: {name: Prod, production: true, aws: {account: p}}}
teams: {t: {name: T}}
kinds:
  mailbox: {like: queue, label: Mailbox, definition: Keeps mail., needs_product: false}
defaults: {kinds: {function: {product: lambda}, queue: {product: sqs}}}
components:
  shop: {kind: function, title: Shop, timeout_seconds: 5, calls: {jobs: {data: sent}, bus: {data: sent}}}
  jobs: {kind: queue, title: Jobs, dead_letters: failed, max_receives: 5, retention_days: 4, visibility_timeout_seconds: 360}
  failed: {kind: queue, title: Failed, retention_days: 14}
  worker: {kind: function, title: Worker, timeout_seconds: 60, calls: {jobs: {data: received}}}
  bus: {kind: event-bus, title: Bus, product: eventbridge, dead_letters: failed, calls: {listener: {kind: event, data: sent}}}
  listener: {kind: function, title: Listener, timeout_seconds: 10, dead_letters: failed}
  api: {kind: api-gateway, title: API, product: api-gateway, type: rest, calls: {shop: {data: both}}}
  feed: {kind: external-system, title: Feed, calls: {readings: {data: sent}}}
  readings: {kind: stream, title: Readings, product: kinesis, retention_hours: 24, calls: {files: {kind: event, data: sent}}}
  files: {kind: object-store, title: Files, product: s3}
runbooks:
  log-archive-retrieval: {component: files, owner: t, rto_minutes: 600}
"""

JOBS = "dead_letters: failed, max_receives: 5, retention_days: 4, visibility_timeout_seconds: 360"
READS = "worker: {kind: function, title: Worker, timeout_seconds: 60, calls: {jobs: {data: received}}}"
PUSHED = "jobs: {kind: queue, title: Jobs, calls: {worker: {%s}},"
RUN = "timeout_seconds: 60, calls: {jobs: {data: received}}"

# The rule, the component, a text of the model with its replacement, and what the rule says then. Without a change: the model as it is.
CASES: tuple[tuple[str, str, str, str, type[Outcome] | None], ...] = (
    ("OPS906", "jobs", "", "", Passed),
    ("OPS906", "jobs", READS, "worker: {kind: function, title: Worker}", Diagnostic),
    ("OPS906", "jobs", READS, READS.replace("data: received", "purpose: jobs"), Unsaid),
    ("OPS906", "jobs", READS, READS.replace("jobs: {data", "jobs: {kind: control, data"), Diagnostic),
    ("OPS906", "bus", "{listener: {kind: event, data: sent}}", "{listener: {data: sent}}", Unsaid),
    ("OPS906", "bus", ", calls: {listener: {kind: event, data: sent}}", "", Diagnostic),
    ("OPS906", "bus", "{listener: {kind: event, data: sent}}", "{failed: {kind: event, data: sent}}", Diagnostic),
    ("OPS906", "failed", "", "", None),
    ("OPS906", "files", "", "", None),
    ("HA209", "jobs", "", "", Passed),
    ("HA209", "jobs", "dead_letters: failed, max_receives: 5, ", "", Diagnostic),
    ("HA209", "jobs", f"queue, title: Jobs, {JOBS}", "mailbox, title: Jobs", Diagnostic),
    ("HA209", "failed", "", "", None),
    ("HA209", "bus", "product: eventbridge, dead_letters: failed,", "product: eventbridge,", Diagnostic),
    ("HA209", "listener", "", "", Passed),
    ("HA209", "listener", "timeout_seconds: 10, dead_letters: failed", "timeout_seconds: 10", Diagnostic),
    ("HA209", "worker", "", "", None),
    ("HA209", "shop", "", "", None),
    ("HA210", "jobs", "", "", Passed),
    ("HA210", "jobs", "max_receives: 5", "max_receives: 4", Diagnostic),
    ("HA210", "jobs", "max_receives: 5, ", "", Unsaid),
    ("HA210", "bus", "eventbridge, dead_letters: failed,", "eventbridge, dead_letters: failed, max_attempts: 1,", Diagnostic),
    ("HA210", "bus", "product: eventbridge, dead_letters: failed,", "product: eventbridge, dead_letters: failed, max_attempts: 2,", Passed),
    ("HA210", "bus", "", "", None),
    ("HA211", "jobs", "", "", Passed),
    ("HA211", "jobs", "visibility_timeout_seconds: 360", "visibility_timeout_seconds: 359", Diagnostic),
    ("HA211", "jobs", "visibility_timeout_seconds: 360", "visibility_timeout_seconds: 59", Diagnostic),
    ("HA211", "jobs", ", visibility_timeout_seconds: 360", "", Unsaid),
    ("HA211", "worker", "timeout_seconds: 60, ", "", Unsaid),
    ("HA211", "jobs", "{shop: {data: both}}", "{shop: {data: both}, worker: {data: both}}", None),  # it may extend the time itself
    ("HA212", "jobs", "", "", Passed),
    ("HA212", "jobs", "{jobs: {data: received}}", "{jobs: {data: both}}", Diagnostic),
    ("HA212", "readings", "title: Files, product: s3", "title: Files, product: s3, calls: {shop: {kind: event, data: sent}}", Passed),
    ("HA212", "jobs", "{jobs: {data: received}}", "{jobs: {data: received}, files: {data: sent}}", Passed),
    ("HA212", "bus", "timeout_seconds: 10,", "timeout_seconds: 10, calls: {bus: {data: sent}},", None),  # its rules decide
    ("HA213", "shop", "", "", Passed),
    ("HA213", "shop", "title: Shop, timeout_seconds: 5", "title: Shop, timeout_seconds: 29", Passed),
    ("HA213", "shop", "title: Shop, timeout_seconds: 5", "title: Shop, timeout_seconds: 30", Diagnostic),
    ("HA213", "shop", "type: rest,", "type: rest, timeout_seconds: 4,", Diagnostic),
    ("HA213", "shop", "title: Shop, timeout_seconds: 5", "title: Shop", Unsaid),
    ("HA213", "api", "type: rest, ", "", Unsaid),
    ("HA213", "listener", "", "", None),
    ("HA214", "shop", "bus: {data: sent}}", "bus: {data: sent}, worker: {data: both}}", Diagnostic),
    ("HA214", "shop", "bus: {data: sent}}", "bus: {data: sent}, worker: {kind: event, data: sent}}", Passed),
    ("HA214", "shop", "", "", None),
    ("DATA408", "readings", "", "", Passed),
    ("DATA408", "readings", "rto_minutes: 600", "rto_minutes: 1441", Diagnostic),
    ("DATA408", "readings", "retention_hours: 24, ", "", Unsaid),
    ("DATA408", "jobs", "", "", None),
    ("DATA409", "failed", "", "", Passed),
    ("DATA409", "failed", "retention_days: 14", "retention_days: 4", Diagnostic),
    ("DATA409", "failed", ", retention_days: 14", "", Unsaid),
    ("DATA409", "jobs", "retention_days: 4, ", "", Unsaid),
    ("DATA409", "failed", "max_receives: 5", "max_receives: 5, ordered: true", None),  # their time starts again
    ("DATA410", "failed", "", "", None),
    ("DATA410", "failed", "max_receives: 5", "max_receives: 5, ordered: true", Unsaid),
    ("DATA410", "failed", "title: Failed,", "title: Failed, ordered: true,", None),  # what is missing is stated at 'jobs'
    ("DATA410", "jobs", "title: Failed,", "title: Failed, ordered: true,", Unsaid),
)  # fmt: skip


def outcomes(tmp_path: Path, text: str, code: str, name: str) -> list[Outcome]:
    file = tmp_path / "architecture.yaml"
    file.write_text(text, encoding="utf-8")
    loaded = load(file)
    assert loaded.project, loaded.diagnostics
    said = [outcome for asked, outcome in ask("check", loaded.project.resolved.default) if asked == code]
    return [o for o in said if name in (o.lack.path if isinstance(o, Unsaid) else o.path)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} {case[1]} {case[3][-40:]}")
def test_what_a_rule_says(tmp_path: Path, case: tuple[str, str, str, str, type[Outcome] | None]) -> None:
    code, name, old, new, expected = case
    assert old in MODEL
    said = {type(o) for o in outcomes(tmp_path, MODEL.replace(old, new, 1) if old else MODEL, code, name)}
    assert said == ({expected} if expected else set())


def test_two_ordered_queues_belong_together_and_two_different_ones_do_not(tmp_path: Path) -> None:
    for ordered, expected in (
        (("true", "true"), Passed),
        (("true", "false"), Diagnostic),
        (("false", "true"), Diagnostic),
    ):
        text = MODEL.replace("max_receives: 5", f"max_receives: 5, ordered: {ordered[0]}")
        text = text.replace("title: Failed,", f"title: Failed, ordered: {ordered[1]},")
        assert {type(o) for o in outcomes(tmp_path, text, "DATA410", "failed")} == {expected}


def test_service_bus_keeps_dead_letters_by_default(tmp_path: Path) -> None:
    text = """version: 2
name: T
clouds: {azure: {region: westeurope}}
environments: {prod: {name: Prod, production: true, azure: {subscription: p}}}
components:
  shop: {kind: function, title: Shop, product: azure-functions, calls: {jobs: {data: both}}}
  jobs: {kind: queue, title: Jobs, product: service-bus}
"""
    assert outcomes(tmp_path, text, "HA209", "jobs") == []
    text = text.replace("kind: queue, title: Jobs, product: service-bus", "kind: mailbox, title: Jobs")
    own = "kinds: {mailbox: {like: queue, label: Mailbox, definition: Keeps mail., needs_product: false}}\ncomponents:"
    assert [type(o) for o in outcomes(tmp_path, text.replace("components:", own), "HA209", "jobs")] == [Diagnostic]


def test_a_queue_that_delivers_starts_its_function_like_one_that_is_read(tmp_path: Path) -> None:
    """Whichever of the two declares the connection."""
    text = MODEL.replace(RUN, "timeout_seconds: 61").replace(
        "jobs: {kind: queue, title: Jobs,", PUSHED % "kind: event, data: sent"
    )
    assert [type(o) for o in outcomes(tmp_path, text, "OPS906", "jobs")] == [Passed]
    (short,) = outcomes(tmp_path, text, "HA211", "jobs")
    assert isinstance(short, Diagnostic)
    assert (short.severity, short.help) == ("info", "set at least 366 seconds")
    assert outcomes(tmp_path, text, "HA209", "worker") == []  # the queue keeps what the function could not process


def test_less_than_the_timeout_of_the_function_is_worse_than_less_than_six_times(tmp_path: Path) -> None:
    (found,) = outcomes(tmp_path, MODEL.replace("timeout_seconds: 360", "timeout_seconds: 59"), "HA211", "jobs")
    assert isinstance(found, Diagnostic)
    assert found.severity == "warning"


def test_a_loop_over_several_components_is_reported_once_with_its_way(tmp_path: Path) -> None:
    text = MODEL.replace(RUN, "timeout_seconds: 60, calls: {jobs: {data: received}, files: {data: sent}}")
    text = text.replace(
        "title: Files, product: s3", "title: Files, product: s3, calls: {again: {kind: event, data: sent}}"
    )
    text = text.replace("  feed:", "  again: {kind: function, title: Again, calls: {jobs: {data: sent}}}\n  feed:")
    found = [
        d for name in ("jobs", "files") for d in outcomes(tmp_path, text, "HA212", name) if isinstance(d, Diagnostic)
    ]
    assert [d.message for d in found] == [
        "an event can go around forever: from 'jobs' to 'worker' to 'files' to 'again' to 'jobs'"
    ]


def test_sending_dead_letters_back_by_hand_is_no_loop(tmp_path: Path) -> None:
    text = MODEL.replace(
        "title: Failed, retention", "title: Failed, calls: {again: {kind: event, data: sent}}, retention"
    )
    text = text.replace("  feed:", "  again: {kind: function, title: Again, calls: {jobs: {data: sent}}}\n  feed:")
    assert [type(o) for o in outcomes(tmp_path, text, "HA212", "failed")] == [Passed]


def test_the_example_without_servers_is_found_with_one_line_changed(tmp_path: Path) -> None:
    """The line of the finding is the changed one, or that of the component."""
    example = Path(__file__).parents[2] / "examples/serverless/architecture.yaml"
    text = example.read_text(encoding="utf-8").partition("\nflows:")[0]
    for code, name, old, new in (
        ("HA209", "notices", "product: sns\n    dead_letters: failed-events", "product: sns"),
        ("HA210", "packing", "max_receives: 5", "max_receives: 1"),
        ("DATA409", "failed-parcels", "logistics\n    retention_days: 4", "logistics"),
        ("OPS906", "notices", "calls: {shoppers: {kind: event, data: sent, purpose: e-mail}}", "calls: {}"),
        ("HA213", "pack", "    title: Pack\n", "    title: Pack\n    timeout_seconds: 40\n"),
    ):  # fmt: skip
        assert old in text, old
        before = outcomes(tmp_path, text, code, name)
        after = outcomes(tmp_path, text.replace(old, new, 1), code, name)
        assert [type(o) for o in after if isinstance(o, Diagnostic)] == [Diagnostic], code
        assert not [o for o in before if isinstance(o, Diagnostic)], code
