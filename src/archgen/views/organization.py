"""The organization: accounts, or folders and projects, with the environments and shared services in them."""

from __future__ import annotations

from typing import Literal

from archgen.draw.graph import Graph, Group, Icon, Node
from archgen.model.architecture import Architecture
from archgen.views._groups import calls_between, everything, picture
from archgen.views._parts import node_of

TITLE = "Organization"
QUESTION = "Which environment is in which account or project, and what is kept separate?"
ORDER = 10
PART = ("organization",)


def view(architecture: Architecture, horizon: Architecture) -> Graph:
    """Every account or project, with its environments and the services that have it as their home."""
    a = architecture
    organization = a.document.organization
    names = [name for name, source in everything(a, horizon).items() if source.components[name].home]
    if organization and a.coordinate.cloud == "aws" and organization.aws:
        label = "Organization"
        homes: list[Group | Node] = [
            _home(a, horizon, id_, f"{account.name}{f' ({account.id})' if account.id else ''}", account.workloads)
            for id_, account in organization.aws.accounts.items()
        ]
    elif organization and a.coordinate.cloud == "gcp" and organization.gcp:
        label, homes = "Organization", _folders(a, horizon)
    else:
        label = ""
        homes = [
            _home(a, horizon, id_, id_, True) for id_ in dict.fromkeys(a.home_of(e) for e in a.document.environments)
        ]
    columns: Literal["column"] | int = 2 if a.coordinate.cloud == "aws" else "column"
    whole = Group("organization", label or a.facts.cloud_label, "cloud", tuple(homes), columns)
    edges = calls_between(a, horizon, names)
    described = f"The {a.facts.home}s of {a.document.name} on {a.facts.full_name}, and what is in each of them."
    return picture("organization", TITLE, described, a, [whole], edges, "grid")


def _home(a: Architecture, horizon: Architecture, id_: str, label: str, workloads: bool) -> Group:
    environments = [name for name in a.document.environments if a.home_of(name) == id_]
    nodes: list[Node] = []
    for name in environments:
        environment = a.document.environments[name]
        range_ = environment.aws if a.coordinate.cloud == "aws" else environment.gcp
        tile = Icon(tile=name[:5], category="compute")
        nodes.append(Node(f"environment-{name}", environment.name, tile, range_.cidr if range_ else "", "environments"))
    for name, source in everything(a, horizon).items():
        if source.components[name].home == id_:
            product = source.product(source.components[name])
            note = product.short if product else ""
            nodes.append(node_of(source, name, planned=source is not a, note=note))
    if not nodes:
        nodes.append(
            Node(f"empty-{id_}", "Workloads" if workloads else "No workloads", Icon(tile="–"), page="environments")
        )
    peer = "home" if a.coordinate.cloud == "aws" else ""  # accounts are drawn side by side, projects in folders
    return Group(f"home-{id_}", label, "home", tuple(nodes), "row" if len(nodes) < 5 else 4, peer)


def _folders(a: Architecture, horizon: Architecture) -> list[Group | Node]:
    """A row of folders with their projects, and a second row of the projects that are directly under the organization."""
    organization = a.document.organization
    assert organization
    assert organization.gcp
    projects = organization.gcp.projects
    by_name = {
        name: _home(a, horizon, name, f"Project {project.name or name}", True) for name, project in projects.items()
    }
    folders = tuple(
        Group(
            f"folder-{id_}",
            f"Folder {folder.name}",
            "generic",
            tuple(by_name[name] for name, project in projects.items() if project.folder == id_),
        )
        for id_, folder in organization.gcp.folders.items()
    )
    loose = tuple(by_name[name] for name, project in projects.items() if project.folder is None)
    return [Group(f"row-{n}", "", "none", row) for n, row in enumerate((folders, loose)) if row]
