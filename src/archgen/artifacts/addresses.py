"""A resolved model in; out come the addresses of all that is made of it, each with its part of the model, and those that collide.

Each family of pages has one function here. What writes the pages asks the same function, so that what is checked and what is
written cannot differ. Nothing is rendered for it: ids, folders and the names of files are enough.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.model.architecture import Architecture
from archgen.model.coordinate import Coordinate
from archgen.model.document import Stack, Terraform
from archgen.model.resolve import Resolved, locate
from archgen.registry import ids

DOCS = "docs"
GENERATED = "architecture"  # the folder below docs/ that is archgen's own
HOME = ""  # the page at the root of the site; all others lie below the generated folder
FLOW, CAPABILITY = "flow-", "capability-"  # what the views of flows and capabilities are called

# Pages that every model may get: none of the model's own may take their place, now or when the model grows.
FIXED = (
    HOME,
    "index",
    "assumptions",
    "clouds",
    "components/index",
    "connections",
    "costs",
    "decisions",
    "delivery",
    "diagnostics",
    "environments",
    "flows",
    "glossary",
    "health",
    "observability",
    "parity",
    "platform",
    "reference/kinds",
    "reference/model",
    "reference/products",
    "road",
    "runbooks/index",
    "security",
    "side-by-side",
    "sources/index",
    "start/index",
    "start/teams",
    "start/tour",
    "start/weeks",
    "terraform/index",
)
# Files beside the pages, in folders that no page may be called like.
ASSETS = ("assets/archgen.css", "assets/archgen.js")
# What archgen keeps for itself and for editors, whatever the model says.
STATE_FILES = (
    ".archgen/drawings.json",
    ".archgen/site.yml",
    "schema/architecture-part.schema.json",
    "schema/architecture.schema.json",
)
STACK_FILES = ("variables.tf", "main.tf", "needs.tf", "outputs.tf")


@dataclass(frozen=True, slots=True)
class Address:
    """The file of something that is made: its path from the project's folder, and what in the model it comes from.

    `part` is None for what every model gets. `id` is what the file is named after.
    """

    file: str
    part: Path | None = None
    id: str = ""

    @property
    def key(self) -> str:
        """The address that readers use: pages are folders for them, and no letter differs by its case alone."""
        place = self.file.casefold()
        if not self.is_page:
            return place
        return posixpath.dirname(place) if posixpath.basename(place) == "index.md" else place.removesuffix(".md")

    @property
    def is_page(self) -> bool:
        """Whether it is a page of the site."""
        return self.file.startswith(f"{DOCS}/") and self.file.endswith(".md")


def file_of(page: str) -> str:
    """The file of a page, by its place in the site: the home page, or one below `docs/architecture/`."""
    return f"{DOCS}/index.md" if page == HOME else f"{DOCS}/{GENERATED}/{page}.md"


def page_of(file: str) -> str:
    """The same the other way around."""
    return HOME if file == f"{DOCS}/index.md" else file.removeprefix(f"{DOCS}/{GENERATED}/").removesuffix(".md")


def _page(page: str, part: Path | None, id_: str = "") -> Address:
    return Address(file_of(page), part, id_)


# -- families of pages -----------------------------------------------------------------------------------


def fixed_pages() -> Iterator[Address]:
    """The pages of archgen's own, its views among them: written where there is something to show."""
    for page in dict.fromkeys((*FIXED, *ids("views"))):
        yield _page(page, None)


def view_pages(resolved: Resolved) -> Iterator[Address]:
    """A page for each view and each flow that the model declares."""
    for part, prefix in (("views", ""), ("flows", FLOW)):
        for name in _everywhere(getattr(a.document, part) for a in resolved.architectures.values()):
            yield _page(f"{prefix}{name}", (part, name), name)


def component_pages(resolved: Resolved) -> Iterator[Address]:
    """A page for each component that exists at any coordinate."""
    for name in _everywhere(a.components for a in resolved.architectures.values()):
        yield _page(f"components/{name}", ("components", name), name)


def capability_pages(resolved: Resolved) -> Iterator[Address]:
    """A page for each row of the parity table."""
    for name in resolved.default.document.capabilities:
        yield _page(f"parity/{name}", ("capabilities", name), name)


def runbook_pages(resolved: Resolved) -> Iterator[Address]:
    """A page for each runbook that an environment has today."""
    for name in _everywhere(a.document.runbooks for a in resolved.today()):
        yield _page(f"runbooks/{name}", ("runbooks", name), name)


def stack_pages(resolved: Resolved) -> Iterator[Address]:
    """A page for each Terraform stack of any cloud, in order of name."""
    if resolved.default.document.terraform is None:
        return
    every = (a.document.terraform for a in resolved.architectures.values())
    for name in sorted(_everywhere(terraform.stacks for terraform in every if terraform)):
        yield _page(f"terraform/{name}", ("terraform", "stacks", name), name)


def source_pages(resolved: Resolved) -> Iterator[Address]:
    """A page for each design document."""
    for name in resolved.default.document.sources:
        yield _page(f"sources/{name}", ("sources", name), name)


def _everywhere(found: Iterable[Iterable[str]]) -> dict[str, None]:
    """Ids in the order in which coordinates bring them."""
    return dict.fromkeys(name for mapping in found for name in mapping)


# -- files beside the pages ------------------------------------------------------------------------------


def picture_name(view: str, coordinate: Coordinate) -> str:
    """The file of a view's picture at a coordinate, below the generated folder."""
    values = (coordinate.cloud, coordinate.environment, coordinate.phase)
    return f"diagrams/{'-'.join(part for part in (view, *values) if part)}.svg"


def pictures(resolved: Resolved) -> Iterator[Address]:
    """The picture of every view, flow and capability at every coordinate."""
    views: list[tuple[str, Path | None]] = [(name, None) for name in ids("views")]
    views += [(page_of(address.file), address.part) for address in view_pages(resolved)]
    views += [(f"{CAPABILITY}{name}", ("capabilities", name)) for name in resolved.default.document.capabilities]
    for view, part in views:
        for coordinate in resolved.axes.all:
            whose: Path = part or ("environments", coordinate.environment)
            yield Address(f"{DOCS}/{GENERATED}/{picture_name(view, coordinate)}", whose, str(whose[-1]))


def terraform_files(resolved: Resolved) -> Iterator[Address]:
    """Every file of every stack: those that archgen makes, and the values for code that a team has written itself."""
    stated = resolved.default.document.terraform
    for cloud in resolved.axes.clouds if stated else ():
        assert stated is not None
        today = [resolved.standing(cloud, environment) for environment in resolved.axes.environments]
        for stack in _stacks(today[-1]):
            if any(stack in _stacks(a) and _stacks(a)[stack].modules for a in today):
                yield from _made(stated, cloud, stack, resolved.axes.environments)
        for a in today:
            for stack, facts in _stacks(a).items():
                if facts.directory and a.document.terraform:
                    file = a.document.terraform.variable_file(cloud, a.coordinate.environment, stack)
                    yield Address(file, ("terraform", "stacks", stack, "directory"), stack)


def _stacks(a: Architecture) -> Mapping[str, Stack]:
    return a.document.terraform.stacks if a.document.terraform else {}


def _made(terraform: Terraform, cloud: str, stack: str, environments: Iterable[str]) -> Iterator[Address]:
    """The files that archgen makes for a stack."""
    folder, part = terraform.folder(cloud, stack), ("terraform", "stacks", stack)
    for name in (*STACK_FILES, *(terraform.values_file(environment) for environment in environments)):
        yield Address(f"{folder}/{name}", part, stack)


def all_addresses(resolved: Resolved) -> Iterator[Address]:
    """Every address, archgen's own first."""
    yield from fixed_pages()
    yield from (Address(f"{DOCS}/{GENERATED}/{name}") for name in ASSETS)
    for family in (
        view_pages,
        component_pages,
        capability_pages,
        runbook_pages,
        stack_pages,
        source_pages,
        pictures,
        terraform_files,
    ):
        yield from family(resolved)


# -- collisions ------------------------------------------------------------------------------------------


def collisions(resolved: Resolved) -> Iterator[Diagnostic]:
    """What would be written over something else, once for each part of the model, at the part that comes later."""
    listed = list(all_addresses(resolved))
    taken: dict[str, Address] = {}
    folders: dict[str, Address] = {}
    told: set[Path] = set()
    for found in _forbidden(listed):
        yield locate(found, _home(resolved, found.path).tree)
    for address in listed:
        folders.setdefault(posixpath.dirname(address.file.casefold()), address)
    for address in listed:
        other = taken.setdefault(address.key, address)
        inside = folders.get(address.key) if address.is_page else None
        if address.part is None or address.part in told or (other is address and inside is None):
            continue
        told.add(address.part)
        message = _message(address, other, inside)
        found = Diagnostic("ARC-E003", message, _help(address, other), address.part)
        yield locate(found, _home(resolved, address.part).tree)


# Folders that archgen reads or writes for other purposes, and that files of stacks would be lost in.
OURS = (".archgen", DOCS, "rules", "schema", "site", "site-public", "templates")


def _forbidden(listed: Iterable[Address]) -> Iterator[Diagnostic]:
    """Files of stacks that would lie in folders of Git's or of archgen's own."""
    told: set[Path] = set()
    for address in listed:
        if address.part is None or address.part[0] != "terraform" or address.is_page:
            continue
        steps = posixpath.dirname(address.file).casefold().split("/")
        git = any(step.startswith(".git") for step in steps)  # .git itself, and .github, whose files a forge obeys
        if git or steps[0] in OURS:
            own = address.part[-1] == "directory"
            part = address.part if own else ("terraform", "path")
            if part not in told:
                told.add(part)
                whose = "belongs to Git or its host" if git else "is archgen's own"
                message = f"{_called(address)} would write {address.file}, in a folder that {whose}"
                yield Diagnostic("ARC-W002", message, "choose another folder, such as infra/{cloud}/{stack}", part)


def _message(address: Address, other: Address, inside: Address | None) -> str:
    what = _called(address)
    if other is not address and address.is_page:
        return f"the page of {what} would have the address of {_said(other)}"
    if other is not address:
        return f"{what} would write {address.file}, which is {_said(other)}"
    assert inside is not None
    folder = posixpath.dirname(inside.file)
    return f"the page of {what} would be called like the folder {folder}/, which holds {_said(inside)}"


def _home(resolved: Resolved, part: Path) -> Architecture:
    """The first architecture that has a part of the model."""
    every = (resolved.default, *resolved.architectures.values())
    return next((a for a in every if a.tree.get(part) is not None), resolved.default)


_WORDS = {
    "views": "view",
    "flows": "flow",
    "components": "component",
    "capabilities": "capability",
    "runbooks": "runbook",
    "sources": "design document",
    "terraform": "stack",
    "environments": "environment",
}


def _called(address: Address) -> str:
    """What an address is made for, in words."""
    return f"the {_WORDS[str(address.part[0])]} '{address.id}'" if address.part else "archgen's own"


def _said(other: Address) -> str:
    """What has the address already."""
    if other.part is None:
        return f"{_called(other)} {posixpath.relpath(other.file, f'{DOCS}/{GENERATED}')}"
    return f"{'the page' if other.is_page else 'a file'} of {_called(other)}"


def _help(address: Address, other: Address) -> str:
    assert address.part is not None
    if address.part[0] != "terraform" or address.is_page:
        return f"rename {_called(address)}"
    own = address.part[-1] == "directory"
    if address.part == other.part:
        return f"add {{cloud}} to {'its directory' if own else 'terraform.path'}"
    return "give it a directory of its own" if own else "add {stack} to terraform.path"
