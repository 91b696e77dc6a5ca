"""Facts about Pub/Sub: which components are topics, their subscriptions with dead letters, and what no subscription can deliver.

A queue is a topic with a pull subscription, both with its name. A queue that receives only what one topic sends is a subscription
of that topic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archgen.diagnostics.diagnostic import Path
from archgen.kinds.queue import Queue
from archgen.kinds.topic import Topic
from archgen.model.architecture import Architecture
from archgen.model.connections import Connection
from archgen.terraform.built import builds
from archgen.terraform.recovery import unique

_PRODUCT, _MODULE = "pub-sub", "pubsub"


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about Pub/Sub that expressions can use."""
    return {
        "has_topic": lambda component: has_topic(a, component),
        "pull_subscriptions": lambda component: pull_subscriptions(a, component),
    }


# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {"has_topic": (str,), "pull_subscriptions": (str,)}


def has_topic(a: Architecture, component: str) -> bool:
    """Whether a queue or topic of Pub/Sub has a topic; false for a queue that is only a subscription of another topic."""
    return _is_pubsub(a, component) and _source(a, component) is None


def pull_subscriptions(a: Architecture, component: str) -> list[dict[str, Any]]:
    """The pull subscriptions of a component's topic; the dead-letter topic of each is the ID of a component."""
    stated = a.components[component]
    if isinstance(stated, Queue):
        return [_subscription(a, component, None)]
    return [
        _subscription(a, queue, component) for queue in sorted(a.called_by(component)) if _source(a, queue) == component
    ]


def _subscription(a: Architecture, name: str, source: str | None) -> dict[str, Any]:
    """The subscription of a queue, to its own topic or to another one. It never expires, although no one may read it for a long time."""
    queue, topic = a.components[name], a.components.get(source or "")
    assert isinstance(queue, Queue)
    letters, attempts = _letters(a, name), queue.max_receives
    if letters is None and isinstance(topic, Topic):
        letters, attempts = _letters(a, source or ""), topic.max_attempts
    stated = {
        "ack_deadline_seconds": queue.visibility_timeout_seconds,
        "dead_letter_topic": letters,
        "enable_exactly_once_delivery": queue.delivery == "exactly-once" or None,
        "enable_message_ordering": queue.ordered or (isinstance(topic, Topic) and topic.ordered) or None,
        "max_delivery_attempts": attempts if letters else None,
        "message_retention_duration": f"{int(queue.retention_days * 86400)}s" if queue.retention_days else None,
    }
    given = {key: value for key, value in stated.items() if value is not None}
    return {"name": unique(a, a.identifier(name)), "expiration_policy": "", **given}


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
    if not (isinstance(a.components.get(connection.head), Queue) and is_made(a, connection.head)):
        return "archgen makes subscriptions only for queues of Pub/Sub", "make it by hand, and write down how"
    if _source(a, connection.head) != connection.tail:
        return (
            f"'{connection.head}' has other senders, too, and a subscription reads a single topic",
            "let all of them publish to the topic, or give the topic a queue for its messages only",
        )
    return None


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
