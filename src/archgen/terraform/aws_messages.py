"""Facts about queues, topics, streams, tables, functions and workflows on AWS, besides what the model states directly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archgen.kinds._on_demand import DocumentDatabase, Function, Queue, Stream, Topic
from archgen.kinds.observability import Observability
from archgen.model.architecture import Architecture
from archgen.model.component import Component
from archgen.model.connections import Connection
from archgen.terraform.aws_identity import call_statements, is_fifo, key_use, resources, statement

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeDefinition.html
_KEY_TYPES = {"string": "S", "number": "N", "binary": "B"}
# https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html: six times the timeout of the function that reads the queue
_TRIES, _LONGEST_VISIBILITY, _DEFAULT_TIMEOUT = 6, 43200, 3
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaSQSQueueExecutionRole.html
_READ_QUEUE = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
# https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSLambdaDynamoDBExecutionRole.html
_READ_STREAM = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"]
# https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html
_READ_RECORDS = [
    "kinesis:DescribeStream",
    "kinesis:DescribeStreamSummary",
    "kinesis:GetRecords",
    "kinesis:GetShardIterator",
    "kinesis:ListShards",
    "kinesis:SubscribeToShard",
]
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
_REPORT = {"sqs": ["sqs:SendMessage"], "sns": ["sns:Publish"]}


def facts(a: Architecture) -> dict[str, Any]:
    """The facts about queues, topics, tables and functions that expressions can use."""
    return {
        "is_fifo": is_fifo,
        "table_keys": table_keys,
        "stream_shards": stream_shards,
        "streams_changes": lambda table: streams_changes(a, table),
        "hidden_seconds": lambda queue: hidden_seconds(a, queue),
        "call_permissions": lambda component: dict(sorted(call_statements(a, component).items())),
        "function_permissions": lambda function: function_permissions(a, function),
        "function_log_days": function_log_days(a),
        "in_network": lambda component: a.place(a.components[component]) in a.tiers,
    }


# What the facts are that no function of the same name describes.
ABOUT: Mapping[str, str] = {
    "call_permissions": "What a component's calls need in a policy, by statement.",
    "function_log_days": "How long CloudWatch keeps logs, in days; none if the model has no CloudWatch.",
    "in_network": "Whether a component is placed in a tier of the network.",
    "is_fifo": "Whether a queue or topic keeps the order of messages or removes duplicates.",
}

# The types of arguments of the functions among them.
FUNCTIONS: Mapping[str, tuple[type, ...]] = {
    "is_fifo": (Component,),
    "table_keys": (DocumentDatabase,),
    "stream_shards": (Stream,),
    "streams_changes": (str,),
    "hidden_seconds": (str,),
    "call_permissions": (str,),
    "function_permissions": (str,),
    "in_network": (str,),
}


def table_keys(table: DocumentDatabase) -> list[dict[str, str]]:
    """The attributes of a table's primary key. The type is that of `key_type`, and text by default, as for a sort key.

    Raises ValueError if the model does not state the partition key.
    """
    if not table.partition_key:
        raise ValueError("the model does not state the `partition_key` of the table, which cannot be changed later")
    partition = {"name": table.partition_key, "type": _KEY_TYPES[table.key_type or "string"]}
    return [partition, *([{"name": table.sort_key, "type": "S"}] if table.sort_key else [])]


def stream_shards(stream: Stream) -> int | None:
    """The number of shards of a stream whose capacity is set; None if its capacity follows the load.

    Raises ValueError if the model does not state the capacity.
    """
    if stream.capacity == "on-demand":
        if stream.partitions:
            raise ValueError("a stream whose `capacity` is on-demand has no `partitions`")
        return None
    if stream.partitions is None:
        raise ValueError("the model does not state the `partitions` of the stream, or that its `capacity` is on-demand")
    return stream.partitions


def streams_changes(a: Architecture, table: str) -> bool:
    """Whether a table streams its changes: the model states it, a function takes them, or another region has a replica."""
    stated = a.components[table]
    assert isinstance(stated, DocumentDatabase)
    copied = stated.disaster_recovery in ("replica", "multi-region")
    return bool(stated.change_stream or copied or any(source == table for _f, source, _c in event_sources(a)))


def hidden_seconds(a: Architecture, queue: str) -> int | None:
    """How long a queue hides a received message; by default six times the timeout of the function that reads it, as Lambda asks.

    None if no function reads it and the model does not state it.
    """
    stated = a.components[queue]
    assert isinstance(stated, Queue)
    if stated.visibility_timeout_seconds is not None:
        return stated.visibility_timeout_seconds
    readers = [a.components[function] for function, source, _c in event_sources(a) if source == queue]
    timeouts = [f.timeout_seconds or _DEFAULT_TIMEOUT for f in readers if isinstance(f, Function)]
    return min(max(timeouts) * _TRIES, _LONGEST_VISIBILITY) if timeouts else None


def event_sources(a: Architecture) -> Iterator[tuple[str, str, Connection]]:
    """The functions that Lambda runs for each message of a queue, record of a stream or change of a table, each with the source and the
    connection.

    The function calls the source and receives from it (from a table as an event), or the queue calls the function.
    """
    for connection in a.traffic:
        tail, head = (a.components.get(name) for name in (connection.tail, connection.head))
        if _is_function(tail) and connection.call.direction == "received":
            is_table = isinstance(head, DocumentDatabase) and head.product == "dynamodb" and connection.kind == "event"
            is_stream = isinstance(head, Stream) and head.product == "kinesis"
            if is_table or is_stream or (isinstance(head, Queue) and head.product == "sqs"):
                yield connection.tail, connection.head, connection
        elif _is_function(head) and isinstance(tail, Queue) and tail.product == "sqs":
            yield connection.head, connection.tail, connection


def _is_function(component: object) -> bool:
    return isinstance(component, Function) and component.product == "lambda"


def function_permissions(a: Architecture, function: str) -> dict[str, dict[str, Any]]:
    """What the role of a function permits, by statement: its calls, reading its event sources, and reporting failures."""
    found = call_statements(a, function)
    for reader, source, _connection in event_sources(a):
        if reader != function:
            continue
        component = a.components[source]
        arns = list(resources(a, source, component))
        if isinstance(component, Queue):
            found.setdefault(source, statement(_READ_QUEUE, arns))
        elif isinstance(component, Stream):
            found[source] = statement(sorted({*found.get(source, {}).get("actions", ()), *_READ_RECORDS}), arns)
        else:
            if _only_takes_changes(a, function, source):
                found.pop(source, None)
            found[f"{source}-stream"] = statement(_READ_STREAM, [f"{arns[0]}/stream/*"])
        if use := key_use(a, source):
            found[f"{source}-key"] = use
    stated = a.components[function]
    assert isinstance(stated, Function)
    letters = a.components.get(stated.dead_letters or "")
    if stated.dead_letters and isinstance(letters, Queue | Topic) and letters.product in _REPORT:
        arns = list(resources(a, stated.dead_letters, letters))
        found.setdefault(stated.dead_letters, statement(_REPORT[letters.product], arns))
        if use := key_use(a, stated.dead_letters):
            found.setdefault(f"{stated.dead_letters}-key", use)
    return dict(sorted(found.items()))


def _only_takes_changes(a: Architecture, function: str, table: str) -> bool:
    """Whether a function takes the changes of a table, and does not read the table itself."""
    return all(c.kind == "event" for c in a.traffic_from(function) if c.head == table)


def function_log_days(a: Architecture) -> int | None:
    """How long CloudWatch keeps logs, in days; None if the model has no CloudWatch."""
    return next(
        (o.log_retention_days for _name, o in a.of_kind(Observability) if "cloudwatch" in a.products_of(o)), None
    )
