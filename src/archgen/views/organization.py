"""The organization: accounts, projects or subscriptions, what groups them, and the environments and shared services in them."""

from __future__ import annotations

from typing import Literal

from archgen.draw.graph import Graph, Group, Icon, Node
from archgen.model.architecture import Architecture
from archgen.model.per_cloud import CloudOrganization, OrganizationHome
from archgen.views._groups import calls_between, everything, picture
from archgen.views._parts import node_of

TITLE = "Organization"
QUESTION = "Which environment is in which {homes}, and what is kept separate?"
ORDER = 10
PART = ("organization",)


def view(architecture: Architecture, horizon: Architecture) -> Graph:
    """Every account, project or subscription, with its environments and the services that have it as their home."""
    a, organization = architecture, architecture.organization
    names = [name for name, source in everything(a, horizon).items() if source.other_home(source.components[name])]
    if organization and a.facts.folder:
        homes: list[Group | Node] = _folders(a, horizon, organization)
    elif organization:
        stated = organization.all_homes()
        homes = [_home(a, horizon, id_, _numbered(home), home.workloads) for id_, home in stated.items()]
    else:
        ids = dict.fromkeys(a.home_of(e) for e in a.document.environments)
        homes = [_home(a, horizon, id_, id_, True) for id_ in ids]
    label = a.facts.organization_label if organization else a.facts.cloud_label
    columns: Literal["column"] | int = "column" if a.facts.folder else 2
    whole = Group("organization", label, "cloud", tuple(homes), columns)
    edges = calls_between(a, horizon, names)
    described = f"The {a.facts.home}s of {a.document.name} on {a.facts.full_name}, and what is in each of them. "
    described += f"Components in the {a.facts.home} of their environment are not drawn."
    return picture("organization", TITLE, described, a, [whole], edges, "grid")


def _numbered(home: OrganizationHome) -> str:
    return f"{home.name}{f' ({home.number})' if home.number else ''}"


def _home(a: Architecture, horizon: Architecture, id_: str, label: str, workloads: bool) -> Group:
    environments = [name for name in a.document.environments if a.home_of(name) == id_]
    nodes: list[Node] = []
    for name in environments:
        environment = a.document.environments[name]
        there = environment.on(a.coordinate.cloud)
        tile = Icon(tile=name[:5], category="compute")
        details = [f"{word} {name}" for word, name in there.details.items()] if there else []
        note = ", ".join((*details, *([there.cidr] if there.cidr else ()))) if there else ""
        nodes.append(Node(f"environment-{name}", environment.name, tile, note, "environments"))
    for name, source in everything(a, horizon).items():
        if source.other_home(source.components[name]) == id_:
            product = source.product(source.components[name])
            note = product.short if product else ""
            nodes.append(node_of(source, name, planned=source is not a, note=note))
    if not nodes:
        nodes.append(
            Node(f"empty-{id_}", "Workloads" if workloads else "No workloads", Icon(tile="–"), page="environments")
        )
    peer = "" if a.facts.folder else "home"  # homes without folders are drawn side by side
    return Group(f"home-{id_}", label, "home", tuple(nodes), "row" if len(nodes) < 5 else 4, peer)


def _folders(a: Architecture, horizon: Architecture, organization: CloudOrganization) -> list[Group | Node]:
    """A row of folders with their homes, and a second row of the homes that are directly under the organization."""
    homes, folders = organization.all_homes(), organization.all_folders()
    by_name = {
        id_: _home(a, horizon, id_, f"{a.facts.home_label} {_numbered(home)}", home.workloads)
        for id_, home in homes.items()
    }

    def inside(folder: str | None) -> tuple[Group, ...]:
        """The folders in a folder, then the homes in it."""
        return (
            *(group(id_) for id_, other in folders.items() if other.parent == folder),
            *(by_name[id_] for id_, home in homes.items() if home.folder == folder),
        )

    def group(id_: str) -> Group:
        return Group(f"folder-{id_}", f"{a.facts.folder_label} {folders[id_].name}", "generic", inside(id_))

    top = inside(None)
    rows = ([part for part in top if part.id.startswith("folder-")], [p for p in top if p.id.startswith("home-")])
    return [Group(f"row-{n}", "", "none", tuple(row)) for n, row in enumerate(rows) if row]
