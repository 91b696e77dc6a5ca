"""ACME101: messages that cannot be handled are kept."""

from collections.abc import Iterator

from acme_archgen.message_queue import MessageQueue
from archgen.extending import Architecture, Diagnostic, Outcome, Passed

CODE = "ACME101"
TITLE = "A queue loses messages that cannot be handled"
SEVERITY = "warning"


def check(architecture: Architecture) -> Iterator[Outcome]:
    """Every queue that has consumers."""
    for name, queue in architecture.of_kind(MessageQueue):
        if queue.consumers and not queue.dead_letters:
            message = f"'{name}' drops messages that its consumers cannot handle"
            yield Diagnostic(CODE, message, "name another queue in dead_letters", ("components", name))
        elif queue.consumers:
            yield Passed(("components", name))
