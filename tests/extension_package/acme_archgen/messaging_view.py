"""The view of queues: who writes to them, and who reads from them."""

from archgen.extending import Architecture, Edge, Graph, calls_between, everything, grouped, picture

TITLE = "Messaging"
QUESTION = "Which components write to which queues, and which read from them?"
ORDER = 55
PART = ("components",)

_GROUPS = {"producer": "Producers", "queue": "Queues", "consumer": "Consumers"}


def view(architecture: Architecture, horizon: Architecture) -> Graph:
    """Queues between their producers and consumers; nothing without queues."""
    known = everything(architecture, horizon)
    components = {name: source.components[name] for name, source in known.items()}
    queues = [name for name, component in components.items() if component.kind == "message-queue"]
    consumers = [name for queue in queues for name in getattr(components[queue], "consumers", ()) if name in components]
    producers = [name for name, component in components.items() if set(component.calls) & set(queues)]
    role = {
        **dict.fromkeys(consumers, "consumer"),
        **dict.fromkeys(producers, "producer"),
        **dict.fromkeys(queues, "queue"),
    }

    def by_role(_architecture: Architecture, name: str) -> tuple[str, str, str]:
        return role[name], _GROUPS[role[name]], "generic"

    deliveries = [
        Edge(f"{queue}--{name}", queue, name, "messages", dashed=True)
        for queue in queues
        for name in getattr(components[queue], "consumers", ())
        if name in components
    ]
    edges = [*calls_between(architecture, horizon, role), *deliveries]
    return picture(
        "messaging",
        TITLE,
        "Queues between the components that write to them and those that read from them.",
        architecture,
        grouped(architecture, horizon, role, by_role),
        edges,
    )
