"""What queues, topics, streams, tables, event buses, schedules and HTTP APIs on AWS deliver, from the connections of the model.

Modules make the components; the binding `deliveries` makes everything between two of them, and their permissions for it. So no module
needs the output of another one that needs its own.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from archgen.diagnostics.diagnostic import Path
from archgen.kinds._on_demand import ApiGateway, DocumentDatabase, EventBus, Function, Queue, Schedule, Stream, Topic
from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.model.connections import Connection
from archgen.model.regions import HOME
from archgen.terraform.aws_identity import is_fifo, key_use
from archgen.terraform.aws_messages import event_sources
from archgen.terraform.built import builds
from archgen.terraform.recovery import unique

# The bindings that make the components of each product between which something is delivered.
_MAKERS = {
    "api-gateway": "apigateway-v2",
    "dynamodb": "dynamodb-table",
    "eventbridge": "eventbridge",
    "kinesis": "kinesis",
    "lambda": "lambda",
    "sns": "sns",
    "sqs": "sqs",
    "step-functions": "step-functions",
}
# The products that something can be delivered to by each kind, and the action that it takes if a role delivers it.
_RULE_TARGETS = ("lambda", "sqs", "sns", "step-functions")
_SUBSCRIBERS = {"lambda": "lambda", "sqs": "sqs"}
_API_TARGETS = ("lambda",)
# What an API passes requests on to; what else it calls, such as a directory of users, it asks something.
_BEHIND_APIS = ("container-service", "function", "ingress", "load-balancer", "virtual-machine", "virtual-machine-group")
SCHEDULE_ACTIONS = {
    "lambda": "lambda:InvokeFunction",
    "sqs": "sqs:SendMessage",
    "sns": "sns:Publish",
    "eventbridge": "events:PutEvents",
    "step-functions": "states:StartExecution",
}
# https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html: new changes and records, as an event source that starts now
_START = "LATEST"


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about deliveries that expressions can use."""
    return {
        "deliveries": lambda: deliveries(a),
        "schedule_expression": schedule_expression,
        "schedule_letters": lambda schedule: schedule_letters(a, schedule),
        "schedule_targets": lambda schedule: schedule_targets(a, schedule),
    }


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "deliveries": (),
    "schedule_expression": (Schedule,),
    "schedule_letters": (str,),
    "schedule_targets": (str,),
}


def is_made(a: Architecture, name: str) -> bool:
    """Whether a stack makes a component between which and others something is delivered, in this account and region."""
    component = a.components.get(name)
    module = _MAKERS.get(component.product or "") if component else None
    here = component is not None and component.home in (None, a.home) and HOME in (a.regions_of(component) or (HOME,))
    return bool(here and module and builds(a, module))


def deliveries(a: Architecture) -> dict[str, dict[str, dict[str, Any]]]:
    """What is delivered, by the form of the delivery: dead letters of queues, event sources and failures of functions, subscriptions
    of topics, rules of event buses, requests of HTTP APIs, and what may send to which queue or topic. Empty if nothing is delivered.
    """
    found = {
        "dead_letters": dict(_dead_letters(a)),
        "event_sources": dict(_event_sources(a)),
        "failures": dict(_failures(a)),
        "requests": {c.id: {"api": c.tail, "function": c.head} for c in api_requests(a)},
        "rules": dict(_rules(a)),
        "subscriptions": dict(_subscriptions(a)),
    }
    if not any(found.values()):
        return {}
    return {**found, "queue_senders": _queue_senders(a, found), "topic_senders": _topic_senders(a, found)}


def _letters(a: Architecture, sender: Queue | Topic | EventBus | Function | Schedule) -> str | None:
    """The queue for the dead letters of a component; None if no stack makes it, or if it does not fit.

    Dead letters of a FIFO queue or topic go to a FIFO queue, and those of all others to one that is not:
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
    """
    letters = a.components.get(sender.dead_letters or "")
    ordered = isinstance(sender, Queue | Topic) and is_fifo(sender)
    if not isinstance(letters, Queue) or is_fifo(letters) != ordered or not is_made(a, sender.dead_letters or ""):
        return None
    return sender.dead_letters


def _dead_letters(a: Architecture) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, queue in a.of_kind(Queue):
        if queue.max_receives and is_made(a, name) and (letters := _letters(a, queue)):
            yield name, {"max_receives": queue.max_receives, "queue": letters}


def _event_sources(a: Architecture) -> Iterator[tuple[str, dict[str, Any]]]:
    for function, source, _connection in event_sources(a):
        if not (is_made(a, function) and is_made(a, source)):
            continue
        stated = a.components[function]
        assert isinstance(stated, Function)
        streamed = isinstance(a.components[source], DocumentDatabase | Stream)
        # A queue counts receives itself, so only a stream says how often and where failed changes go.
        attempts = stated.max_attempts - 1 if streamed and stated.max_attempts else None
        yield (
            f"{source}--{function}",
            {
                "failures": _letters(a, stated) if streamed else None,
                "function": function,
                "retries": attempts,
                "source": source,
                "starts": _START if streamed else None,
            },
        )


def _failures(a: Architecture) -> Iterator[tuple[str, dict[str, Any]]]:
    """Where events go that functions could not process, and how often they are tried; for calls that do not wait for an answer.

    What a function reads from a queue or stream is not such a call.
    """
    reads = {(function, source) for function, source, _c in event_sources(a)}
    for name, function in a.of_kind(Function):
        called = any(c.kind == "event" and (name, c.tail) not in reads for c in a.traffic_to(name))
        letters, attempts = _letters(a, function), function.max_attempts
        if called and is_made(a, name) and (letters or attempts):
            yield name, {"failures": letters, "retries": min(attempts, _MOST_ASYNC_TRIES) - 1 if attempts else None}


# https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html: two retries
_MOST_ASYNC_TRIES = 3


def _rules(a: Architecture) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, bus in a.of_kind(EventBus):
        for connection in a.traffic_from(name) if is_made(a, name) else ():
            if connection.head == bus.dead_letters or _why_no_rule(a, bus, connection):
                continue
            yield (
                connection.id,
                {
                    "attempts": bus.max_attempts - 1 if bus.max_attempts else None,
                    "bus": name,
                    "dead_letters": _letters(a, bus),
                    "max_age_seconds": int(bus.max_event_age_hours * 3600) if bus.max_event_age_hours else None,
                    "name": unique(a, f"{a.identifier(name)}-{connection.key}")[:64],
                    "pattern": bus.patterns[connection.key],
                    "product": a.components[connection.head].product,
                    "target": connection.head,
                },
            )


def _subscriptions(a: Architecture) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, topic in a.of_kind(Topic):
        for connection in a.traffic_from(name) if is_made(a, name) else ():
            if connection.head != topic.dead_letters and not _why_no_subscription(a, topic, connection):
                yield (
                    connection.id,
                    {
                        "dead_letters": _letters(a, topic),
                        "protocol": _SUBSCRIBERS[a.components[connection.head].product or ""],
                        "target": connection.head,
                        "topic": name,
                    },
                )


def api_requests(a: Architecture) -> Iterator[Connection]:
    """The calls of HTTP APIs that stacks make to functions that stacks make, with routes."""
    for name, api in a.of_kind(ApiGateway):
        for connection in a.traffic_from(name) if _is_http(api) and is_made(a, name) else ():
            if not _why_no_request(a, api, connection):
                yield connection


def _is_http(component: Component) -> bool:
    return isinstance(component, ApiGateway) and component.type == "http"


def _queue_senders(a: Architecture, found: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The rules and topics that send to each queue, as targets or as dead letters; by queue."""
    senders: dict[str, dict[str, set[str]]] = {}
    for kind, key_of in (("rules", "key"), ("subscriptions", "topic")):
        for key, delivery in found[kind].items():
            for queue in (delivery["target"], delivery["dead_letters"]):
                if queue and isinstance(a.components[queue], Queue):
                    by_kind = senders.setdefault(queue, {"rules": set(), "topics": set()})
                    by_kind["rules" if kind == "rules" else "topics"].add(key if key_of == "key" else delivery[key_of])
    return {queue: {kind: sorted(ids) for kind, ids in of.items()} for queue, of in sorted(senders.items())}


def _topic_senders(a: Architecture, found: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The rules that send to each topic, by topic."""
    senders: dict[str, list[str]] = {}
    for key, rule in found["rules"].items():
        if isinstance(a.components[rule["target"]], Topic):
            senders.setdefault(rule["target"], []).append(key)
    return {topic: {"rules": sorted(keys)} for topic, keys in sorted(senders.items())}


def schedule_targets(a: Architecture, schedule: str) -> dict[str, dict[str, Any]]:
    """What a schedule starts, by the id of the component: the name of the schedule for it, and the action that its role needs."""
    stated = a.components[schedule]
    assert isinstance(stated, Schedule)
    return {
        c.head: {
            "action": SCHEDULE_ACTIONS[a.components[c.head].product or ""],
            "name": unique(a, f"{a.identifier(schedule)}-{c.head}")[:64],
        }
        for c in a.traffic_from(schedule)
        if c.head != stated.dead_letters and not _why_no_start(a, c)
    }


def schedule_letters(a: Architecture, schedule: str) -> str | None:
    """The queue for what a schedule could not start; None if it has none."""
    stated = a.components[schedule]
    assert isinstance(stated, Schedule)
    return _letters(a, stated)


def schedule_expression(schedule: Schedule) -> str:
    """When a schedule starts. Raises ValueError if the model does not state it."""
    if not schedule.expression:
        raise ValueError("the model does not state the `expression` of the schedule")
    return schedule.expression


# -- what is not delivered ---------------------------------------------------------------------------------


def undelivered(a: Architecture) -> Iterator[tuple[Path, str, str]]:
    """What the model delivers from a component that a stack makes, and no stack does: the place in the model, the reason, and help."""
    for connection in a.traffic:
        sender = a.components.get(connection.tail)
        if not isinstance(sender, ApiGateway | EventBus | Topic | Schedule) or not _delivers(a, sender, connection):
            continue
        if not _is_sender_made(a, connection.tail, sender):
            continue
        if problem := _why_not(a, sender, connection) or _why_not_encrypted(a, sender, connection):
            yield connection.path, *problem
    for name, stated in a.components.items():
        if not isinstance(stated, EventBus | Function | Queue | Topic) or not stated.dead_letters:
            continue
        if is_made(a, name) and (problem := _why_no_letters(a, stated)):
            yield ("components", name, "dead_letters"), *problem


def _delivers(a: Architecture, sender: ApiGateway | EventBus | Topic | Schedule, connection: Connection) -> bool:
    """Whether a connection passes on what a component receives; its other connections are for its own needs."""
    if isinstance(sender, ApiGateway):
        head = a.components.get(connection.head)
        return _is_http(sender) and head is not None and head.kind in _BEHIND_APIS
    return connection.head != sender.dead_letters


def _is_sender_made(a: Architecture, name: str, sender: Component) -> bool:
    if isinstance(sender, Schedule):
        return sender.product == "eventbridge-scheduler" and builds(a, "schedules") and sender.home in (None, a.home)
    return is_made(a, name)


_NO_MODULE = ("no stack has the module 'deliveries'", "add it to a stack after those that make the two components")


def _why_not(
    a: Architecture, sender: ApiGateway | EventBus | Topic | Schedule, connection: Connection
) -> tuple[str, str] | None:
    """Why no stack delivers what a component sends, and help; None if one does."""
    if isinstance(sender, Schedule):
        return _why_no_start(a, connection)
    if not builds(a, "deliveries"):
        return _NO_MODULE
    if isinstance(sender, ApiGateway):
        return _why_no_request(a, sender, connection)
    if isinstance(sender, EventBus):
        return _why_no_rule(a, sender, connection)
    return _why_no_subscription(a, sender, connection)


# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html: services that send need the key
_SERVICES = {EventBus: "events.amazonaws.com", Topic: "sns.amazonaws.com"}


def _why_not_encrypted(
    a: Architecture, sender: ApiGateway | EventBus | Topic | Schedule, connection: Connection
) -> tuple[str, str] | None:
    """Why a service cannot put messages into a queue or topic with a customer's key, and help; None if it can."""
    service = next((name for kind, name in _SERVICES.items() if isinstance(sender, kind)), None)
    if service is None or not isinstance(a.components.get(connection.head), Queue | Topic):
        return None
    if key_use(a, connection.head) is None:
        return None
    return (
        f"the policy of the key that protects '{connection.head}' does not let {service} use it",
        f"allow {service} kms:Decrypt and kms:GenerateDataKey* in that policy, or leave '{connection.head}' out of `protects`",
    )


def _why_no_letters(a: Architecture, sender: EventBus | Function | Queue | Topic) -> tuple[str, str] | None:
    if not builds(a, "deliveries"):
        return _NO_MODULE
    if isinstance(sender, Queue) and not sender.max_receives:
        return "the model does not state after how many receives a message goes there", "state `max_receives`"
    if _letters(a, sender):
        return None
    return (
        f"no stack makes a queue '{sender.dead_letters}' that fits: FIFO for a FIFO queue or topic, and standard for others",
        "let a stack make it with the module 'sqs', and state `ordered` of both queues or of neither",
    )


def _why_no_target(a: Architecture, connection: Connection, products: Collection[str]) -> tuple[str, str] | None:
    """Why nothing can be delivered to the other end of a connection, and help; None if it can."""
    target = a.components.get(connection.head)
    if target is None or target.product not in products:
        names = ", ".join(a.catalog.products[id_].name for id_ in products)
        return f"archgen makes such deliveries to {names} only", "make it by hand, and write down how"
    if not is_made(a, connection.head):
        help_ = f"add the module '{_MAKERS[target.product or '']}' to a stack"
        return f"no stack makes '{connection.head}' in this account and region", help_
    return None


def _why_no_request(a: Architecture, api: ApiGateway, connection: Connection) -> tuple[str, str] | None:
    """Why an HTTP API passes no requests on over a connection, and help; None if it does."""
    if problem := _why_no_target(a, connection, _API_TARGETS):
        return problem
    if not api.routes.get(connection.key):
        help_ = (
            f"state them under `routes` of '{connection.tail}' with the key '{connection.key}', such as `GET /orders`"
        )
        return f"the model does not state which requests go to '{connection.key}'", help_
    return None


def _why_no_start(a: Architecture, connection: Connection) -> tuple[str, str] | None:
    """Why a schedule does not start something, and help; None if it does."""
    return _why_no_target(a, connection, SCHEDULE_ACTIONS) or _why_no_group(a, connection)


def _why_no_group(a: Architecture, connection: Connection) -> tuple[str, str] | None:
    """Why a rule or schedule cannot send to a FIFO queue or topic: the model has no ID of a group of messages."""
    target = a.components[connection.head]
    if isinstance(target, Queue | Topic) and is_fifo(target):
        return (
            f"'{connection.head}' is FIFO and needs a message group",
            "make this delivery by hand, or do not use FIFO there",
        )
    return None


def _why_no_subscription(a: Architecture, topic: Topic, connection: Connection) -> tuple[str, str] | None:
    """Why a topic has no subscription for a connection, and help; None if it has one.

    https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html
    """
    if problem := _why_no_target(a, connection, _SUBSCRIBERS):
        return problem
    target = a.components[connection.head]
    if is_fifo(topic) and not isinstance(target, Queue):
        return (
            "a FIFO topic delivers to queues only",
            "put a queue between them, or state `ordered: false` of the topic",
        )
    if isinstance(target, Queue) and is_fifo(target) and not is_fifo(topic):
        return "a topic that is not FIFO cannot deliver to a FIFO queue", "state `ordered` of both, or of neither"
    return None


def _why_no_rule(a: Architecture, bus: EventBus, connection: Connection) -> tuple[str, str] | None:
    """Why a bus has no rule for a connection, and help; None if it has one."""
    key = connection.key
    if problem := _why_no_target(a, connection, _RULE_TARGETS) or _why_no_group(a, connection):
        return problem
    if key not in bus.patterns:
        help_ = f"state the events under `patterns` of '{connection.tail}' with the key '{key}', as JSON"
        return f"the model does not state which events go to '{key}'", help_
    try:
        pattern = json.loads(bus.patterns[key])
    except ValueError:
        pattern = None
    if not isinstance(pattern, dict):
        return (
            f"the pattern '{key}' is not a JSON object",
            'write it as JSON, such as {"detail-type": ["OrderCreated"]}',
        )
    return None
