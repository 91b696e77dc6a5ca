"""The view of events and messages shows what sends, carries and gets messages, in models that have a carrier."""

from __future__ import annotations

from pathlib import Path

from archgen.draw.graph import Graph, LeftOut
from archgen.views import views_of
from archgen.views.events import view
from conftest import project_of

MODEL = """version: 2
name: T
clouds: {aws: {region: eu-west-1}}
environments: {prod: {name: Prod, production: true, aws: {account: a}}}
phases: {first: {name: First}, later: {name: Later}}
teams: {team: {name: Team}}
kinds:
  mailbag: {label: Mailbag, definition: Carries letters., needs_product: false, traits: {carrier: true}}
components:
  web:
    kind: function
    title: Web
    owner: team
    product: lambda
    calls:
      orders: {data: sent, purpose: new order}
      table: {protocol: https, data: both}
  table: {kind: document-database, title: Table, owner: team, product: dynamodb}
  orders:
    kind: queue
    title: Orders
    owner: team
    product: sqs
    retention_days: 4
    dead_letters: failed
    calls: {key: {kind: request, protocol: https, purpose: data keys}}
  failed: {kind: queue, title: Failed orders, owner: team, product: sqs}
  worker:
    kind: function
    title: Worker
    owner: team
    product: lambda
    calls: {orders: {data: received, purpose: orders}, letters: {data: sent, purpose: invoice}}
  letters: {kind: mailbag, title: Letters, owner: team, calls: {printer: {data: sent, purpose: letter}}}
  printer: {kind: function, title: Printer, owner: team, product: lambda}
  nightly:
    kind: schedule
    title: Nightly
    owner: team
    product: eventbridge-scheduler
    expression: rate(1 day)
    dead_letters: failed
    calls: {report: {data: sent, purpose: starts}}
  idle-schedule: {kind: schedule, title: Idle, owner: team, product: eventbridge-scheduler}
  report: {kind: function, title: Report, owner: team, product: lambda}
  news: {in: [later], kind: topic, title: News, owner: team, product: sns, calls: {worker: {kind: event, data: sent, purpose: news}}}
  unused: {kind: topic, title: Unused, owner: team, product: sns}
  key: {kind: key-management, title: Keys, owner: team, product: kms}
"""

WITHOUT_CARRIER = """version: 2
name: T
clouds: {aws: {region: eu-west-1}}
environments: {prod: {name: Prod, production: true, aws: {account: a}}}
teams: {team: {name: Team}}
components:
  nightly: {kind: schedule, title: Nightly, owner: team, product: eventbridge-scheduler, calls: {report: {kind: event}}}
  report: {kind: function, title: Report, owner: team, product: lambda}
"""


def graph_of(tmp_path: Path, text: str, phase: str = "first") -> Graph:
    resolved = project_of(tmp_path, text).resolved
    at = next(c for c in resolved.architectures if c.phase == phase)
    return view(resolved.architectures[at], resolved.horizon(at))


def lines(graph: Graph) -> dict[tuple[str, str], tuple[str, str]]:
    return {(edge.tail, edge.head): (edge.label, edge.meaning) for edge in graph.edges}


def test_it_shows_messages_from_their_senders_to_those_who_get_them(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, MODEL)
    assert lines(graph) == {
        ("web", "orders"): ("new order", "event"),
        ("orders", "worker"): ("orders", "event"),  # the worker asks for messages, and the arrow shows where they go
        ("worker", "letters"): ("invoice", "event"),
        ("letters", "printer"): ("letter", ""),  # the model does not say whether the carrier delivers
        ("nightly", "report"): ("starts", ""),
        ("orders", "failed"): ("dead letters", "event"),
        ("nightly", "failed"): ("dead letters", "event"),
        ("news", "worker"): ("news", "event"),
    }
    assert "table" not in graph.nodes()
    assert "key" not in graph.nodes()


def test_what_a_later_phase_adds_is_planned(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, MODEL)
    assert {node.id for node in graph.root.nodes() if node.planned} == {"news"}
    assert {edge.id for edge in graph.edges if edge.planned} == {"news--worker"}
    assert not any(node.planned for node in graph_of(tmp_path, MODEL, "later").root.nodes())


def test_nodes_say_how_long_messages_are_kept_and_when_schedules_start(tmp_path: Path) -> None:
    notes = {node.id: node.note.replace("\u00a0", " ") for node in graph_of(tmp_path, MODEL).root.nodes()}
    assert notes["orders"] == "SQS, kept 4 days"
    assert notes["nightly"].endswith(", rate(1 day)")
    assert notes["failed"] == "SQS"


def test_what_has_no_connection_and_what_states_no_dead_letters_is_named(tmp_path: Path) -> None:
    graph = graph_of(tmp_path, MODEL)
    assert graph.left_out == (
        LeftOut(("Idle",), "the model does not say what it starts"),
        LeftOut(("Unused",), "the model does not say who sends messages there, or who gets them"),
    )
    # Letters are of a kind that has no such setting, and the failed orders are the dead letters.
    assert graph.description.endswith("The model states no dead letters for Unused.")


def test_a_connection_to_the_dead_letters_is_drawn_once(tmp_path: Path) -> None:
    text = MODEL.replace("calls: {key:", "calls: {failed: {data: sent, purpose: poison}, key:")
    assert text != MODEL
    edges = [edge for edge in graph_of(tmp_path, text).edges if (edge.tail, edge.head) == ("orders", "failed")]
    assert [edge.label for edge in edges] == ["poison"]


def test_a_model_without_carriers_has_no_such_view(tmp_path: Path) -> None:
    resolved = project_of(tmp_path, WITHOUT_CARRIER).resolved
    shown = views_of(resolved)["events"].graph(resolved.axes.default)
    assert not shown.nodes()
    assert not shown.left_out
