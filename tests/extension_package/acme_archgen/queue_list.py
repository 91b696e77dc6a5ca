"""The output of queues: a page, and a CSV file for each environment."""

import csv
import io

from acme_archgen.message_queue import MessageQueue
from archgen.extending import Artifact, Context, Emitted, Nav


def emit(context: Context) -> Emitted:
    """A page of all queues, and a CSV file at every coordinate that has some; nothing in a model without queues."""
    files = []
    for coordinate, architecture in context.resolved.architectures.items():
        queues = list(architecture.of_kind(MessageQueue))
        if queues:
            place = "-".join(part for part in (coordinate.cloud, coordinate.environment, coordinate.phase) if part)
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            writer.writerow(["queue", "product", "days"])
            writer.writerows([name, queue.product, queue.retention_days] for name, queue in queues)
            files.append(Artifact(f"queues/{place}.csv", text.getvalue().encode(), committed=True))
    if not files:
        return [], []
    page = context.page(
        "queues",
        "queues.md",
        Nav("Messaging", "Queues"),
        ("components",),
        rows=[{"id": name, "queue": queue} for name, queue in context.default.of_kind(MessageQueue)],
    )
    return [page, *files], []
