"""Facts about Pub/Sub: which components are topics, their subscriptions with dead letters, and what no subscription can deliver.

A queue is a topic with a pull subscription, both with its name. A queue that receives only what one topic sends is a subscription
of that topic. Functions cannot pull, so Pub/Sub pushes messages to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archgen.diagnostics.diagnostic import Path
from archgen.kinds._on_demand import ContainerService, Function, Queue, Topic
from archgen.model.architecture import Architecture
from archgen.model.connections import Connection
from archgen.terraform.built import builds
from archgen.terraform.recovery import unique

_PRODUCT, _MODULE, _DELIVERIES = "pub-sub", "pubsub", "deliveries"
# The modules that make what Pub/Sub can push to, by product, and how long a request may take by default, in seconds:
# https://docs.cloud.google.com/run/docs/configuring/request-timeout and https://docs.cloud.google.com/functions/docs/configuring/timeout
_TARGETS = {"cloud-run": "cloud-run", "cloud-run-functions": "cloud-functions"}
_TIMEOUTS = {"cloud-run": 300, "cloud-run-functions": 60}
# What a push needs: to call its target, and to move what fails to the topic of dead letters.
# https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions
# https://docs.cloud.google.com/pubsub/docs/handling-failures
_PUSH_ROLES: Mapping[str, str] = {
    "invoke": "roles/run.invoker",
    "publish": "roles/pubsub.publisher",
    "subscribe": "roles/pubsub.subscriber",
}
# The deadline for an answer to a push: Subscription.ackDeadlineSeconds of the API
_SHORTEST_WAIT, _LONGEST_WAIT = 10, 600


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about Pub/Sub that expressions can use."""
    return {
        "has_topic": lambda component: has_topic(a, component),
        "pull_subscriptions": lambda component: pull_subscriptions(a, component),
        "pushes": lambda: pushes(a),
        "push_roles": dict(_PUSH_ROLES),
    }


# What the facts are that no function of the same name describes.
ABOUT: Mapping[str, str] = {
    "push_roles": "The roles that pushes of Pub/Sub need, by what they let: `invoke`, `publish` and `subscribe`.",
}
# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {"has_topic": (str,), "pull_subscriptions": (str,), "pushes": ()}


def has_topic(a: Architecture, component: str) -> bool:
    """Whether a queue or topic of Pub/Sub has a topic; false for a queue that is only a subscription of another topic."""
    return _is_pubsub(a, component) and _source(a, component) is None


def pull_subscriptions(a: Architecture, component: str) -> list[dict[str, Any]]:
    """The pull subscriptions of a component's topic; the dead-letter topic of each is the ID of a component."""
    return [
        subscription for name, topic, subscription in _subscriptions(a) if topic == component and not _reader(a, name)
    ]


def pushes(a: Architecture) -> dict[str, dict[str, Any]]:
    """The subscriptions from which Pub/Sub pushes messages to functions and services, by name; topics and targets are IDs of components."""
    found = {}
    for name, topic, subscription in _subscriptions(a):
        if reader := _reader(a, name):
            found[name] = _push(a, subscription, topic, reader)
    for connection in a.traffic:
        sender, target = a.components.get(connection.tail), connection.head
        if isinstance(sender, Topic) and is_made(a, connection.tail) and _can_push(a, target):
            subscription = {
                "name": unique(a, f"{a.identifier(connection.tail)}-{target}"),
                **_with_letters(a, connection.tail, sender.max_attempts),
                **({"enable_message_ordering": True} if sender.ordered else {}),
            }
            found[f"{connection.tail}--{target}"] = _push(a, subscription, connection.tail, target)
    return found


def _push(a: Architecture, subscription: Mapping[str, Any], topic: str, target: str) -> dict[str, Any]:
    """A subscription that pushes; it waits for an answer as long as the target may take."""
    waits = max(_SHORTEST_WAIT, min(request_seconds(a, target), _LONGEST_WAIT))
    kept = {key: value for key, value in subscription.items() if key != "expiration_policy"}
    return {"ack_deadline_seconds": waits, **kept, "target": target, "topic": topic}


def _subscriptions(a: Architecture) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The subscription of each queue, with the queue and the component whose topic it is of."""
    for name, _queue in a.of_kind(Queue):
        if _is_pubsub(a, name):
            source = _source(a, name)
            yield name, source or name, _subscription(a, name, source)


def _subscription(a: Architecture, name: str, source: str | None) -> dict[str, Any]:
    """The subscription of a queue, to its own topic or to another one. It never expires, even if it is not read for a long time."""
    queue, topic = a.components[name], a.components.get(source or "")
    assert isinstance(queue, Queue)
    letters = _with_letters(a, name, queue.max_receives)
    if not letters and isinstance(topic, Topic):
        letters = _with_letters(a, source or "", topic.max_attempts)
    stated = {
        "ack_deadline_seconds": queue.visibility_timeout_seconds,
        "enable_exactly_once_delivery": queue.delivery == "exactly-once" or None,
        "enable_message_ordering": queue.ordered or (isinstance(topic, Topic) and topic.ordered) or None,
        "message_retention_duration": f"{int(queue.retention_days * 86400)}s" if queue.retention_days else None,
    }
    given = {key: value for key, value in stated.items() if value is not None}
    return {"name": unique(a, a.identifier(name)), "expiration_policy": "", **letters, **given}


def _with_letters(a: Architecture, sender: str, attempts: int | None) -> dict[str, Any]:
    """The dead-letter topic of a subscription, as the ID of a component, and the attempts before; empty if it has none."""
    letters = _letters(a, sender)
    return {"dead_letter_topic": letters, "max_delivery_attempts": attempts} if letters else {}


def _reader(a: Architecture, queue: str) -> str | None:
    """The function or service to which Pub/Sub pushes the messages of a queue; None if a stack does not make exactly one."""
    readers = [name for name, _path in _readers(a, queue)] if is_made(a, queue) else []
    return readers[0] if len(readers) == 1 and _can_push(a, readers[0]) and _why_no_push(a, queue) is None else None


def _readers(a: Architecture, queue: str) -> list[tuple[str, Path]]:
    """What gets the messages of a queue although it does not pull, with the place in the model: what the queue calls, and functions."""
    called = [(c.head, c.path) for c in a.traffic_from(queue) if a.components.get(c.head) and _is_pushed(a, c.head)]
    takes = [
        (c.tail, c.path)
        for c in a.traffic_to(queue)
        if isinstance(a.components.get(c.tail), Function) and c.call.direction == "received" and _is_pushed(a, c.tail)
    ]
    return [*called, *takes]


def _is_pushed(a: Architecture, name: str) -> bool:
    return a.components[name].product in _TARGETS


def _can_push(a: Architecture, target: str) -> bool:
    """Whether stacks make a function or service, its identity, and the pushes to it."""
    return is_run(a, target) and builds(a, _DELIVERIES)


def is_run(a: Architecture, name: str) -> bool:
    """Whether stacks make a function or service of Cloud Run and identities, in the environment's project."""
    component = a.components.get(name)
    module = _TARGETS.get(component.product or "") if component else None
    here = component is not None and component.home in (None, a.home)
    return bool(here and module and builds(a, module) and builds(a, "service-accounts"))


def is_workflow(a: Architecture, name: str) -> bool:
    """Whether stacks make a workflow of Workflows, in the environment's project."""
    component = a.components.get(name)
    here = component is not None and component.product == "workflows" and component.home in (None, a.home)
    return here and builds(a, "workflows")


def request_seconds(a: Architecture, target: str) -> int:
    """How long a function or service may take for a request, in seconds."""
    component = a.components[target]
    stated = component.timeout_seconds if isinstance(component, Function | ContainerService) else None
    return stated or _TIMEOUTS[component.product or ""]


def _letters(a: Architecture, sender: str) -> str | None:
    """The component whose topic takes the dead letters of a queue or topic; None if no stack moves messages there."""
    stated = a.components[sender]
    if not isinstance(stated, Queue | Topic) or _why_no_letters(a, stated):
        return None
    return stated.dead_letters


def _is_pubsub(a: Architecture, name: str | None) -> bool:
    component = a.components.get(name or "")
    return isinstance(component, Queue | Topic) and component.product == _PRODUCT


def is_made(a: Architecture, name: str) -> bool:
    """Whether a stack makes a queue or topic of Pub/Sub in the environment's project."""
    return _is_pubsub(a, name) and builds(a, _MODULE) and a.components[name].home in (None, a.home)


def _source(a: Architecture, queue: str) -> str | None:
    """The topic that alone sends to a queue, which is then a subscription of it; None if the queue needs a topic."""
    if not isinstance(a.components.get(queue), Queue) or not is_made(a, queue):
        return None
    senders = {c.tail for c in a.traffic_to(queue) if c.call.direction != "received"}
    topics = [name for name in sorted(senders) if _sends(a, name, queue)]
    letters = any(getattr(c, "dead_letters", None) == queue for c in a.components.values())
    return topics[0] if len(senders) == len(topics) == 1 and not letters else None


def _sends(a: Architecture, topic: str, queue: str) -> bool:
    """Whether a topic sends its messages to a queue, and not only dead letters."""
    stated = a.components.get(topic)
    return isinstance(stated, Topic) and is_made(a, topic) and stated.dead_letters != queue


# -- what is not delivered ---------------------------------------------------------------------------------


def undelivered(a: Architecture) -> Iterator[tuple[Path, str, str]]:
    """What the model delivers from a queue or topic that a stack makes, and no stack does: the place in the model, the reason, help."""
    for connection in a.traffic:
        sender = a.components.get(connection.tail)
        if not isinstance(sender, Topic) or not is_made(a, connection.tail) or connection.head == sender.dead_letters:
            continue
        if problem := _why_no_subscription(a, connection):
            yield connection.path, *problem
    for name, stated in a.components.items():
        if not isinstance(stated, Queue | Topic) or not stated.dead_letters or not is_made(a, name):
            continue
        if problem := _why_no_letters(a, stated):
            yield ("components", name, "dead_letters"), *problem


def _why_no_subscription(a: Architecture, connection: Connection) -> tuple[str, str] | None:
    head = a.components.get(connection.head)
    if head is not None and head.product in _TARGETS:
        return None if _can_push(a, connection.head) else _no_modules(head.product)
    if not (isinstance(head, Queue) and is_made(a, connection.head)):
        return (
            "archgen makes subscriptions only for queues of Pub/Sub, Cloud Run and its functions",
            "make it by hand, and write down how",
        )
    if _source(a, connection.head) != connection.tail:
        return (
            f"'{connection.head}' has other senders, too, and a subscription reads a single topic",
            "let all of them publish to the topic, or give the topic a queue for its messages only",
        )
    return None


def unread(a: Architecture) -> Iterator[tuple[str, str, Path, str, str]]:
    """Each queue with a reader that does not pull and gets nothing: both, the place in the model, the reason, and help."""
    for name, _queue in a.of_kind(Queue):
        for reader, path in _readers(a, name) if is_made(a, name) else ():
            product = a.components[reader].product or ""
            problem = _why_no_push(a, name) or (None if _can_push(a, reader) else _no_modules(product))
            if problem:
                yield name, reader, path, *problem


def _why_no_push(a: Architecture, queue: str) -> tuple[str, str] | None:
    """Why Pub/Sub cannot push the messages of a queue, and help; None if it can."""
    stated = a.components[queue]
    if len(_readers(a, queue)) > 1:
        return (
            "several functions or services read it, and Pub/Sub pushes each message to one",
            "use a topic, which sends to all of them",
        )
    if isinstance(stated, Queue) and stated.delivery == "exactly-once":
        return "Pub/Sub delivers exactly once only to subscribers that pull", "let the reader expect a message twice"
    return None


def _no_modules(product: str | None) -> tuple[str, str]:
    """What stacks lack to push to a product."""
    module = _TARGETS[product or ""]
    return (
        f"no stack has the modules '{module}', 'service-accounts' and 'deliveries', which push messages to it",
        "add deliveries to a stack after those that make the two components",
    )


def _why_no_letters(a: Architecture, sender: Queue | Topic) -> tuple[str, str] | None:
    """Why what could not be delivered does not go to the dead letters, and help; None if it does."""
    letters = sender.dead_letters or ""
    if not is_made(a, letters):
        return (
            f"no stack makes a queue or topic '{letters}' of Pub/Sub in this project",
            "add the module 'pubsub' to a stack",
        )
    if isinstance(sender, Queue) and not sender.max_receives:
        return "the model does not state after how many receives a message goes there", "state `max_receives`"
    if isinstance(sender, Topic) and not sender.max_attempts:
        return "the model does not state after how many attempts a message goes there", "state `max_attempts`"
    return None
