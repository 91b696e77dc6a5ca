"""The path of every file that a model produces, known before any is made, and the paths that collide.

Each family of pages has one function here, and the module that writes those pages calls the same function: the paths that are
checked are the paths that are written. Nothing is rendered, since ids, folders and file names are enough.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence

from archgen.analysis.grouping import GROUP, summarized_groups
from archgen.diagnostics.codes import families
from archgen.diagnostics.diagnostic import Diagnostic, Path
from archgen.kubernetes.manifests import possible_files
from archgen.model.architecture import Architecture
from archgen.model.component import TASKS
from archgen.model.coordinate import Coordinate
from archgen.model.resolve import Resolved, locate
from archgen.model.stacks import Stack, Terraform
from archgen.records import dataclass
from archgen.registry import ids
from archgen.terraform.backend_tf import backend_files
from archgen.terraform.instances import everywhere, instances_of

DOCS = "docs"
GENERATED = "architecture"  # the folder below docs/ that only archgen writes
HOME = ""  # the page at the root of the site; all other pages are below the generated folder
FLOW, CAPABILITY = "flow-", "capability-"  # prefixes of the names of views

# Pages that any model may get. They are reserved, so that a page that a model declares does not collide later, when the model grows.
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
    "reference/facts",
    "reference/kinds",
    "reference/model",
    "reference/modules",
    "reference/products",
    "road",
    "runbooks/index",
    "runbooks/rehearsals",
    "security",
    "side-by-side",
    "single-points",
    "sources/index",
    "start/index",
    "start/site",
    "start/teams",
    "start/tour",
    "start/weeks",
    "terraform/index",
)
# Files beside the pages; no page may have the name of their folder.
ASSETS = ("assets/archgen.css", "assets/archgen.js")
# Pages that no longer exist, and those that have their contents now. A file at the old address leads there.
MOVED = {f"reference/kinds-{task}": "reference/kinds" for task in TASKS}
# Files for archgen itself and for editors, made for every model.
STATE_FILES = (
    ".archgen/drawings.json",
    ".archgen/site.yml",
    "schema/architecture-part.schema.json",
    "schema/architecture.schema.json",
)
STACK_FILES = ("variables.tf", "main.tf", "needs.tf", "outputs.tf", "providers.tf", "backend.tf", "moved.tf")


@dataclass(frozen=True, slots=True)
class Address:
    """The path of a generated file from the project's folder, and the part of the model that it comes from.

    `part` is None for files that every model gets. `id` is the id that the file is named after.
    """

    file: str
    part: Path | None = None
    id: str = ""

    @property
    def key(self) -> str:
        """What must be unique: the site serves a page as a folder, and some file systems ignore case."""
        path = self.file.casefold()
        if not self.is_page:
            return path
        return posixpath.dirname(path) if posixpath.basename(path) == "index.md" else path.removesuffix(".md")

    @property
    def is_page(self) -> bool:
        """Whether it is a page of the site."""
        return self.file.endswith(".md") and self.file.startswith(f"{DOCS}/")


def file_of(page: str) -> str:
    """The Markdown file of a page: `docs/index.md` for the home page, else one in `docs/architecture/`."""
    return f"{DOCS}/index.md" if page == HOME else f"{DOCS}/{GENERATED}/{page}.md"


def page_of(file: str) -> str:
    """The page that a Markdown file is: the inverse of `file_of`."""
    return HOME if file == f"{DOCS}/index.md" else file.removeprefix(f"{DOCS}/{GENERATED}/").removesuffix(".md")


def _page(page: str, part: Path | None, id_: str = "") -> Address:
    return Address(file_of(page), part, id_)


# -- families of pages -----------------------------------------------------------------------------------


def fixed_pages() -> Iterator[Address]:
    """Pages that do not depend on ids of the model, built-in views included. Those with nothing to show are not written."""
    for page in dict.fromkeys((*FIXED, *ids("views"))):
        yield _page(page, None)


def view_pages(resolved: Resolved) -> Iterator[Address]:
    """A page for each group of a large model, and for each view and each flow that the model declares."""
    for id_ in summarized_groups(resolved):
        yield _page(f"{GROUP}{id_}", None, id_)
    for part, prefix in (("views", ""), ("flows", FLOW)):
        for name in _distinct(getattr(a.document, part) for a in resolved.architectures.values()):
            yield _page(f"{prefix}{name}", (part, name), name)


def diagnostics_pages() -> Iterator[Address]:
    """A page for each family of codes, such as those that begin with NET."""
    for family in families():
        yield _page(f"diagnostics/{family.lower()}", None, family)


def moved_pages() -> Iterator[Address]:
    """The files at old addresses. Site builders copy them as they are, since they are not Markdown."""
    for page in MOVED:
        yield Address(f"{DOCS}/{GENERATED}/{page}/index.html")


def component_pages(resolved: Resolved) -> Iterator[Address]:
    """A page for each component that exists at any coordinate."""
    for name in _distinct(a.components for a in resolved.architectures.values()):
        yield _page(f"components/{name}", ("components", name), name)


def pages_of_kinds(resolved: Resolved) -> Iterator[Address]:
    """A page for each kind in use. Kinds that the model does not use share a page for each task (docs/decisions/0044)."""
    for id_ in kinds_in_use(resolved):
        yield _page(f"reference/kinds/{id_}", None, id_)


def kinds_in_use(resolved: Resolved) -> list[str]:
    """The kinds of the components at any coordinate, those that the model declares, and those that these are special cases of."""
    used = {component.kind for a in resolved.architectures.values() for component in a.components.values()}
    declared = resolved.default.document.kinds
    used |= {*declared, *(kind.like for kind in declared.values() if kind.like)}
    bases = {base.__module__ for id_ in used if id_ in resolved.kinds for base in resolved.kinds[id_].__mro__}
    used |= {module.rpartition(".")[2].replace("_", "-") for module in bases if module.startswith("archgen.kinds.")}
    return [id_ for id_ in resolved.kinds if id_ in used]


def capability_pages(resolved: Resolved) -> Iterator[Address]:
    """A page for each row of the parity table."""
    for name in resolved.default.document.capabilities:
        yield _page(f"parity/{name}", ("capabilities", name), name)


def runbook_pages(resolved: Resolved) -> Iterator[Address]:
    """A page for each runbook that some environment has in its current phase."""
    for name in _distinct(a.document.runbooks for a in resolved.today()):
        yield _page(f"runbooks/{name}", ("runbooks", name), name)


def stack_pages(resolved: Resolved) -> Iterator[Address]:
    """A page for each Terraform stack of any cloud, sorted by name."""
    if resolved.default.document.terraform is None:
        return
    every = (a.document.terraform for a in resolved.architectures.values())
    for name in sorted(_distinct(terraform.stacks for terraform in every if terraform)):
        yield _page(f"terraform/{name}", ("terraform", "stacks", name), name)


def source_pages(resolved: Resolved) -> Iterator[Address]:
    """A page for each design document."""
    for name in resolved.default.document.sources:
        yield _page(f"sources/{name}", ("sources", name), name)


def _distinct(groups: Iterable[Iterable[str]]) -> dict[str, None]:
    """The ids of all groups without duplicates, in order of first appearance."""
    return dict.fromkeys(name for group in groups for name in group)


# -- files beside the pages ------------------------------------------------------------------------------


def picture_name(view: str, coordinate: Coordinate) -> str:
    """The path of a view's picture at a coordinate, below the generated folder."""
    values = (coordinate.cloud, coordinate.environment, coordinate.phase)
    return f"diagrams/{'-'.join(part for part in (view, *values) if part)}.svg"


def pictures(resolved: Resolved) -> Iterator[Address]:
    """The picture of every view, flow and capability at every coordinate."""
    views: list[tuple[str, Path | None]] = [(name, None) for name in ids("views")]
    views += [(page_of(address.file), address.part) for address in view_pages(resolved)]
    views += [(f"{CAPABILITY}{name}", ("capabilities", name)) for name in resolved.default.document.capabilities]
    for view, part in views:
        for coordinate in resolved.axes.all:
            origin: Path = part or ("environments", coordinate.environment)
            yield Address(f"{DOCS}/{GENERATED}/{picture_name(view, coordinate)}", origin, str(origin[-1]))


def differences_file(cloud: str) -> str:
    """The path of the script with what differs between the places of a cloud, below the generated folder."""
    return f"assets/differences-{cloud}.js"


def terraform_files(resolved: Resolved) -> Iterator[Address]:
    """Every file of every stack: complete stacks that archgen generates, and variable files for code that a team wrote itself."""
    stated = resolved.default.document.terraform
    for cloud in resolved.axes.clouds if stated else ():
        assert stated is not None
        today = [resolved.standing(cloud, environment) for environment in resolved.axes.environments]
        for stack in _stacks(today[-1]):
            if any(stack in _stacks(a) and _stacks(a)[stack].modules for a in today):
                names = [instance.name for instance in instances_of(today, stack)]
                yield from _stack_files(stated, cloud, stack, names)
        for a in today:
            for stack, facts in _stacks(a).items():
                if facts.directory and a.document.terraform:
                    file = a.document.terraform.variable_file(cloud, a.coordinate.environment, stack)
                    yield Address(file, ("terraform", "stacks", stack, "directory"), stack)


def kubernetes_manifests(resolved: Resolved) -> Iterator[Address]:
    """Every file of Kubernetes manifests."""
    stated = resolved.default.document.terraform
    for cloud in resolved.axes.clouds if stated else ():
        assert stated is not None
        today = [resolved.standing(cloud, environment) for environment in resolved.axes.environments]
        for stack in dict.fromkeys(stack for a in today for stack in _stacks(a)):
            for instance in everywhere(today, stack):
                folder = f"{stated.folder(cloud, stack)}/{instance.name}"
                for file in possible_files(instance.architecture, stack):
                    yield Address(f"{folder}/{file}", ("terraform", "stacks", stack), stack)


def _stacks(a: Architecture) -> Mapping[str, Stack]:
    return a.document.terraform.stacks if a.document.terraform else {}


def _stack_files(terraform: Terraform, cloud: str, stack: str, instances: Iterable[str]) -> Iterator[Address]:
    """The files of a stack that archgen generates completely."""
    folder, part = terraform.folder(cloud, stack), ("terraform", "stacks", stack)
    of_instances = (name for i in instances for name in (terraform.values_file(i), *backend_files(i, cloud)))
    for name in (*STACK_FILES, *of_instances):
        yield Address(f"{folder}/{name}", part, stack)


def all_addresses(resolved: Resolved) -> Iterator[Address]:
    """Every address; those that all models have come first."""
    yield from fixed_pages()
    yield from diagnostics_pages()
    scripts = (differences_file(cloud) for cloud in resolved.axes.clouds)
    yield from (Address(f"{DOCS}/{GENERATED}/{name}") for name in (*ASSETS, *scripts))
    yield from moved_pages()
    for family in (
        view_pages,
        component_pages,
        pages_of_kinds,
        capability_pages,
        runbook_pages,
        stack_pages,
        source_pages,
        pictures,
        terraform_files,
        kubernetes_manifests,
    ):
        yield from family(resolved)


# -- collisions ------------------------------------------------------------------------------------------


def collisions(resolved: Resolved, listed: Sequence[Address]) -> Iterator[Diagnostic]:
    """A diagnostic for each part of the model whose files would overwrite others, at the part that comes later.

    `listed` has all addresses. Raises nothing; a part is reported once, however many of its files collide.
    """
    taken: dict[str, Address] = {}
    folders: dict[str, Address] = {}
    reported: set[Path] = set()
    for diagnostic in _reserved_folders(listed):
        yield locate(diagnostic, _architecture_with(resolved, diagnostic.path).tree)
    for address in listed:
        folders.setdefault(posixpath.dirname(address.file.casefold()), address)
    for address in listed:
        key = address.key
        other = taken.setdefault(key, address)
        inside = folders.get(key) if address.is_page else None
        if address.part is None or address.part in reported or (other is address and inside is None):
            continue
        reported.add(address.part)
        message = _message(address, other, inside)
        diagnostic = Diagnostic("ARC-E003", message, _help(address, other), address.part)
        yield locate(diagnostic, _architecture_with(resolved, address.part).tree)


# Folders that archgen reads or writes for other purposes; a stack may not put files there.
OURS = (".archgen", DOCS, "rules", "schema", "site", "site-public", "templates")


def _reserved_folders(listed: Iterable[Address]) -> Iterator[Diagnostic]:
    """A diagnostic for each stack that would write into a folder that Git, its host or archgen uses."""
    reported: set[Path] = set()
    for address in listed:
        if address.part is None or address.part[0] != "terraform" or address.is_page:
            continue
        folders = posixpath.dirname(address.file).casefold().split("/")
        git = any(folder.startswith(".git") for folder in folders)  # also .github, whose files GitHub executes
        if git or folders[0] in OURS:
            own = address.part[-1] == "directory"
            part = address.part if own else ("terraform", "path")
            if part not in reported:
                reported.add(part)
                owner = "Git or its host uses" if git else "archgen uses itself"
                message = f"{_part_name(address)} would write {address.file}, into a folder that {owner}"
                yield Diagnostic("ARC-W002", message, "choose a different folder, such as infra/{cloud}/{stack}", part)


def _message(address: Address, other: Address, inside: Address | None) -> str:
    what = _part_name(address)
    if other is not address and address.is_page:
        return f"the page of {what} would have the same address as {_owner(other)}"
    if other is not address:
        return f"{what} would write {address.file}, which is already {_owner(other)}"
    assert inside is not None
    folder = posixpath.dirname(inside.file)
    return f"the page of {what} would have the same name as the folder {folder}/, which holds {_owner(inside)}"


def _architecture_with(resolved: Resolved, part: Path) -> Architecture:
    """The first architecture that has a part of the model; the default one if none has."""
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


def _part_name(address: Address) -> str:
    """The part of the model that an address belongs to, in words."""
    return f"the {_WORDS[str(address.part[0])]} '{address.id}'" if address.part else "archgen's"


def _owner(other: Address) -> str:
    """The page or file that already has an address, in words."""
    if other.part is None:
        return f"archgen's {posixpath.relpath(other.file, f'{DOCS}/{GENERATED}')}"
    return f"{'the page' if other.is_page else 'a file'} of {_part_name(other)}"


def _help(address: Address, other: Address) -> str:
    assert address.part is not None
    if address.part[0] != "terraform" or address.is_page:
        return f"rename {_part_name(address)}"
    own = address.part[-1] == "directory"
    if address.part == other.part:
        return f"add {{cloud}} to {'its directory' if own else 'terraform.path'}"
    return "give it its own directory, or its own variable file with `file`" if own else "add {stack} to terraform.path"
